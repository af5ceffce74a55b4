package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.turnpike.turn.Verdict;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Engines' answers: the first byte says how the answer is cut into parts, the others are it. */
class AnswerFuzzTest {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int HOLD = 1 << 20;

  /** What came of one answer; a character for each byte of it. */
  private record Outcome(Verdict verdict, String given, Usage usage) {

    boolean isBeginningOf(byte[] answer) {
      return new String(answer, ISO_8859_1).startsWith(given);
    }
  }

  /** A stream of events: however it is cut, the same of it goes out, and nothing else. */
  @FuzzTest(maxExecutions = 1_000_000)
  void stream(byte[] input) {
    if (input.length > 0) {
      byte[] answer = Arrays.copyOfRange(input, 1, input.length);
      Outcome whole = run(200, true, answer, answer.length);
      assertThat(whole.isBeginningOf(answer)).isTrue();
      assertThat(run(200, true, answer, 1 + (input[0] & 0x3f))).isEqualTo(whole);
    }
  }

  /**
   * A stream that breaks off: nothing comes that was not in it, and it is never good for nothing.
   */
  @FuzzTest(maxExecutions = 1_000_000)
  void streamThatBreaksOff(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] answer = Arrays.copyOfRange(input, 1, input.length);
    AnswerPipe pipe = AnswerPipe.of(200, true, 64, null);
    ByteArrayOutputStream given = new ByteArrayOutputStream();
    List<ByteBuf> parts = feed(pipe, answer, 1 + (input[0] & 0x3f), given);
    pipe.breakOff();
    drain(pipe, given);
    String out = given.toString(ISO_8859_1);
    assertThat(new String(answer, ISO_8859_1).startsWith(out)).as(out).isTrue();
    pipe.clear();
    assertReleased(parts);
  }

  /** A whole answer: it goes out as it came, or without the cluster's own parameters. */
  @FuzzTest(maxExecutions = 1_000_000)
  void whole(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] answer = Arrays.copyOfRange(input, 1, input.length);
    int status = List.of(200, 200, 400, 500).get((input[0] & 0xc0) >> 6);
    Outcome atOnce = run(status, false, answer, answer.length);
    assertThat(run(status, false, answer, 1 + (input[0] & 0x3f))).isEqualTo(atOnce);
    if (!atOnce.isBeginningOf(answer)) {
      JsonNode after = tree(atOnce.given().getBytes(ISO_8859_1));
      if (after != null) {
        assertThat(after.has("kv_transfer_params")).isFalse();
      }
      if (tree(answer) instanceof ObjectNode before) {
        before.remove("kv_transfer_params");
        assertThat((Object) after).isEqualTo(before);
      }
    }
  }

  /** A prefill answer: its parameters are an object of its own bytes. */
  @FuzzTest(maxExecutions = 1_000_000)
  void prefill(byte[] answer) {
    PrefillAnswer read = PrefillAnswer.read(answer);
    byte[] params = read.kvTransferParams();
    if (params != null) {
      assertThat(read.isJson()).isTrue();
      assertThat(params[0]).isEqualTo((byte) '{');
      assertThat(params[params.length - 1]).isEqualTo((byte) '}');
    }
    assertThat(read.promptTokens()).isGreaterThanOrEqualTo(-1);
  }

  /** A chunk: where it lies among other bytes changes nothing. */
  @FuzzTest(maxExecutions = 1_000_000)
  void chunk(byte[] json) {
    AnswerReader alone = AnswerReader.read(json, 0, json.length);
    byte[] among = new byte[json.length + 7];
    System.arraycopy(json, 0, among, 3, json.length);
    AnswerReader inside = AnswerReader.read(among, 3, 3 + json.length);
    assertThat(inside.form()).isEqualTo(alone.form());
    assertThat(inside.hasContent()).isEqualTo(alone.hasContent());
    assertThat(inside.isFinished()).isEqualTo(alone.isFinished());
    assertThat(inside.isFailed()).isEqualTo(alone.isFailed());
    assertThat(inside.usage()).isEqualTo(alone.usage());
    assertThat(inside.textAt()).isEqualTo(alone.textAt() < 0 ? -1 : alone.textAt() + 3);
  }

  private static Outcome run(int status, boolean stream, byte[] answer, int part) {
    AnswerPipe pipe = AnswerPipe.of(status, stream, HOLD, null);
    ByteArrayOutputStream given = new ByteArrayOutputStream();
    List<ByteBuf> parts = feed(pipe, answer, part, given);
    Verdict verdict = pipe.end();
    drain(pipe, given);
    Usage usage = pipe.usage();
    pipe.clear();
    assertReleased(parts);
    return new Outcome(verdict, given.toString(ISO_8859_1), usage);
  }

  private static List<ByteBuf> feed(
      AnswerPipe pipe, byte[] answer, int part, ByteArrayOutputStream given) {
    List<ByteBuf> parts = new ArrayList<>();
    for (int from = 0; from < answer.length; from += part) {
      int to = Math.min(answer.length, from + part);
      ByteBuf buffer = Unpooled.copiedBuffer(answer, from, to - from);
      parts.add(buffer);
      pipe.add(buffer);
      drain(pipe, given);
    }
    return parts;
  }

  private static void drain(AnswerPipe pipe, ByteArrayOutputStream given) {
    ByteBuf out = pipe.take();
    if (out != null) {
      given.writeBytes(ByteBufUtil.getBytes(out));
      out.release();
    }
  }

  private static void assertReleased(List<ByteBuf> parts) {
    for (ByteBuf part : parts) {
      assertThat(part.refCnt()).isZero();
    }
  }

  private static @Nullable JsonNode tree(byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (JacksonException e) {
      return null;
    }
  }
}
