package io.turnpike.launcher.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.launcher.chat.TurnReport.TokenUsage;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChatStreamTest {

  private final StringBuilder shown = new StringBuilder();
  private long now = 5;
  private final ChatStream stream = new ChatStream(shown::append, () -> now++);

  @Test
  void textIsShownAsItComes_andUsageKept() {
    stream.line("data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}");
    assertThat(stream.firstTextNanos()).isNull();
    stream.line("");
    stream.line("data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}");
    stream.line(
        "data: {\"choices\":[{\"delta\":{\"content\":\"lo\"},\"finish_reason\":\"stop\"}]}");
    stream.line(
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2,"
            + "\"prompt_tokens_details\":{\"cached_tokens\":8}}}");
    assertThat(stream.isDone()).isFalse();
    stream.line("data: [DONE]");

    assertThat(shown).hasToString("Hello");
    assertThat(stream.answer()).isEqualTo("Hello");
    assertThat(stream.firstTextNanos()).isEqualTo(5);
    assertThat(stream.usage()).isEqualTo(new TokenUsage(9, 8, 2));
    assertThat(stream.isDone()).isTrue();
  }

  @Test
  void anErrorEvent_endsTheTurn() {
    assertThatThrownBy(() -> stream.line("data: {\"error\":{\"message\":\"engine died\"}}"))
        .isInstanceOf(ChatException.class)
        .hasMessage("the answer broke off: engine died");
  }

  @Test
  void usageWithoutDetails_saysNothingAboutTheCache() {
    stream.line("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2}}");

    assertThat(stream.usage()).isEqualTo(new TokenUsage(9, -1, 2));
  }

  @Test
  void aReport_isOneLine() {
    HttpHeaders headers =
        HttpHeaders.of(
            Map.of(
                "X-Turnpike-Route", List.of("disaggregated"),
                "X-Turnpike-Prefill", List.of("prefill-1"),
                "X-Turnpike-Decode", List.of("decode-2"),
                "X-Turnpike-Turn", List.of("1"),
                "X-Turnpike-Reason", List.of("first-turn")),
            (_, _) -> true);

    TurnReport report = TurnReport.of(headers, Duration.ofMillis(12), new TokenUsage(401, 352, 40));

    assertThat(report.line())
        .isEqualTo(
            "turn 1 · disaggregated (first-turn) · prefill-1 → decode-2 · TTFT 12 ms"
                + " · 352 of 401 prompt tokens cached · 40 new");
    assertThat(new TurnReport(null, null, null, null, null, null, null).line()).isEmpty();
  }
}
