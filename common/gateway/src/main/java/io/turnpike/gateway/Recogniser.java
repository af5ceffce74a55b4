package io.turnpike.gateway;

import io.netty.channel.EventLoop;
import io.turnpike.conversation.Conversations;
import io.turnpike.conversation.Placement;
import io.turnpike.conversation.Recognisable;
import io.turnpike.conversation.Recognition;
import io.turnpike.conversation.Recognition.Match;
import io.turnpike.gateway.TurnRouting.Recognise;
import io.turnpike.node.Node;
import io.turnpike.routing.TurnFacts;
import io.turnpike.routing.TurnFacts.Holder;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which conversation one turn belongs to, and where its KV came to lie. For the loop of its turn.
 */
final class Recogniser {

  private final Conversations conversations;
  private final Scanned turn;
  private @Nullable Recognisable identity;
  private Conversations.@Nullable Pending meanwhile;
  private @Nullable Recognition recognition;
  private @Nullable String conversation;

  Recogniser(Conversations conversations, Scanned turn, Recognisable identity) {
    this.conversations = conversations;
    this.turn = turn;
    this.identity = identity;
  }

  /** Recognises the turn; where the decision does not need it, nobody waits. */
  void recognise(EventLoop loop, Consumer<TurnFacts> then) {
    Recognisable asked = Objects.requireNonNull(identity);
    if (turn.routing().recognition() == Recognise.MEANWHILE) {
      meanwhile = conversations.begin(asked);
      then.accept(
          new TurnFacts(
              turn.model(),
              1,
              null,
              turn.promptTokens(),
              0,
              turn.maxTokens(),
              turn.severalSequences(),
              null));
    } else {
      conversations.recognise(
          asked,
          loop,
          known -> {
            recognition = known;
            then.accept(facts(asked, known));
          });
    }
  }

  private TurnFacts facts(Recognisable asked, Recognition known) {
    Placement previous = known.previous();
    return new TurnFacts(
        turn.model(),
        known.turn(),
        previous == null ? null : new Holder(previous.decode(), previous.epoch()),
        Math.max(turn.promptTokens(), previous == null ? 0 : previous.promptTokens()),
        known.expectedCachedTokens(),
        turn.maxTokens(),
        turn.severalSequences(),
        placementKey(asked, known));
  }

  /** Replicas agree by hashing only where they could not ask: else a turn is placed by load. */
  private static @Nullable Long placementKey(Recognisable asked, Recognition known) {
    boolean unknown = known.match() == Match.NEW;
    return unknown && !known.storeAnswered() ? asked.chain().rootHash() : null;
  }

  /** What is known of the conversation by now, also where nobody waited for it. */
  @Nullable Recognition recognition() {
    if (recognition == null && meanwhile != null) {
      recognition = meanwhile.now();
    }
    return recognition;
  }

  /** Which turn of its conversation it is; 0: not recognised. */
  int number() {
    Recognition known = recognition();
    return known == null ? 0 : known.turn();
  }

  /** Remembers that a node holds the turn's KV now. */
  void remember(Node node, long promptTokens) {
    Recognition known = recognition();
    Recognisable asked = identity;
    if (known != null && asked != null) {
      Holder holder = new Holder(node.id(), node.epoch());
      long hash = conversations.remember(asked, known, holder, promptTokens);
      conversation = HexFormat.of().toHexDigits(hash);
    }
  }

  /** Lets go of the request's bytes: it is recognised by now, and can still be remembered. */
  void settle() {
    recognition = recognition();
    meanwhile = null;
    Recognisable asked = identity;
    identity = asked == null ? null : asked.recognised();
  }

  /** Nothing is to be remembered any more. */
  void end() {
    recognition = recognition();
    meanwhile = null;
    identity = null;
  }

  /** A hash that all turns of the conversation share; null until the turn was remembered. */
  @Nullable String conversation() {
    return conversation;
  }
}
