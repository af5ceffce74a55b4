package io.turnpike.bench.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class StreamMeterTest {

  private static final String STREAM =
      """
      : ping

      data: {"choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}]}

      data: {"choices":[{"delta":{"content":"one \\"content\\":\\"x\\" "}}]}

      data: {"choices": [{"delta": {"content": "two"}, "finish_reason": null}]}

      data: {"choices":[{"delta":{"content":""},"finish_reason":"stop"}]}

      data: {"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":8}}}

      data: [DONE]

      """;

  private final List<Long> gaps = new ArrayList<>();

  @Test
  void read_findsTextTimesAndUsage() {
    StreamMeter meter = new StreamMeter(true, true, gaps::add);
    long now = 100;
    for (String event : STREAM.split("(?<=\n\n)", -1)) {
      meter.read(bytes(event), now);
      now += 10;
    }
    meter.end(now);
    assertThat(meter.chunks()).isEqualTo(2);
    assertThat(meter.firstNanos()).isEqualTo(120);
    assertThat(gaps).containsExactly(10L);
    assertThat(meter.lastNanos()).isEqualTo(170);
    assertThat(meter.text()).isEqualTo("one \\\"content\\\":\\\"x\\\" two");
    assertThat(meter.promptTokens()).isEqualTo(12);
    assertThat(meter.cachedTokens()).isEqualTo(8);
    assertThat(meter.outputTokens(100)).isEqualTo(5);
    assertThat(meter.isWhole()).isTrue();
  }

  @Property(tries = 200)
  void read_isTheSame_howeverTheBytesAreCut(@ForAll @IntRange(min = 1, max = 97) int piece) {
    StreamMeter meter = new StreamMeter(true, true, gap -> {});
    byte[] all = STREAM.getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at < all.length; at += piece) {
      meter.read(Unpooled.wrappedBuffer(all, at, Math.min(piece, all.length - at)), at + 1L);
    }
    assertThat(meter.chunks()).isEqualTo(2);
    assertThat(meter.outputTokens(100)).isEqualTo(5);
    assertThat(meter.text()).endsWith("two");
    assertThat(meter.isWhole()).isTrue();
  }

  @Test
  void tokenSource_doesNotBelieveALiar() {
    StreamMeter meter = new StreamMeter(true, false, gap -> {});
    meter.read(bytes(STREAM), 1);
    assertThat(meter.tokenSource(100)).isEqualTo(TokenSource.USAGE);
    assertThat(meter.tokenSource(4)).isEqualTo(TokenSource.CHUNKS_USAGE_WRONG);
    assertThat(meter.outputTokens(4)).isEqualTo(2);
  }

  @Test
  void end_readsAWholeAnswer() {
    StreamMeter meter = new StreamMeter(false, false, gap -> {});
    meter.read(
        bytes(
            "{\"choices\":[{\"message\":{\"content\":\"hi\"}}],\"usage\":{\"completion_tokens\":3}}"),
        5);
    meter.end(9);
    assertThat(meter.outputTokens(8)).isEqualTo(3);
    assertThat(meter.firstNanos()).isEqualTo(9);
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }
}
