package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chunks of a second engine become those of the first one's answer. */
class SeamTest {

  private static final String FIRST =
      "{\"object\":\"o\",\"created\":17,\"x\":[{\"id\":3}],\"id\":\"c-\\\"1\\\"\",\"choices\":[]}";

  private final Seam seam = new Seam(FIRST.getBytes(UTF_8), 80, 20);

  private String join(String events) {
    ByteBuf in = Unpooled.copiedBuffer(events, UTF_8);
    ByteBuf out = seam.join(in);
    assertThat(in.refCnt()).isZero();
    return out.toString(UTF_8);
  }

  private static String chunk(String id, String created, String rest) {
    return "data: {\"id\":" + id + ",\"created\":" + created + "," + rest + "}\n\n";
  }

  @Test
  void idAndTime_areTheFirstEngines_andAllElseStays() {
    String text = "\"choices\":[{\"delta\":{\"content\":\"id\"},\"id\":\"mine\"}],\"f\": \"g\" ";
    assertThat(join(chunk("\"c-2\"", "18", text))).isEqualTo(chunk("\"c-\\\"1\\\"\"", "17", text));
  }

  @Test
  void theOpeningChunk_isLeftOut_once() {
    String role = "\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]";
    String word = "\"choices\":[{\"delta\":{\"content\":\"a\"}}]";
    assertThat(join(chunk("2", "18", role) + chunk("2", "18", word)))
        .isEqualTo(chunk("\"c-\\\"1\\\"\"", "17", word));
    assertThat(join(chunk("2", "18", role))).contains("role");
  }

  @Test
  void aFirstChunkWithWords_isNoOpening() {
    assertThat(join(chunk("2", "18", "\"choices\":[{\"text\":\"a\"}]"))).contains("\"a\"");
  }

  @Test
  void counts_areThoseOfTheWhole() {
    String usage =
        "\"usage\":{\"prompt_tokens\":%d,\"total_tokens\":140,\"completion_tokens\":%d,"
            + "\"prompt_tokens_details\":{\"cached_tokens\":%d,\"created_cache_tokens\":3},"
            + "\"completion_tokens_details\":null}";
    String choices = "\"choices\":[],";
    assertThat(join(chunk("2", "18", choices + usage.formatted(100, 40, 96))))
        .endsWith(choices + usage.formatted(80, 60, 80) + "}\n\n");
    assertThat(join(chunk("2", "18", choices + usage.formatted(100, 40, 64))))
        .endsWith(choices + usage.formatted(80, 60, 64) + "}\n\n");
    assertThat(join(chunk("2", "18", "\"usage\":null"))).endsWith("\"usage\":null}\n\n");
    assertThat(join(chunk("2", "18", "\"usage\":{\"prompt_tokens\":null}")))
        .endsWith("\"usage\":{\"prompt_tokens\":null}}\n\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data: [DONE]\n\n",
        "data: {\"id\":\"c-2\n\ndata: {\"x\":1}\n\n",
        "data: {\"id\":\"c-2",
        ": a comment\n\n",
        "data: {\"id\n\n",
        "data: {\"choices\":[{\"text\":\"a\"}]}\r\n\r\n",
        "event: x\ndata: {}\n\n",
        "data: {\"text\":\"no end",
        ""
      })
  void whatHasNothingOfIt_goesOutAsItCame(String events) {
    assertThat(join(events)).isEqualTo(events);
  }

  @Test
  void whatTheFirstChunkDoesNotSay_isTheSecondEngines() {
    Seam unknown = new Seam("no JSON".getBytes(UTF_8), 1, 1);
    String chunk = chunk("\"c-2\"", "18", "\"choices\":[{\"text\":\"a\"}]");
    assertThat(unknown.join(Unpooled.copiedBuffer(chunk, UTF_8)).toString(UTF_8)).isEqualTo(chunk);
    Seam other = new Seam("{\"id\":{},\"created\":[1]}".getBytes(UTF_8), 1, 1);
    assertThat(other.join(Unpooled.copiedBuffer(chunk, UTF_8)).toString(UTF_8)).isEqualTo(chunk);
  }
}
