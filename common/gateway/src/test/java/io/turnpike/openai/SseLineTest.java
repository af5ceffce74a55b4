package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SseLineTest {

  private static SseLine of(String line) {
    byte[] bytes = ("#" + line + "data: [DONE]").getBytes(UTF_8);
    return SseLine.of(bytes, 1, 1 + line.getBytes(UTF_8).length);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "data: {\"id\":1} | CHUNK",
        "data:{\"id\":1} | CHUNK",
        "data:{ | CHUNK",
        "data: hello | CHUNK",
        "data:x | CHUNK",
        "data: [DON | CHUNK",
        "data: [DONE] | DONE",
        "data:[DONE] | DONE",
        "data: {\"error\":{}} | CHUNK",
        "data: | OTHER",
        "dat | OTHER",
        ": data: [DONE] | OTHER",
        "event: x | OTHER",
        "id: 12345 | OTHER"
      })
  void line_isToldByHowItBegins(String line, SseLine kind) {
    assertThat(of(line)).isEqualTo(kind);
  }

  @Test
  void line_mayEndWithACarriageReturn() {
    assertThat(of("data: [DONE]\r")).isEqualTo(SseLine.DONE);
    assertThat(of("data:\r")).isEqualTo(SseLine.OTHER);
    assertThat(of("data: \r")).isEqualTo(SseLine.OTHER);
    assertThat(of("data: ")).isEqualTo(SseLine.OTHER);
    assertThat(of("\r")).isEqualTo(SseLine.OTHER);
    assertThat(of("")).isEqualTo(SseLine.OTHER);
  }

  @Test
  void line_endsWhereItEnds_whateverFollows() {
    byte[] done = "data: [DONE]".getBytes(UTF_8);
    assertThat(SseLine.of(done, 0, done.length - 1)).isEqualTo(SseLine.CHUNK);
    assertThat(SseLine.of(done, 0, 4)).isEqualTo(SseLine.OTHER);
  }

  @Test
  void data_beginsBehindOneBlankAtMost() {
    assertThat(SseLine.dataStart("#data:x".getBytes(UTF_8), 1)).isEqualTo(6);
    assertThat(SseLine.dataStart("#data: x".getBytes(UTF_8), 1)).isEqualTo(7);
    assertThat(SseLine.dataStart("#data:  x".getBytes(UTF_8), 1)).isEqualTo(7);
  }
}
