package io.turnpike.simulator.http;

import static io.turnpike.simulator.http.SocketlessEngine.PATIENCE;
import static io.turnpike.simulator.http.SocketlessEngine.chat;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.simulator.exchange.Cut;
import io.turnpike.simulator.exchange.Request;
import io.turnpike.simulator.exchange.Response;
import io.turnpike.simulator.generation.Ending;
import io.turnpike.simulator.wire.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How answers end before their time, by a fault or because the engine is told to stop. */
class EndingsOfAnswersTest {

  private static final ObjectNode TURN = chat("hello there", 8);

  private final SocketlessEngine engine = new SocketlessEngine(SimulatorOptions.DEFAULT);

  @AfterEach
  void stop() {
    engine.close();
  }

  @Test
  void abort_looksLikeARightEnd_butForItsFinishReason() {
    engine.fault("abort", 3);
    List<String> events = engine.events(TURN);
    assertThat(events).hasSize(5).last().isEqualTo("[DONE]");
    assertThat(finishReasons(events)).containsExactly("null", "null", "null", "abort");
    assertThat(events.get(3)).contains("\"stop_reason\":null", "\"system_fingerprint\"");
  }

  @Test
  void abort_tellsTheUsageOfWhatWasSent() {
    engine.fault("abort", 3);
    ObjectNode counted = TURN.deepCopy();
    counted.putObject("stream_options").put("include_usage", true);
    List<String> events = engine.events(counted);
    JsonNode usage = Json.MAPPER.readTree(events.get(4)).path("usage");
    assertThat(usage.path("completion_tokens").asInt()).isEqualTo(2);
    assertThat(events.get(5)).isEqualTo("[DONE]");
  }

  @Test
  void abort_canComeBeforeTheFirstContent() {
    engine.fault("abort", 1);
    List<String> events = engine.events(TURN);
    assertThat(finishReasons(events)).containsExactly("null", "abort");
    assertThat(content(events)).isEmpty();
  }

  @Test
  void anEndAfterMoreEventsThanThereAre_comesBeforeTheLastToken() {
    String whole = content(engine.events(TURN));
    engine.fault("abort", 1_000);
    List<String> events = engine.events(TURN);
    assertThat(whole).startsWith(content(events)).isNotEqualTo(content(events));
    assertThat(events).hasSize(1 + 7 + 1 + 1);
  }

  @Test
  void errorEvent_saysThatTheEngineIsDead() {
    engine.fault("error-event", 3);
    List<String> events = engine.events(TURN);
    assertThat(events).hasSize(5).last().isEqualTo("[DONE]");
    assertThat(events.get(3)).startsWith("{\"error\": {\"message\": \"EngineCore encountered");
  }

  @Test
  void truncate_endsWithoutFinishReasonOrDone() {
    engine.fault("truncate", 3);
    List<String> events = engine.events(TURN);
    assertThat(events).hasSize(3);
    assertThat(finishReasons(events)).containsOnly("null");
  }

  @Test
  void die_cutsTheConnection() {
    engine.fault("die", 3);
    StepVerifier.create(engine.stream(TURN))
        .expectNextCount(3)
        .expectErrorMatches(error -> error instanceof Cut cut && cut.how() == Cut.How.RESET)
        .verify(PATIENCE);
  }

  @Test
  void silent_sendsNothingMore_andNoEnd() {
    engine.fault("silent", 3);
    List<String> got = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger ends = new AtomicInteger();
    var subscription = engine.stream(TURN).doOnTerminate(ends::incrementAndGet).subscribe(got::add);
    // What is told to the stream is told before this answer, on the same thread.
    while (engine.state().path("in_flight").asInt() > 0) {
      Thread.onSpinWait();
    }
    assertThat(got).hasSize(3);
    assertThat(ends).hasValue(0);
    subscription.dispose();
    assertThat(engine.state().path("aborted").asInt()).isZero();
  }

  @Test
  void completions_endAlike() {
    engine.fault("abort", 3);
    ObjectNode body = Json.object().put("prompt", "hello").put("max_tokens", 8).put("stream", true);
    Response.Events answer =
        (Response.Events) engine.send("POST", "/v1/completions", body.toString());
    List<String> events = requireNonNull(answer.data().collectList().block(PATIENCE));
    assertThat(finishReasons(events)).containsExactly("null", "null", "null", "abort");
  }

  @Test
  void aWholeAnswer_canBeAborted_withTheTokensItHad() {
    String right = message(engine.json(TURN));
    engine.fault("abort", 3);
    JsonNode answer = engine.json(TURN);
    assertThat(answer.path("choices").get(0).path("finish_reason").asString()).isEqualTo("abort");
    assertThat(message(answer)).isEqualTo(right.substring(0, 12));
    assertThat(answer.path("usage").path("completion_tokens").asInt()).isEqualTo(3);
    assertThat(answer.path("kv_transfer_params").isNull()).isTrue();
  }

