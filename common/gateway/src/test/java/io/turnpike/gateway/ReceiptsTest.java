package io.turnpike.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.turnpike.connector.Connectors;
import io.turnpike.engine.Bodies;
import io.turnpike.engine.HeldAnswer;
import io.turnpike.engine.InflightLoad;
import io.turnpike.error.ApiError;
import io.turnpike.gateway.TurnRouting.Choice;
import io.turnpike.gateway.TurnRouting.Recognise;
import io.turnpike.node.Node;
import io.turnpike.node.Role;
import io.turnpike.openai.TurnApi;
import io.turnpike.openai.TurnScanner;
import io.turnpike.routing.Mode;
import io.turnpike.routing.Reason;
import io.turnpike.routing.RouteDecision;
import io.turnpike.routing.RoutingPolicy;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SignalType;

class ReceiptsTest {

  private static final Node P = Bodies.node("p", Role.PREFILL, Connectors.NIXL, "p1");
  private static final Node D = Bodies.node("d", Role.DECODE, Connectors.NIXL, "d1");
  private static final String CONTENT =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
  private static final String ERROR = "data: {\"error\":{\"message\":\"KV load failed\"}}\n\n";
  private static final String DONE = "data: [DONE]\n\n";

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final InflightLoad load = new InflightLoad();
  private long now = 1_000_000_000;
  private final Receipts receipts = new Receipts(3, new TurnMetrics(meters, () -> 0), () -> now);

  @Test
  void wholeAnswer_isAnswered_withItsTimes() {
    Turn turn = turn();
    turn.prefillSentNanos = now + 1_000_000;
    turn.prefillAnsweredNanos = now + 11_000_000;
    turn.decodeSentNanos = now + 12_000_000;
    turn.firstContentNanos = now + 15_000_000;
    answered(turn, CONTENT + DONE, null);
    now += 20_000_000;
    Receipt receipt = finish(turn, SignalType.ON_COMPLETE);
    assertThat(receipt.outcome()).isEqualTo(Outcome.ANSWERED);
    assertThat(receipt.status()).isEqualTo(200);
    assertThat(receipt.prefill()).isEqualTo(P.id());
    assertThat(receipt.decode()).isEqualTo(D.id());
    assertThat(receipt.timing().prefillMs()).isEqualTo(10);
    assertThat(receipt.timing().decodeFirstMs()).isEqualTo(3);
    assertThat(receipt.timing().decodeMs()).isEqualTo(8);
    assertThat(receipt.timing().ttftMs()).isEqualTo(15);
    assertThat(receipt.timing().totalMs()).isEqualTo(20);
    assertThat(receipt.timing().overheadMs()).isEqualTo(2);
    assertThat(turns("disaggregated", "answered")).isEqualTo(1);
  }

  @Test
  void errorEventInTheStream_isCut_notAnswered() {
    Turn turn = turn();
    answered(turn, CONTENT + ERROR + DONE, null);
    assertThat(finish(turn, SignalType.ON_COMPLETE).outcome()).isEqualTo(Outcome.CUT);
    assertThat(turns("disaggregated", "cut")).isEqualTo(1);
    assertThat(turns("disaggregated", "answered")).isZero();
  }

  @Test
  void streamThatBreaks_isCut() {
    Turn turn = turn();
    answered(turn, CONTENT, new IOException("reset"));
    assertThat(finish(turn, SignalType.ON_COMPLETE).outcome()).isEqualTo(Outcome.CUT);
  }

  @Test
  void errorsOfEngines_areRefusedOrFailed_byTheirStatus() {
    assertThat(finish(said(turn(), 400), SignalType.ON_COMPLETE).outcome())
        .isEqualTo(Outcome.REFUSED);
    assertThat(finish(said(turn(), 502), SignalType.ON_COMPLETE).outcome())
        .isEqualTo(Outcome.FAILED);
    Turn rejected = said(turn(), 503);
    rejected.decision = new RouteDecision.Refused(Reason.NO_DECODE_NODE);
    Receipt receipt = finish(rejected, SignalType.ON_COMPLETE);
    assertThat(receipt.outcome()).isEqualTo(Outcome.REJECTED);
    assertThat(receipt.decode()).isNull();
    assertThat(turns("rejected", "rejected")).isEqualTo(1);
  }

