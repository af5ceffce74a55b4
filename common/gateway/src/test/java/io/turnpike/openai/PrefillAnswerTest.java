package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrefillAnswerTest {

  private static final String PARAMS =
      "{\"do_remote_prefill\":true, \"remote_block_ids\":[[33,34]] ,\"x\":{\"y\":\"}\"}}";
  private static final String ANSWER =
      "{\"id\":\"chatcmpl-s-1\",\"choices\":[{\"message\":{\"content\":\"9\","
          + "\"kv_transfer_params\":{\"no\":1}}}],\"usage\":{\"prompt_tokens\":220,"
          + "\"completion_tokens\":1,\"prompt_tokens_details\":{\"cached_tokens\":16}},"
          + "\"kv_transfer_params\":"
          + PARAMS
          + ",\"metrics\":null}";

  private static PrefillAnswer read(String text) {
    return PrefillAnswer.read(text.getBytes(UTF_8));
  }

  @Test
  void read_copiesTheParametersVerbatim() {
    ByteBuf buffer = Unpooled.copiedBuffer("..\n" + ANSWER, UTF_8).skipBytes(2);
    PrefillAnswer answer = PrefillAnswer.read(buffer);
    assertThat(answer.isJson()).isTrue();
    assertThat(answer.kvTransferParams()).isEqualTo(PARAMS.getBytes(UTF_8));
    assertThat(answer.promptTokens()).isEqualTo(220);
    assertThat(answer.cachedTokens()).isEqualTo(16);
    assertThat(buffer.readerIndex()).isEqualTo(2);
    assertThat(Usage.ofAnswer(buffer)).isEqualTo(new Usage(220, 1, 16));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"kv_transfer_params\":null}",
        "{\"kv_transfer_params\":[{}]}",
        "{\"kv_transfer_params\":\"x\"}",
        "{\"a\":{\"kv_transfer_params\":{}}}"
      })
  void read_findsNoParametersWhereThereAreNone(String text) {
    PrefillAnswer answer = read(text);
    assertThat(answer.isJson()).isTrue();
    assertThat(answer.kvTransferParams()).isNull();
    assertThat(answer.promptTokens()).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "<html>",
        "{\"kv_transfer_params\":{}",
        "{\"kv_transfer_params\":{}}}",
        "{} x"
      })
  void read_tellsWhatIsNoJson(String text) {
    assertThat(read(text).isJson()).isFalse();
    assertThat(read(text).kvTransferParams()).isNull();
  }

  @Test
  void usage_isUnknownWhereNothingIsSaid() {
    assertThat(Usage.ofAnswer(Unpooled.copiedBuffer("{\"usage\":null}", UTF_8)))
        .isEqualTo(Usage.UNKNOWN);
    assertThat(Usage.ofAnswer(Unpooled.copiedBuffer("no", UTF_8))).isEqualTo(Usage.UNKNOWN);
    String odd = "{\"usage\":{\"prompt_tokens\":\"5\",\"completion_tokens\":99999999999}}";
    assertThat(Usage.ofAnswer(Unpooled.copiedBuffer(odd, UTF_8))).isEqualTo(Usage.UNKNOWN);
  }
}
