package io.turnpike.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.concurrent.EventExecutor;
import io.turnpike.conversation.Conversations;
import io.turnpike.conversation.Recognisable;
import io.turnpike.conversation.Recognition;
import io.turnpike.conversation.Tenant;
import io.turnpike.engine.HeldAnswer;
import io.turnpike.engine.InflightLoad.Reservation;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.openai.TurnBody;
import io.turnpike.routing.Reason;
import io.turnpike.routing.RouteDecision;
import io.turnpike.routing.RoutingView.Usability;
import io.turnpike.routing.TurnFacts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One turn on its way: the request, what was decided, what was tried, and when. Written by one
 * signal at a time; the receipt is made of it at the end.
 */
final class Turn {

  /** Tries in all, the first included. */
  static final int MAX_TRIES = 4;

  final String id;
  final Instant at;
  final long beganNanos;
  final TurnBody body;
  final HttpHeaders forwarded;
  final @Nullable String clientRequestId;
  final TurnRouting.Choice routing;
  final EventExecutor executor;
  final HttpHeaders headers;
  final Attempts attempts = new Attempts();

  long recognisedNanos;
  long prefillSentNanos;
  long prefillAnsweredNanos;
  long decodeSentNanos;
  long firstContentNanos;

  @Nullable Recognisable asked;
  @Nullable Recognition recognition;
  @Nullable String conversation;
  Conversations.@Nullable Pending meanwhile;
  TurnFacts facts;
  RouteDecision decision = new RouteDecision.Refused(Reason.NO_DECODE_NODE);
  long prefillPromptTokens = -1;
  long prefillCachedTokens = -1;
  @Nullable HeldAnswer answer;
  int status;
  Tried.@Nullable Said said;
  @Nullable Throwable failure;
  private @Nullable Reservation place;

  Turn(
      String id,
      Instant at,
      long beganNanos,
      TurnRouting.Choice routing,
      EventExecutor executor,
      TurnBody body,
      HttpHeaders headers,
      HttpHeaders forwarded,
      @Nullable String clientRequestId) {
    this.id = id;
    this.at = at;
    this.beganNanos = beganNanos;
    this.routing = routing;
    this.executor = executor;
    this.headers = headers;
    this.body = body;
    this.forwarded = forwarded;
    this.clientRequestId = clientRequestId;
    this.facts =
        new TurnFacts(
            body.model(),
            1,
            null,
            body.promptTokensEstimate(),
            0,
            body.maxTokens(),
            body.severalSequences(),
            null);
  }

  /** What is known of the conversation by now, also where nobody waited for it. */
  @Nullable Recognition settledRecognition() {
    if (recognition == null && meanwhile != null) {
      recognition = meanwhile.now();
    }
    return recognition;
  }

  /** Which turn of its conversation it is; 0: not recognised. */
  int number() {
    Recognition known = settledRecognition();
    return known == null ? 0 : known.turn();
  }

  /** Whose request it is, as far as a key tells: conversations of two callers never mix. */
  Tenant tenant() {
    return Tenant.ofAuthorization(headers.get(HttpHeaderNames.AUTHORIZATION));
  }

  /** Moves the turn to another place; the one before is given back. */
  void holdPlace(Reservation next) {
    releasePlace();
    place = next;
  }

  /** Gives the turn's place on its decode node back. */
  void releasePlace() {
    Reservation held = place;
    if (held != null) {
      held.release();
    }
  }

  /** What this turn tried in vain, so that it tries something else. */
  static final class Attempts {
    private final Set<NodeId> failedNodes = new HashSet<>(2);
    private final Set<List<NodeId>> failedPairs = new HashSet<>(2);
    final List<String> troubles = new ArrayList<>(2);
    int tries;
    int lostHandoffs;
    boolean resentToSameNode;

    void rule(Node out) {
      failedNodes.add(out.id());
    }

    void rule(Node prefill, Node decode) {
      failedPairs.add(List.of(prefill.id(), decode.id()));
    }

    void allowAgain(Node node) {
      failedNodes.remove(node.id());
    }

    /** What is usable in general, less what this turn ruled out. */
    Usability over(Usability general) {
      return failedNodes.isEmpty() && failedPairs.isEmpty() ? general : new Ruled(general);
    }

    private final class Ruled implements Usability {
      private final Usability general;

      Ruled(Usability general) {
        this.general = general;
      }

      @Override
      public boolean node(Node node) {
        return !failedNodes.contains(node.id()) && general.node(node);
      }

      @Override
      public boolean lastResort(Node node) {
        return !failedNodes.contains(node.id()) && general.lastResort(node);
      }

      @Override
      public boolean pair(Node prefill, Node decode) {
        return !failedPairs.contains(List.of(prefill.id(), decode.id()))
            && general.pair(prefill, decode);
      }

      @Override
      public boolean alone(Node decode) {
        return general.alone(decode);
      }
    }
  }
}