  @Test
  void clientThatLeft_isGone_andHasNoStatusBeforeOneWasSent() {
    Receipt before = finish(turn(), SignalType.CANCEL);
    assertThat(before.outcome()).isEqualTo(Outcome.CLIENT_GONE);
    assertThat(before.status()).isZero();
    Turn turn = turn();
    answered(turn, CONTENT + DONE, null);
    Receipt afterTheLastByte = finish(turn, SignalType.CANCEL);
    assertThat(afterTheLastByte.outcome()).isEqualTo(Outcome.ANSWERED);
    assertThat(afterTheLastByte.status()).isEqualTo(200);
  }

  @Test
  void place_isGivenBack_howeverTheTurnEnds() {
    for (SignalType end : SignalType.values()) {
      Turn turn = turn();
      turn.holdPlace(load.reserve(D.id(), 100));
      turn.holdPlace(load.reserve(P.id(), 100));
      assertThat(load.inflightTokens(D.id())).isZero();
      receipts.finish(turn, end);
      assertThat(load.inflightTokens(P.id())).isZero();
      assertThat(load.inflightTurns(P.id())).isZero();
    }
  }

  @Test
  void latestAreKept_andAllAreCounted_untilCleared() {
    for (int i = 0; i < 5; i++) {
      receipts.finish(said(turn(), 500), SignalType.ON_COMPLETE);
    }
    assertThat(receipts.latest()).hasSize(3);
    assertThat(receipts.total()).isEqualTo(5);
    String id = receipts.latest().getFirst().id();
    assertThat(receipts.find(id)).isNotNull();
    assertThat(receipts.find("other")).isNull();
    assertThat(receipts.clear()).isEqualTo(3);
    assertThat(receipts.total()).isZero();
    assertThat(receipts.latest()).isEmpty();
  }

  private Receipt finish(Turn turn, SignalType end) {
    receipts.finish(turn, end);
    return receipts.latest().getLast();
  }

  private double turns(String route, String outcome) {
    return Objects.requireNonNull(
            meters.find("turnpike.turns").tags("route", route, "outcome", outcome).counter())
        .count();
  }

  private Turn turn() {
    byte[] body = "{\"model\":\"m\",\"prompt\":\"Hello\"}".getBytes(UTF_8);
    Turn turn =
        new Turn(
            "0".repeat(32),
            Instant.EPOCH,
            now,
            new Choice("pd", RoutingPolicy.of(Mode.PD), Recognise.MEANWHILE),
            ImmediateEventExecutor.INSTANCE,
            TurnScanner.scan(TurnApi.COMPLETIONS, body, 0, body.length),
            new DefaultHttpHeaders(),
            new DefaultHttpHeaders(),
            null);
    turn.decision = new RouteDecision.Split(P, D, Reason.FIRST_TURN);
    return turn;
  }

  /** The client took all of an answer. */
  private static void answered(Turn turn, String stream, @Nullable Throwable breaks) {
    ByteBuf bytes = Unpooled.copiedBuffer(stream, UTF_8);
    Flux<ByteBuf> body = Flux.just(bytes);
    HeldAnswer held =
        HeldAnswer.hold(
                Bodies.answer(
                    200,
                    "text/event-stream",
                    breaks == null ? body : body.concatWith(Flux.error(breaks))),
                1 << 20)
            .block(Duration.ofSeconds(5));
    turn.answer = Objects.requireNonNull(held);
    turn.status = 200;
    held.doOnNext(ByteBuf::release).blockLast(Duration.ofSeconds(5));
  }

  private static Turn said(Turn turn, int status) {
    ApiError error = new ApiError(status, "no", "t", null, null);
    turn.said = new Tried.Said(error);
    turn.status = status;
    return turn;
  }
}
