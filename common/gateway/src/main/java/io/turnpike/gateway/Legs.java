package io.turnpike.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.turnpike.engine.EngineAnswer;
import io.turnpike.engine.EngineClient;
import io.turnpike.engine.EngineClient.Call;
import io.turnpike.engine.EngineClient.Leg;
import io.turnpike.engine.EngineClient.Resend;
import io.turnpike.engine.EngineHealth;
import io.turnpike.engine.EngineSettings;
import io.turnpike.engine.HeldAnswer;
import io.turnpike.engine.InflightLoad;
import io.turnpike.engine.InflightLoad.Reservation;
import io.turnpike.engine.LegException;
import io.turnpike.error.ApiError;
import io.turnpike.gateway.Tried.Answered;
import io.turnpike.gateway.Tried.Broken;
import io.turnpike.gateway.Tried.Failure;
import io.turnpike.gateway.Tried.Said;
import io.turnpike.membership.ClusterSource;
import io.turnpike.node.Connector;
import io.turnpike.node.Node;
import io.turnpike.openai.PrefillAnswer;
import io.turnpike.routing.Reason;
import io.turnpike.routing.Recovery;
import io.turnpike.routing.RouteDecision;
import io.turnpike.routing.RouteDecision.Alone;
import io.turnpike.routing.RouteDecision.Refused;
import io.turnpike.routing.RouteDecision.Split;
import io.turnpike.routing.RoutingView;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Runs a decision's legs until there is an answer that the client may see. What fails before that
 * is run again elsewhere, unseen.
 *
 * <p>The rule that shapes it: parameters of a handoff are used once, for this very prompt, at D,
 * within {@link #PARAMS_LIFE_NANOS} of P's answer. A decode leg that carried them and failed in
 * whatever way is never repeated with them, because vLLM 0.32 answers used or expired parameters
 * with 200 and a wrong text, and keeps the wrong KV in its prefix cache.
 */
final class Legs {

  /** How long P's parameters are trusted: its lease is 30 s, and D must still read under it. */
  static final long PARAMS_LIFE_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final EngineClient engines;
  private final EngineSettings settings;
  private final EngineHealth health;
  private final InflightLoad load;
  private final ClusterSource clusters;
  private final RandomGenerator random;
  private final LongSupplier ticker;

  Legs(
      EngineClient engines,
      EngineSettings settings,
      EngineHealth health,
      InflightLoad load,
      ClusterSource clusters,
      RandomGenerator random,
      LongSupplier ticker) {
    this.engines = engines;
    this.settings = settings;
    this.health = health;
    this.load = load;
    this.clusters = clusters;
    this.random = random;
    this.ticker = ticker;
  }

  /** The world as this turn sees it now. */
  RoutingView view(Turn turn) {
    return new RoutingView(clusters.current(), load, turn.attempts.over(health));
  }

  /** Runs a decision, and what recovery makes of it. */
  Mono<Tried.Final> run(Turn turn, RouteDecision decision) {
    turn.decision = decision;
    turn.attempts.tries++;
    Mono<Tried> tried =
        switch (decision) {
          case Split(Node prefill, Node decode, Reason why) -> disaggregated(turn, prefill, decode);
          case Alone(Node node, Reason why) -> alone(turn, node);
          case Refused(Reason why) -> Mono.just(new Said(noNode(why)));
        };
    return tried.flatMap(
        outcome ->
            switch (outcome) {
              case Tried.Final end -> Mono.just(end);
              case Broken broken -> again(turn, decision, broken);
            });
  }

  private Mono<Tried.Final> again(Turn turn, RouteDecision failed, Broken broken) {
    turn.attempts.troubles.add(broken.trouble());
    if (turn.attempts.tries >= Turn.MAX_TRIES) {
      return Mono.just(broken.atLast());
    }
    RouteDecision next = next(turn, failed, broken.failure());
    if (!(next instanceof Refused)) {
      return run(turn, next);
    }
    if (broken.mayTrySameNode() && !turn.attempts.resentToSameNode) {
      turn.attempts.resentToSameNode = true;
      turn.attempts.allowAgain(broken.node());
      return run(turn, failed);
    }
    return Mono.just(broken.atLast());
  }

  private RouteDecision next(Turn turn, RouteDecision failed, Failure failure) {
    Node decode = Objects.requireNonNull(failed.answering());
    RoutingView view = view(turn);
    if (failure == Failure.DECODE || !view.usability().node(decode)) {
      return Recovery.elsewhere(decode, turn.facts, view, random, Reason.DECODE_FAILED);
    }
    boolean lost = failure == Failure.HANDOFF;
    Reason reason = lost ? Reason.HANDOFF_LOST : Reason.PREFILL_FAILED;
    RouteDecision other = Recovery.anotherPrefill(decode, turn.facts, view, random, reason);
    RouteDecision plain = Recovery.plain(decode, view, lost ? reason : Reason.NO_PREFILL);
    if (other != null) {
      return other;
    }
    return plain == null ? new Refused(Reason.NO_PREFILL_NODE) : plain;
  }

  private static ApiError noNode(Reason why) {
    return switch (why) {
      case NO_REPLICA_NODE -> ApiError.noReplicaNode();
      case NO_PREFILL_NODE -> ApiError.noPrefillNode();
      default -> ApiError.noDecodeNode();
    };
  }

  // --- P, then D ---

  private Mono<Tried> disaggregated(Turn turn, Node prefill, Node decode) {
    turn.holdPlace(load.reserve(decode.id(), decodeTokens(turn)));
    Reservation onPrefill = load.reserve(prefill.id(), turn.facts.promptTokens());
    Connector plan = prefill.connector();
    HttpHeaders headers =
        headers(turn, plan.requestId(prefill, decode, turn.id, turn.clientRequestId));
    turn.prefillSentNanos = ticker.getAsLong();
    Call call =
        new Call(
            prefill,
            Leg.PREFILL,
            turn.body.api(),
            headers,
            alloc -> turn.body.prefillLeg(alloc, bytes(plan.prefillParams())),
            Resend.ALLOWED);
    return engines
        .send(call)
        .flatMap(answer -> readPrefill(turn, prefill, answer))
        .onErrorResume(LegException.class, broken -> Mono.just(prefillBroke(turn, broken)))
        .doFinally(end -> onPrefill.release())
        .flatMap(
            outcome ->
                switch (outcome) {
                  case Prefilled.Ready(byte[] params) ->
                      handOff(turn, prefill, decode, headers, plan, params);
                  case Prefilled.Ended(Tried tried) -> Mono.just(tried);
                });
  }

  /** How a prefill leg ended. */
  private sealed interface Prefilled {
    /** The KV is ready; with the parameters to read it, if the connector has any. */
    @SuppressWarnings("ArrayRecordComponent") // bytes on their way, never compared
    record Ready(byte @Nullable [] params) implements Prefilled {}

    /** The leg decides the whole try. */
    record Ended(Tried tried) implements Prefilled {}
  }

  private Mono<Prefilled> readPrefill(Turn turn, Node prefill, EngineAnswer answer) {
    int status = answer.status();
    return answer
        .whole(settings.maxPrefillAnswer().toBytes())
        .map(bytes -> judgePrefill(turn, prefill, status, answer.contentType(), bytes));
  }

  private Prefilled judgePrefill(
      Turn turn, Node prefill, int status, @Nullable String contentType, byte[] bytes) {
    turn.prefillAnsweredNanos = ticker.getAsLong();
    if (status != 200) {
      Said said = new Said(status, contentType, bytes);
      if (isClientsFault(status)) {
        health.answered(prefill);
        return new Prefilled.Ended(said);
      }
      return new Prefilled.Ended(prefillFailed(turn, prefill, "answered " + status, said));
    }
    PrefillAnswer answer = PrefillAnswer.read(bytes);
    if (!answer.isJson()) {
      Said said = new Said(ApiError.legFailed(ApiError.Leg.PREFILL, "answered no JSON"));
      return new Prefilled.Ended(prefillFailed(turn, prefill, "answered no JSON", said));
    }
    health.answered(prefill);
    turn.prefillPromptTokens = answer.promptTokens();
    turn.prefillCachedTokens = answer.cachedTokens();
    return new Prefilled.Ready(answer.kvTransferParams());
  }

  private Prefilled prefillBroke(Turn turn, LegException broken) {
    note(broken, "prefill leg");
    Said said = new Said(legError(ApiError.Leg.PREFILL, broken));
    return new Prefilled.Ended(
        prefillFailed(turn, broken.node(), String.valueOf(broken.getMessage()), said));
  }

  private Broken prefillFailed(Turn turn, Node prefill, String what, Said said) {
    turn.attempts.rule(prefill);
    return new Broken(Failure.PREFILL, prefill, "prefill " + prefill.id() + " " + what, said);
  }

  private Mono<Tried> handOff(
      Turn turn,
      Node prefill,
      Node decode,
      HttpHeaders headers,
      Connector plan,
      byte @Nullable [] params) {
    if (plan.passesParamsOn() && params == null) {
      Said said = new Said(ApiError.legFailed(ApiError.Leg.PREFILL, "gave no handoff"));
      return Mono.just(
          lostHandoff(turn, prefill, decode, "prefill gave no kv_transfer_params", said));
    }
    long answeredNanos = turn.prefillAnsweredNanos;
    byte[] once = plan.passesParamsOn() ? params : null;
    Function<ByteBufAllocator, ByteBuf> body =
        alloc -> {
          if (ticker.getAsLong() - answeredNanos > PARAMS_LIFE_NANOS) {
            throw new LegException(
                decode, LegException.Kind.BUSY, "could not be asked before the KV lease ran short");
          }
          return turn.body.decodeLeg(alloc, once);
        };
    return decode(turn, decode, headers, body, Resend.FORBIDDEN)
        .map(
            tried -> {
              switch (tried) {
                case Answered answered -> health.handedOff(prefill, decode);
                case Said said -> {} // the engine refused the request itself: nothing was lost
                case Broken broken -> {
                  if (broken.refused()) {
                    return broken;
                  }
                  return lostHandoff(turn, prefill, decode, broken.trouble(), broken.atLast());
                }
              }
              return tried;
            });
  }

  private Broken lostHandoff(Turn turn, Node prefill, Node decode, String what, Said said) {
    turn.attempts.lostHandoffs++;
    turn.attempts.rule(prefill, decode);
    turn.attempts.allowAgain(decode);
    health.lostHandoff(prefill, decode);
    return new Broken(
        Failure.HANDOFF, decode, "handoff " + prefill.id() + "→" + decode.id() + ": " + what, said);
  }

  // --- one engine alone ---

  private Mono<Tried> alone(Turn turn, Node node) {
    turn.holdPlace(load.reserve(node.id(), decodeTokens(turn)));
    HttpHeaders headers =
        headers(turn, node.connector().aloneRequestId(turn.id, turn.clientRequestId));
    return decode(turn, node, headers, alloc -> turn.body.decodeLeg(alloc, null), Resend.ALLOWED);
  }

  private Mono<Tried> decode(
      Turn turn,
      Node node,
      HttpHeaders headers,
      Function<ByteBufAllocator, ByteBuf> body,
      Resend resend) {
    turn.decodeSentNanos = ticker.getAsLong();
    return engines
        .send(new Call(node, Leg.DECODE, turn.body.api(), headers, body, resend))
        .flatMap(answer -> HeldAnswer.hold(answer, settings.maxHeldAnswer().toBytes()))
        .map(held -> judgeDecode(turn, node, held))
        .onErrorResume(LegException.class, broken -> Mono.just(decodeBroke(turn, broken)));
  }

  private Tried judgeDecode(Turn turn, Node node, HeldAnswer held) {
    if (held.isGood()) {
      health.answered(node);
      turn.firstContentNanos = ticker.getAsLong();
      turn.answer = held;
      return new Answered(held);
    }
    Said said = said(held);
    if (isClientsFault(held.status())) {
      health.answered(node);
      return said;
    }
    String what = held.status() == 200 ? "failed in a 200" : "answered " + held.status();
    turn.attempts.rule(node);
    return new Broken(Failure.DECODE, node, node.id() + " " + what, said);
  }

  /** An answer that is not good, to be passed on if nothing better comes. */
  private static Said said(HeldAnswer held) {
    if (held.status() == 200 || !held.isWhole() || held.heldBytes() == 0) {
      held.drop();
      return new Said(
          ApiError.legFailed(
              ApiError.Leg.DECODE,
              held.status() == 200 ? "answered nothing" : "answered " + held.status()));
    }
    ByteBuf whole = held.takeWhole();
    try {
      return new Said(held.status(), held.contentType(), ByteBufUtil.getBytes(whole));
    } finally {
      whole.release();
    }
  }

  private Tried decodeBroke(Turn turn, LegException broken) {
    Node node = broken.node();
    note(broken, "decode leg");
    turn.attempts.rule(node);
    Said said = new Said(legError(ApiError.Leg.DECODE, broken));
    return new Broken(
        Failure.DECODE, node, node.id() + " " + broken.getMessage(), said, broken.kind());
  }

  // --- what they share ---

  private static byte @Nullable [] bytes(@Nullable String ascii) {
    return ascii == null ? null : ascii.getBytes(StandardCharsets.US_ASCII);
  }

  /** A request that every engine would refuse; anything else may work elsewhere. */
  private static boolean isClientsFault(int status) {
    return status >= 400 && status < 500 && status != 408 && status != 429;
  }

  private static ApiError legError(ApiError.Leg leg, LegException broken) {
    String why = broken.node().id() + " " + broken.getMessage();
    return broken.kind() == LegException.Kind.TIMEOUT
        ? ApiError.legTimedOut(leg, why)
        : ApiError.legFailed(leg, why);
  }

  /**
   * Remembers a broken connection, and tells the registry of a node that nobody can reach. An
   * answered 5xx counts against nobody: D answers 500 for a P that died, and a prompt that an
   * engine fails on must not open the breakers of them all.
   */
  private void note(LegException broken, String leg) {
    Node node = broken.node();
    if (broken.kind() == LegException.Kind.REFUSED || broken.kind() == LegException.Kind.LOST) {
      health.failed(node, broken);
    }
    if (broken.kind() == LegException.Kind.REFUSED) {
      clusters.report(node.id(), node.epoch(), leg + ": " + broken.getMessage());
    }
  }

  private static long decodeTokens(Turn turn) {
    return InflightLoad.decodeTokens(turn.facts.promptTokens(), turn.body.maxTokens());
  }

  private static HttpHeaders headers(Turn turn, String requestId) {
    HttpHeaders headers =
        DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    return headers.add(turn.forwarded).set("x-request-id", requestId);
  }
}
