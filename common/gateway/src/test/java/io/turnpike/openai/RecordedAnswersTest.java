package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.turnpike.fixtures.recording.RecordedExchange;
import io.turnpike.fixtures.recording.Recording;
import io.turnpike.turn.Verdict;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every answer that real engines gave is orderly, and goes out as it came. */
class RecordedAnswersTest {

  static Stream<RecordedExchange> turns() {
    List<String> names =
        List.of(
            "a02-chat",
            "a03-chat-stream",
            "a05-completions",
            "b01-two-legs-then-turn-2-on-d",
            "b02-two-legs-stream",
            "b03-p-leg-stream-true",
            "b04-two-legs-completions",
            "b09-n-2",
            "b12-params-to-an-engine-without-connector",
            "c01-bad-requests");
    return names.stream()
        .flatMap(name -> Recording.of(name).stream())
        .filter(exchange -> exchange.path().endsWith("/completions"));
  }

  @ParameterizedTest
  @MethodSource("turns")
  void recordedAnswer_isOrderly(RecordedExchange exchange) {
    boolean stream = !exchange.events().isEmpty();
    AnswerPipe pipe = AnswerPipe.of(exchange.status(), stream, 1 << 20, null);
    String answer = stream ? events(exchange.events()) : exchange.body();
    pipe.add(Chunks.buffer(answer));
    Verdict verdict = exchange.status() == 200 ? Verdict.GOOD : Verdict.REFUSED;
    assertThat(pipe.end()).isEqualTo(verdict);
    assertThat(pipe.errorMessage() == null).isEqualTo(!answer.contains("\"error\""));
    assertThat(pipe.usage().equals(Usage.UNKNOWN)).isEqualTo(!answer.contains("\"usage\":{"));
    ByteBuf out = Objects.requireNonNull(pipe.take());
    assertThat(out.toString(UTF_8))
        .isEqualTo(answer.replaceFirst("\"kv_transfer_params\":\\{[^}]*},", ""));
    out.release();
    assertThat(pipe.heldBytes()).isZero();
  }

  private static String events(List<String> events) {
    return Chunks.stream(events.stream().map(event -> "data: " + event).toArray(String[]::new));
  }
}