  @Test
  void allChoices_areAborted() {
    engine.fault("abort", 3);
    JsonNode choices = engine.json(TURN.deepCopy().put("n", 2)).path("choices");
    assertThat(choices).hasSize(2);
    assertThat(choices.valueStream().map(choice -> choice.path("finish_reason").asString()))
        .containsOnly("abort");
  }

  @Test
  void aWholeAnswer_canBeAnError_orAnEndOfTheConnection() {
    engine.fault("error-event", 3);
    assertThat(engine.send(TURN).status()).isEqualTo(500);
    engine.fault("die", 3);
    assertThat(engine.send(TURN)).isEqualTo(new Response.Ended(Cut.How.RESET));
    engine.fault("truncate", 3);
    assertThat(engine.send(TURN)).isEqualTo(new Response.Ended(Cut.How.CLOSED));
    assertThat(engine.send(TURN).status()).isEqualTo(200);
  }

  @Test
  void aWholeAnswer_mayNeverCome() {
    engine.fault("silent", 3);
    var answer = ask(TURN).toFuture();
    while (engine.state().path("requests_seen").asInt() == 0
        || engine.state().path("in_flight").asInt() > 0) {
      Thread.onSpinWait();
    }
    assertThat(answer).isNotDone();
  }

  @Test
  void aLegOfOneToken_isHitToo() {
    engine.fault("abort", 2);
    JsonNode answer = engine.json(chat("hello", 1));
    assertThat(answer.path("choices").get(0).path("finish_reason").asString()).isEqualTo("abort");
  }

  @Test
  void metrics_countAborts() {
    engine.fault("abort", 3);
    engine.events(TURN);
    engine.events(TURN);
    assertThat(engine.metrics())
        .containsPattern("request_success_total\\{[^}]*finished_reason=\"abort\"} 1.0")
        .containsPattern("request_success_total\\{[^}]*finished_reason=\"length\"} 1.0");
  }

  @Test
  void toldToStop_eachAnswerEndsAsDrawn_andTheEngineIsDead() {
    try (SocketlessEngine busy = new SocketlessEngine(SimulatorOptions.DEFAULT.withSpeed(1))) {
      ObjectNode endless = chat("go on", 20_000).put("ignore_eos", true);
      CompletableFuture<List<String>> rest = new CompletableFuture<>();
      CompletableFuture<Void> flowing = new CompletableFuture<>();
      busy.stream(endless)
          .doOnNext(event -> flowing.complete(null))
          .collectList()
          .subscribe(rest::complete);
      flowing.orTimeout(PATIENCE.toSeconds(), SECONDS).join();
      busy.service.giveUp(() -> Ending.ABORT);
      assertThat(finishReasons(rest.join())).endsWith("abort");
      assertThat(busy.send("GET", "/health", "").status()).isEqualTo(503);
      assertThat(busy.send(TURN).status()).isEqualTo(500);
    }
  }

  @Test
  void drained_whenNothingIsUnderWay() {
    assertThat(engine.service.drain()).isCompleted();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whileItDrains_newRequestsAreAborted_andOldOnesEndWell(boolean stream) {
    AtomicLong clock = new AtomicLong();
    SimulatorOptions paced = SimulatorOptions.DEFAULT.withSpeed(1);
    try (SocketlessEngine busy = new SocketlessEngine(paced, clock::get)) {
      CompletableFuture<List<String>> old = new CompletableFuture<>();
      ObjectNode turn = chat("go on", 400).put("ignore_eos", true);
      busy.stream(turn).collectList().subscribe(old::complete);
      clock.addAndGet(SECONDS.toNanos(1));
      assertThat(busy.state().path("in_flight").asInt()).isEqualTo(1);
      CompletableFuture<Void> drained = busy.service.drain();
      List<String> reasons =
          stream
              ? finishReasons(busy.events(TURN))
              : List.of(busy.json(TURN).path("choices").get(0).path("finish_reason").asString());
      assertThat(reasons).endsWith("abort");
      assertThat(drained).isNotDone();
      clock.addAndGet(SECONDS.toNanos(100));
      busy.state();
      assertThat(finishReasons(old.join())).endsWith("length");
      drained.join();
    }
  }

  private Mono<Response> ask(ObjectNode chat) {
    return engine.service.handle(Request.of("POST", "/v1/chat/completions", chat.toString()));
  }

  private static String message(JsonNode answer) {
    return answer.path("choices").get(0).path("message").path("content").asString();
  }

  private static List<String> finishReasons(List<String> events) {
    return events.stream()
        .filter(event -> event.contains("\"choices\":[{"))
        .map(event -> Json.MAPPER.readTree(event).path("choices").get(0).path("finish_reason"))
        .map(reason -> reason.isNull() ? "null" : reason.asString())
        .toList();
  }

  private static String content(List<String> events) {
    StringBuilder text = new StringBuilder();
    events.stream()
        .filter(event -> event.contains("\"choices\":[{"))
        .map(event -> Json.MAPPER.readTree(event).path("choices").get(0).path("delta"))
        .forEach(delta -> text.append(delta.path("content").asString("")));
    return text.toString();
  }
}
