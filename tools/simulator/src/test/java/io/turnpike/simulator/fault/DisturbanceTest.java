package io.turnpike.simulator.fault;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.simulator.exchange.Cut;
import io.turnpike.simulator.exchange.Response;
import io.turnpike.simulator.wire.Json;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

/** What a fault makes of a response, in virtual time. */
class DisturbanceTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Response RIGHT = Response.json(200, "{\"right\":true}");

  private final AtomicInteger made = new AtomicInteger();

  private Mono<Response> right() {
    made.incrementAndGet();
    return Mono.just(RIGHT);
  }

  @Test
  void withoutFault_theAnswerIsRight() {
    assertThat(Disturbance.NONE.atOnce()).isNull();
    assertThat(Disturbance.NONE.apply(this::right).block(PATIENCE)).isSameAs(RIGHT);
  }

  @Test
  void refuse_endsTheConnectionAtOnce() {
    assertThat(disturbance("refuse").atOnce()).isEqualTo(new Response.Ended(Cut.How.RESET));
    assertThat(disturbance("hang").atOnce()).isNull();
  }

  @Test
  void status_isAnswered_andNothingIsMade() {
    Fault fault = new Fault(Fault.Kind.STATUS, "/", 503, 0, Duration.ZERO);
    Response answer = new Disturbance(fault).apply(this::right).block(PATIENCE);
    assertThat(answer)
        .isInstanceOfSatisfying(
            Response.Whole.class,
            whole -> {
              assertThat(whole.status()).isEqualTo(503);
              assertThat(whole.text()).contains("\"code\":503", "\"message\":\"Fault on command\"");
            });
    assertThat(made).hasValue(0);
  }

  @Test
  void hang_isForEver_orForAWhile() {
    StepVerifier.withVirtualTime(() -> disturbance("hang").apply(this::right))
        .expectSubscription()
        .expectNoEvent(Duration.ofDays(1))
        .thenCancel()
        .verify(PATIENCE);
    StepVerifier.withVirtualTime(() -> delayed(Fault.Kind.HANG).apply(this::right))
        .expectSubscription()
        .expectNoEvent(Duration.ofMillis(299))
        .thenAwait(Duration.ofMillis(1))
        .expectNext(RIGHT)
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void slow_beginsToMakeTheAnswerLate() {
    StepVerifier.withVirtualTime(() -> delayed(Fault.Kind.SLOW).apply(this::right))
        .expectSubscription()
        .expectNoEvent(Duration.ofMillis(299))
        .then(() -> assertThat(made).hasValue(0))
        .thenAwait(Duration.ofMillis(1))
        .expectNext(RIGHT)
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void late_makesTheAnswerAtOnce_andSendsItLate() {
    StepVerifier.withVirtualTime(() -> delayed(Fault.Kind.LATE).apply(this::right))
        .expectSubscription()
        .then(() -> assertThat(made).hasValue(1))
        .expectNoEvent(Duration.ofMillis(299))
        .thenAwait(Duration.ofMillis(1))
        .expectNext(RIGHT)
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void slowStreams_areSlowAtEachEvent() {
    StepVerifier.withVirtualTime(() -> events(Fault.Kind.SLOW))
        .expectSubscription()
        .expectNoEvent(Duration.ofMillis(599))
        .thenAwait(Duration.ofMillis(1))
        .expectNext("a")
        .expectNoEvent(Duration.ofMillis(299))
        .thenAwait(Duration.ofMillis(1))
        .expectNext("b")
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void lateStreams_areLateOnce() {
    StepVerifier.withVirtualTime(() -> events(Fault.Kind.LATE))
        .expectSubscription()
        .expectNoEvent(Duration.ofMillis(299))
        .thenAwait(Duration.ofMillis(1))
        .expectNext("a", "b")
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void returnedParams_haveTheFormOfABidirectionalEngine() {
    Response given =
        Response.json(
            200,
            "{\"id\":\"chatcmpl-1\",\"usage\":{\"total_tokens\":34},\"kv_transfer_params\":null}");
    Response got = disturbance("return-params").apply(() -> Mono.just(given)).block(PATIENCE);
    JsonNode params =
        Json.MAPPER
            .readTree(((Response.Whole) requireNonNull(got)).body())
            .path("kv_transfer_params");
    assertThat(params.propertyNames())
        .containsExactly(
            "do_remote_prefill",
            "do_remote_decode",
            "remote_block_ids",
            "remote_engine_id",
            "remote_request_id",
            "remote_host",
            "remote_port",
            "tp_size",
            "dcp_size",
            "pp_size",
            "remote_num_tokens",
            "remote_blocks_expiry_time",
            "transfer_mode");
    assertThat(params.path("do_remote_decode").asBoolean()).isTrue();
    assertThat(params.path("remote_num_tokens").asInt()).isEqualTo(33);
    assertThat(params.path("remote_block_ids").get(0)).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"kv_transfer_params\":{\"do_remote_prefill\":true}}",
        "{\"object\":\"list\",\"data\":[]}"
      })
  void returnedParams_replaceNothing(String answer) {
    Response given = Response.json(200, answer);
    assertThat(disturbance("return-params").apply(() -> Mono.just(given)).block(PATIENCE))
        .isSameAs(given);
  }

  @Test
  void returnedParams_areNotInRefusals() {
    Response given = Response.json(400, "{\"kv_transfer_params\":null}");
    assertThat(disturbance("return-params").apply(() -> Mono.just(given)).block(PATIENCE))
        .isSameAs(given);
  }

  private static Flux<String> events(Fault.Kind kind) {
    return delayed(kind)
        .apply(() -> Mono.just(new Response.Events(Flux.just("a", "b"))))
        .flatMapMany(response -> ((Response.Events) response).data());
  }

  private static Disturbance delayed(Fault.Kind kind) {
    return new Disturbance(new Fault(kind, "/", 500, 2, Duration.ofMillis(300)));
  }

  private static Disturbance disturbance(String kind) {
    return new Disturbance(FaultTest.fault(kind));
  }
}
