package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {

  private static Usage of(String json) {
    return Usage.ofAnswer(Unpooled.copiedBuffer(json, UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "[]", "{}", "5", "\"x\"", "{\"cached_tokens\":null}"})
  void cachedTokens_areUnknown_whereTheEngineGivesNoDetails(String details) {
    assertThat(of("{\"usage\":{\"prompt_tokens_details\":" + details + ",\"prompt_tokens\":7}}"))
        .isEqualTo(new Usage(7, -1, -1));
  }

  @Test
  void usage_thatWasSaidBeforeTheAnswerBreaksOff_stillHolds() {
    assertThat(of("{\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2},\"choices\":[{"))
        .isEqualTo(new Usage(7, 2, -1));
    assertThat(of("{\"usage\":{\"prompt_tokens\":7,")).isEqualTo(Usage.UNKNOWN);
  }

  @Test
  void count_isTakenUpToNineDigits() {
    assertThat(of("{\"usage\":{\"prompt_tokens\":999999999}}").promptTokens())
        .isEqualTo(999_999_999);
    assertThat(of("{\"usage\":{\"prompt_tokens\":1000000000}}").promptTokens()).isEqualTo(-1);
  }
}
