package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.turnpike.openai.StreamTap.Phase;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams in the shapes that vLLM 0.32 sends. */
class StreamTapTest {

  private static final String HEAD =
      "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,"
          + "\"model\":\"tiny\",\"choices\":[";
  private static final String ROLE =
      HEAD
          + "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"logprobs\":null,"
          + "\"finish_reason\":null}],\"prompt_token_ids\":null,\"prompt_text\":null}";
  private static final String USAGE =
      HEAD
          + "],\"usage\":{\"prompt_tokens\":80,\"total_tokens\":84,\"completion_tokens\":4,"
          + "\"prompt_tokens_details\":{\"cached_tokens\":64,\"created_cache_tokens\":0}},"
          + "\"system_fingerprint\":\"vllm-0.32.0\"}";
  private static final String ERROR =
      "data: {\"error\": {\"message\": \"EngineCore encountered an issue.\","
          + " \"type\": \"InternalServerError\", \"param\": null, \"code\": 500}}";
  private static final String DONE = "data: [DONE]";

  private static String delta(String delta) {
    return HEAD
        + "{\"index\":0,\"delta\":{"
        + delta
        + "},\"logprobs\":null,\"finish_reason\":null,"
        + "\"token_ids\":null}]}";
  }

  private static String content(String text) {
    return delta("\"content\":\"" + text + "\"");
  }

  private static String stream(String... events) {
    return String.join("\n\n", events) + "\n\n";
  }

  private static StreamTap tap(String bytes) {
    StreamTap tap = new StreamTap();
    observe(tap, bytes.getBytes(UTF_8));
    return tap;
  }

  private static void observe(StreamTap tap, byte[] bytes) {
    ByteBuf buffer = UnpooledByteBufAllocator.DEFAULT.directBuffer(bytes.length + 2);
    buffer.writeByte('x').writeBytes(bytes).readByte();
    tap.observe(buffer);
    assertThat(buffer.readableBytes()).isEqualTo(bytes.length);
    buffer.release();
  }

  private static String whole() {
    return stream(ROLE, content("v"), content("[DONE]"), content("{\\\"error\\\""), USAGE, DONE);
  }

  private static List<Object> facts(StreamTap tap) {
    return Arrays.asList(tap.phase(), tap.contentEvents(), tap.usage(), tap.errorMessage());
  }

  @Test
  void tap_ofAWholeStream_knowsPhaseCountsAndUsage() {
    assertThat(facts(tap(whole()))).containsExactly(Phase.DONE, 3L, new Usage(80, 4, 64), null);
  }

  @Test
  void phase_goesStepByStep() {
    StreamTap tap = new StreamTap();
    assertThat(tap.phase()).isEqualTo(Phase.NOTHING);
    observe(tap, ": ping\n\n\n".getBytes(UTF_8));
    assertThat(tap.phase()).isEqualTo(Phase.NOTHING);
    observe(tap, stream(ROLE).getBytes(UTF_8));
    assertThat(tap.phase()).isEqualTo(Phase.ROLE_ONLY);
    observe(tap, stream(content("")).getBytes(UTF_8));
    assertThat(tap.phase()).isEqualTo(Phase.ROLE_ONLY);
    observe(tap, stream(content("v")).getBytes(UTF_8));
    assertThat(tap.phase()).isEqualTo(Phase.CONTENT);
    observe(tap, stream(DONE).getBytes(UTF_8));
    assertThat(tap.phase()).isEqualTo(Phase.DONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"reasoning\":\"r\"",
        "\"reasoning_content\":\"r\"",
        "\"refusal\":\"no\"",
        "\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]",
        "\"role\":\"assistant\",\"function_call\":{\"name\":\"f\"}"
      })
  void phase_isContent_whateverTheContentIs(String delta) {
    assertThat(tap(stream(ROLE, delta(delta))).phase()).isEqualTo(Phase.CONTENT);
  }

  @Test
  void phase_isContent_whenTheAnswerEndsEmpty() {
    String end = HEAD + "{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"stop\"}]}";
    assertThat(tap(stream(ROLE, end)).phase()).isEqualTo(Phase.CONTENT);
  }

