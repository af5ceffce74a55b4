package io.turnpike.simulator.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.simulator.fault.Fault.Kind;
import io.turnpike.simulator.generation.Cutoff;
import io.turnpike.simulator.generation.Ending;
import io.turnpike.simulator.wire.ApiError;
import io.turnpike.simulator.wire.Json;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/** What a fault is, read from a command: whom it hits, what it does, and what is usual. */
class FaultTest {

  @Test
  void usualValues_areDocumentedOnes() {
    assertThat(fault("status"))
        .isEqualTo(new Fault(Kind.STATUS, "/v1/", 500, 2, Duration.ofSeconds(1)));
    assertThat(fault("refuse").path()).isEqualTo("/");
    assertThat(fault("hang").delay()).isZero();
    assertThat(fault("slow").delay()).isEqualTo(Duration.ofSeconds(1));
    assertThat(fault("late").delay()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void everything_canBeSet() {
    ObjectNode json =
        Json.object()
            .put("kind", "die")
            .put("path", "/v1/completions")
            .put("status", 503)
            .put("after_chunks", 7)
            .put("delay_ms", 40);
    assertThat(Fault.read(json))
        .isEqualTo(new Fault(Kind.DIE, "/v1/completions", 503, 7, Duration.ofMillis(40)));
  }

  @ParameterizedTest
  @EnumSource
  void eachKind_isKnownByItsWord(Kind kind) {
    assertThat(fault(kind.wireName()).kind()).isEqualTo(kind);
    assertThat(kind.wireName()).matches("[a-z-]+");
  }

  @Test
  void anUnknownKind_isRefused_withTheKnownOnes() {
    assertThatThrownBy(() -> fault("sulk"))
        .isInstanceOfSatisfying(ApiError.class, e -> assertThat(e.status()).isEqualTo(400))
        .hasMessage(
            "kind: \"sulk\" (expected: one of [refuse, hang, status, slow, late, die, error-event,"
                + " abort, silent, truncate, return-params, drop-kv, engine-dead, exit])");
  }

  static Stream<Arguments> cutoffs() {
    Map<Kind, Ending> endings =
        Map.of(
            Kind.DIE, Ending.RESET,
            Kind.ERROR_EVENT, Ending.ERROR,
            Kind.ABORT, Ending.ABORT,
            Kind.SILENT, Ending.SILENCE,
            Kind.TRUNCATE, Ending.TRUNCATION);
    return Stream.of(Kind.values())
        .map(
            kind -> {
              Ending ending = endings.get(kind);
              return Arguments.of(kind, ending == null ? Cutoff.NONE : new Cutoff(2, ending));
            });
  }

  @ParameterizedTest
  @MethodSource("cutoffs")
  void kinds_endAnswersInTheirWay(Kind kind, Cutoff cutoff) {
    assertThat(fault(kind.wireName()).cutoff()).isEqualTo(cutoff);
  }

  @Test
  void whatBefallsAnswers_passesByWhoLooksAtTheModels() {
    assertThat(fault("die").hits("GET", "/v1/models")).isFalse();
    assertThat(fault("drop-kv").hits("GET", "/v1/models")).isFalse();
    assertThat(fault("die").hits("POST", "/v1/completions")).isTrue();
    assertThat(fault("status").hits("GET", "/v1/models")).isTrue();
  }

  @Test
  void paths_areBeginnings() {
    assertThat(fault("status").hits("POST", "/v1/chat/completions")).isTrue();
    assertThat(fault("status").hits("GET", "/health")).isFalse();
    assertThat(fault("refuse").hits("GET", "/health")).isTrue();
  }

  static Fault fault(String kind) {
    return Fault.read(Json.object().put("kind", kind));
  }
}
