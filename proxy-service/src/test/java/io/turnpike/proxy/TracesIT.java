package io.turnpike.proxy;

import static io.turnpike.fixtures.gateway.ScriptedEngine.ERROR;
import static io.turnpike.fixtures.gateway.ScriptedEngine.events;
import static io.turnpike.proxy.OnePair.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.turnpike.fixtures.gateway.Eventually;
import io.turnpike.fixtures.gateway.LeakWatch;
import io.turnpike.fixtures.gateway.ScriptedEngine;
import io.turnpike.fixtures.gateway.SpanReceiver;
import io.turnpike.fixtures.gateway.SpanReceiver.Received;
import io.turnpike.fixtures.gateway.SpanReceiver.Trace;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.gateway.Wire.Answer;
import io.turnpike.fixtures.running.RunningGateway;
import io.turnpike.trace.TurnTracing;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The traces of turns, from a client's to the engines', as a collector gets them. */
@ExtendWith(LeakWatch.class)
class TracesIT {

  private static final ScriptedEngine P = ScriptedEngine.start("p", "tiny");
  private static final ScriptedEngine D = ScriptedEngine.start("d", "tiny");
  private static final SpanReceiver COLLECTOR = new SpanReceiver();

  /** Of turns without a trace it records none, so that what it records is what clients record. */
  private static final RunningGateway PROXY =
      RunningGateway.startReady(
          ProxyApplication.class,
          "turnpike.cluster.prefill-urls=" + P.listed(),
          "turnpike.cluster.decode-urls=" + D.listed(),
          "management.opentelemetry.tracing.export.otlp.endpoint=" + COLLECTOR.url(),
          "management.opentelemetry.tracing.export.schedule-delay=20ms",
          "management.tracing.sampling.probability=0");

  private static int traces;

  private String trace;

  @BeforeEach
  void reset() {
    P.reset();
    D.reset();
    PROXY.forget();
    trace = "%032x".formatted(0xabc000 + ++traces);
  }

  @AfterAll
  static void end() {
    PROXY.close();
    COLLECTOR.close();
    P.close();
    D.close();
  }

  private static final String CLIENT_SPAN = "00f067aa0ba902b7";

  private Answer post(String body, String flags) {
    String parent = "traceparent: 00-" + trace + "-" + CLIENT_SPAN + "-" + flags;
    return Wire.post(PROXY.port(), CHAT, body, parent);
  }

  private static String chat(String messages) {
    return "{\"model\":\"tiny\",\"stream\":true,\"messages\":[" + messages + "]}";
  }

  private static String user(String text) {
    return "{\"role\":\"user\",\"content\":\"" + text + "\"}";
  }

  private Trace spans() {
    return COLLECTOR.trace(trace, "chat tiny");
  }

  private static String parentSeenBy(ScriptedEngine engine) {
    return engine.last().headers().get("traceparent");
  }