  @Test
  void phase_readsCompletions() {
    String empty = "data: {\"choices\":[{\"index\":0,\"text\":\"\",\"finish_reason\":null}]}";
    String text = "data: {\"choices\":[{\"index\":0,\"text\":\"v\",\"finish_reason\":null}]}";
    assertThat(tap(stream(empty)).phase()).isEqualTo(Phase.ROLE_ONLY);
    assertThat(tap(stream(empty, text)).phase()).isEqualTo(Phase.CONTENT);
  }

  @Test
  void error_beforeContent_isSeen() {
    assertThat(facts(tap(stream(ROLE, ERROR, DONE))))
        .containsExactly(Phase.FAILED, 0L, Usage.UNKNOWN, "EngineCore encountered an issue.");
  }

  @Test
  void error_afterContent_isSeen() {
    assertThat(facts(tap(stream(ROLE, content("v"), ERROR, DONE))))
        .containsExactly(Phase.FAILED, 1L, Usage.UNKNOWN, "EngineCore encountered an issue.");
    assertThat(tap(stream(content("v"), "data:{\"error\":\"plain\"}")).errorMessage())
        .isEqualTo("plain");
  }

  @Test
  void error_thatIsNull_isNone() {
    String harmless = "data: {\"error\":null,\"choices\":[{\"text\":\"v\"}]}";
    assertThat(tap(stream(harmless, harmless)).phase()).isEqualTo(Phase.CONTENT);
  }

  @Test
  void usage_ofAStreamThatBroke_isTheLastOneSeen() {
    String counted = content("v").replace("}]}", "}],\"usage\":{\"completion_tokens\":7}}");
    assertThat(tap(stream(ROLE, counted) + content("w").substring(0, 40)).usage())
        .isEqualTo(new Usage(-1, 7, -1));
  }

  @Test
  void observe_toleratesAnEventOverTheBound() {
    String huge = content("x".repeat(StreamTap.MAX_LINE_BYTES + 100));
    StreamTap tap = tap(stream(ROLE, huge, content("v"), huge, USAGE, DONE));
    assertThat(facts(tap)).containsExactly(Phase.DONE, 3L, new Usage(80, 4, 64), null);
  }

  @Property(tries = 400)
  void observe_doesNotDependOnWhereBuffersEnd(
      @ForAll @Size(max = 30) List<@IntRange(max = 2_000) Integer> cuts,
      @ForAll boolean carriageReturns,
      @ForAll @IntRange(max = 3) int kind) {
    String[] streams = {
      whole(),
      stream(ROLE, ERROR, DONE),
      stream(ROLE, content("v"), content("w"), ERROR, DONE),
      stream(": hello", content("v"), USAGE)
    };
    String text = carriageReturns ? streams[kind].replace("\n", "\r\n") : streams[kind];
    byte[] bytes = text.getBytes(UTF_8);
    StreamTap tap = new StreamTap();
    int from = 0;
    for (int cut : cuts.stream().sorted().toList()) {
      if (cut > from && cut < bytes.length) {
        observe(tap, Arrays.copyOfRange(bytes, from, cut));
        from = cut;
      }
    }
    observe(tap, Arrays.copyOfRange(bytes, from, bytes.length));
    assertThat(facts(tap)).isEqualTo(facts(tap(streams[kind])));
  }

  @Property(tries = 300)
  void observe_neverFails(@ForAll byte[] garbage) {
    StreamTap tap = tap(stream(content("v")));
    tap.observe(Unpooled.wrappedBuffer(garbage));
    assertThat(tap.usage()).isNotNull();
    StreamTap fresh = new StreamTap();
    byte[] line = Arrays.copyOf("data: {".getBytes(UTF_8), 8 + garbage.length);
    System.arraycopy(garbage, 0, line, 7, garbage.length);
    line[line.length - 1] = '\n';
    fresh.observe(Unpooled.wrappedBuffer(line));
    assertThat(fresh.phase()).isNotNull();
  }
}
