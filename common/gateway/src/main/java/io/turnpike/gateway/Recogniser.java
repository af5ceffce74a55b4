package io.turnpike.gateway;

import io.turnpike.conversation.ConversationKey;
import io.turnpike.conversation.Conversations;
import io.turnpike.conversation.Placement;
import io.turnpike.conversation.PrefixChain;
import io.turnpike.conversation.Recognisable;
import io.turnpike.conversation.Recognition;
import io.turnpike.conversation.Recognition.Match;
import io.turnpike.conversation.SessionKeySources;
import io.turnpike.conversation.Tenant;
import io.turnpike.gateway.TurnRouting.Recognise;
import io.turnpike.node.Node;
import io.turnpike.routing.TurnFacts;
import io.turnpike.routing.TurnFacts.Holder;
import java.util.HexFormat;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Finds out which conversation a turn belongs to, and remembers where its KV came to lie. */
final class Recogniser {

  private final Conversations conversations;
  private final SessionKeySources keys;
  private final LongSupplier ticker;

  Recogniser(Conversations conversations, SessionKeySources keys, LongSupplier ticker) {
    this.conversations = conversations;
    this.keys = keys;
    this.ticker = ticker;
  }

  /** Recognises a turn; never fails. Where the decision does not need it, it does not wait. */
  Mono<Turn> recognise(Turn turn) {
    Tenant tenant = turn.tenant();
    PrefixChain chain = turn.body.chain(tenant);
    ConversationKey key =
        keys.find(turn.headers::get, turn.body::sessionKey, tenant, turn.body.model());
    Recognisable asked = new Recognisable(key, chain, turn.body.promptTokensEstimate());
    turn.asked = asked;
    if (turn.routing.recognition() == Recognise.MEANWHILE) {
      turn.meanwhile = conversations.begin(asked);
      return Mono.just(turn);
    }
    return Mono.<Recognition>create(
            sink -> conversations.recognise(asked, turn.executor, sink::success))
        .map(
            recognition -> {
              turn.recognition = recognition;
              turn.facts = facts(turn, chain, recognition);
              turn.recognisedNanos = ticker.getAsLong();
              return turn;
            });
  }

  private static TurnFacts facts(Turn turn, PrefixChain chain, Recognition recognition) {
    Placement previous = recognition.previous();
    Holder holder =
        previous == null || recognition.turn() == 1
            ? null
            : new Holder(previous.decode(), previous.epoch());
    return new TurnFacts(
        turn.body.model(),
        recognition.turn(),
        holder,
        promptTokens(turn, previous),
        recognition.expectedCachedTokens(),
        turn.body.maxTokens(),
        turn.body.severalSequences(),
        placementKey(chain, recognition));
  }

  /** The estimate, but never less than the conversation is known to have. */
  private static long promptTokens(Turn turn, @Nullable Placement previous) {
    long estimate = turn.body.promptTokensEstimate();
    return previous == null ? estimate : Math.max(estimate, previous.promptTokens());
  }

  /** Replicas agree by hashing only where they could not ask: else a turn is placed by load. */
  private static @Nullable Long placementKey(PrefixChain chain, Recognition recognition) {
    boolean unknown = recognition.match() == Match.NEW;
    return unknown && !recognition.storeAnswered() ? chain.rootHash() : null;
  }

  /** Remembers where the turn's KV lies now: at D's first content, never for a failed turn. */
  void remember(Turn turn, Tried.Final reply) {
    Recognisable asked = turn.asked;
    Node holder = holder(turn);
    if (asked == null || holder == null || !(reply instanceof Tried.Answered)) {
      return;
    }
    Recognition known = turn.settledRecognition();
    if (known == null) {
      return;
    }
    long promptTokens =
        turn.prefillPromptTokens >= 0 ? turn.prefillPromptTokens : turn.facts.promptTokens();
    turn.conversation =
        HexFormat.of()
            .toHexDigits(
                conversations.remember(
                    asked, known, new Holder(holder.id(), holder.epoch()), promptTokens));
  }

  private static @Nullable Node holder(Turn turn) {
    return turn.decision.answering();
  }
}