  @Test
  void conversation_isOneTraceATurn_fromTheClientToTheEngines() {
    String first = user("Begin " + trace);
    Answer one = post(chat(first), "01");
    Trace spans = spans();
    assertThat(spans.names())
        .containsExactlyInAnyOrder(
            "chat tiny", "admit", "recognise", "decide", "prefill", "handoff", "decode", "stream");
    Received turn = spans.named("chat tiny");
    assertThat(turn.parent()).isEqualTo(CLIENT_SPAN);
    assertThat(turn.service()).isEqualTo("proxy");
    assertThat(turn.kind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
    assertThat(spans.named("decode").kind()).isEqualTo(SpanKind.SPAN_KIND_CLIENT);
    spans.all().stream()
        .filter(span -> !span.equals(turn))
        .forEach(
            part -> {
              assertThat(part.parent()).as(part.name()).isEqualTo(turn.id());
              assertThat(part.beginNanos())
                  .as(part.name())
                  .isBetween(turn.beginNanos(), turn.endNanos());
              assertThat(part.endNanos())
                  .as(part.name())
                  .isBetween(part.beginNanos(), turn.endNanos());
              assertThat(part.error()).as(part.name()).isEmpty();
            });
    assertThat(spans.named("prefill").endNanos()).isEqualTo(spans.named("handoff").beginNanos());
    assertThat(spans.named("handoff").endNanos()).isEqualTo(spans.named("decode").endNanos());
    assertThat(spans.named("stream").beginNanos()).isEqualTo(spans.named("decode").endNanos());
    assertThat(parentSeenBy(P))
        .isEqualTo("00-" + trace + "-" + spans.named("prefill").id() + "-01");
    assertThat(parentSeenBy(D)).isEqualTo("00-" + trace + "-" + spans.named("decode").id() + "-01");
    assertThat(turn.attributes())
        .containsEntry("gen_ai.operation.name", "chat")
        .containsEntry("gen_ai.provider.name", "vllm")
        .containsEntry("gen_ai.request.model", "tiny")
        .containsEntry("gen_ai.usage.input_tokens", "9")
        .containsEntry("gen_ai.usage.cache_read.input_tokens", "4")
        .containsEntry("gen_ai.usage.output_tokens", "2")
        .containsEntry("http.response.status_code", "200")
        .containsEntry("turnpike.route", "disaggregated")
        .containsEntry("turnpike.reason", "first-turn")
        .containsEntry("turnpike.turn", "1")
        .containsEntry("turnpike.tries", "1")
        .containsEntry("turnpike.prefill", "p")
        .containsEntry("turnpike.decode", "d")
        .containsEntry("turnpike.receipt", one.header("x-turnpike-receipt"));
    assertThat(spans.named("decode").attributes())
        .containsEntry("server.address", "127.0.0.1")
        .containsEntry("server.port", D.listed().replaceAll(".*:", ""))
        .containsEntry("turnpike.node", "d");

    trace = "%032x".formatted(0xabc000 + ++traces);
    String answered = "{\"role\":\"assistant\",\"content\":\"Hello you\"}";
    post(chat(first + "," + answered + "," + user("Go on")), "01");
    Trace second = spans();
    assertThat(second.names())
        .containsExactlyInAnyOrder("chat tiny", "admit", "recognise", "decide", "decode", "stream");
    assertThat(second.named("chat tiny").attributes())
        .containsEntry("turnpike.route", "decode-direct")
        .containsEntry("turnpike.turn", "2")
        .containsEntry("gen_ai.conversation.id", turn.attributes().get("gen_ai.conversation.id"));
  }

  @Test
  void tryThatFailed_isASpanOfItsOwn_thatSaysWhy() {
    D.next(events(ERROR));
    Answer answer = post(chat(user("Try " + trace)), "01");
    assertThat(answer.status()).isEqualTo(200);
    Trace spans = spans();
    assertThat(spans.all())
        .filteredOn(span -> span.name().equals("decode"))
        .extracting(Received::error)
        .containsExactly("handoff p→d: d failed in a 200", "");
    assertThat(spans.named("chat tiny").error()).isEmpty();
    assertThat(spans.named("chat tiny").attributes())
        .containsEntry("turnpike.tries", "2")
        .containsEntry("turnpike.lost_handoffs", "1");
  }

  @Test
  void whatIsNotRecorded_leavesNothing_andEnginesAreToldSo() {
    post(chat(user("Quietly " + trace)), "00");
    assertThat(parentSeenBy(P)).startsWith("00-" + trace + "-").endsWith("-00");
    assertThat(parentSeenBy(D)).startsWith("00-" + trace + "-").endsWith("-00");
    Wire.post(PROXY.port(), CHAT, chat(user("Without a trace " + trace)));
    String drawn = parentSeenBy(D);
    assertThat(drawn).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[02]").doesNotContain(trace);
    assertThat(Wire.get(PROXY.port(), "/status").status()).isEqualTo(200);
    trace = "%032x".formatted(0xabc000 + ++traces);
    post(chat(user("Loudly " + trace)), "01");
    spans();
    assertThat(COLLECTOR.spans())
        .extracting(Received::trace)
        .allMatch(id -> id.startsWith("0".repeat(20)));
    assertThat(COLLECTOR.spans())
        .extracting(Received::trace)
        .doesNotContain(drawn.substring(3, 35));
  }

  @Test
  void receipts_andExemplars_carryTheTrace() {
    Answer answer = post(chat(user("Count " + trace)), "01");
    assertThat(PROXY.receipt(answer).trace()).isEqualTo(trace);
    String receipt = "/receipts/" + answer.header("x-turnpike-receipt");
    assertThat(Wire.get(PROXY.port(), receipt).body()).contains("\"trace_id\":\"" + trace + "\"");
    String accept = "accept: application/openmetrics-text; version=1.0.0";
    Eventually.until(
        "an exemplar of a trace of ours",
        () ->
            Wire.get(PROXY.managementPort(), "/actuator/prometheus", accept)
                .body()
                .lines()
                .filter(line -> line.startsWith("turnpike_ttft_seconds_bucket"))
                .anyMatch(line -> line.matches(".* # \\{.*trace_id=\"0{20}\\w+\".*")));
  }

  @Test
  void off_nothingOfItIsThere_andTraceparentIsPassedOn() {
    OnePair.reset();
    assertThat(OnePair.PROXY.bean(TurnTracing.class)).isSameAs(TurnTracing.OFF);
    String parent = "00-" + trace + "-" + CLIENT_SPAN + "-01";
    Answer answer = OnePair.post(OnePair.body(""), "traceparent: " + parent);
    assertThat(parentSeenBy(OnePair.P)).isEqualTo(parent);
    assertThat(parentSeenBy(OnePair.D)).isEqualTo(parent);
    assertThat(OnePair.PROXY.receipt(answer).trace()).isNull();
  }
}
