package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What engines say of an answer that goes on: its beginning, its tokens, and its rest. */
class ResumeFuzzTest {

  private static final int HOLD = 1 << 20;
  private static final byte[] FIRST = "{\"id\":\"c-1\",\"created\":17}".getBytes(UTF_8);
  private static final byte[] SAID = "ab\\u00e9".getBytes(UTF_8);

  /**
   * The text of a stream that breaks off is the same, however the stream is cut into parts; what is
   * no UTF-8 is found where a chunk is parsed, and not where it looks like the one before.
   */
  @FuzzTest(maxExecutions = 1_000_000)
  void said(byte[] input) {
    if (input.length > 0) {
      byte[] answer = Arrays.copyOfRange(input, 1, input.length);
      String whole = said(answer, answer.length);
      String cut = said(answer, 1 + (input[0] & 0x3f));
      if (isUtf8(answer)) {
        assertThat(cut).isEqualTo(whole);
      }
    }
  }

  private static boolean isUtf8(byte[] bytes) {
    return Arrays.equals(new String(bytes, UTF_8).getBytes(UTF_8), bytes);
  }

  /** A character for each byte; null: it is not known. */
  private static @Nullable String said(byte[] answer, int part) {
    SaidText said = new SaidText().begin();
    AnswerPipe pipe = AnswerPipe.of(200, true, HOLD, said);
    for (int from = 0; from < answer.length; from += part) {
      int to = Math.min(answer.length, from + part);
      pipe.add(Unpooled.copiedBuffer(answer, from, to - from));
      ByteBuf out = pipe.take();
      if (out != null) {
        out.release();
      }
    }
    pipe.breakOff();
    pipe.clear();
    return said.isKnown() ? new String(said.take().text(), ISO_8859_1) : null;
  }

  /** Tokens are read or not; those that were can be written, and compared with what was said. */
  @FuzzTest(maxExecutions = 1_000_000)
  void tokens(byte[] answer) {
    TokenIds ids = TokenIds.ofAnswer(answer);
    if (ids == null) {
      return;
    }
    byte[] written = ids.toString().getBytes(UTF_8);
    assertThat(TokenIds.at(written, 0)).isEqualTo(ids);
    SaidTokens tokens = new SaidTokens(new SaidText.Said(SAID, 3, new byte[] {1, 1, 6}, FIRST));
    int asked = 0;
    while (tokens.question() != null) {
      tokens.answered(ids);
      assertThat(++asked).isLessThanOrEqualTo(1 + 3);
    }
    assertThat(tokens.canonical()).isEqualTo(ids);
    assertThat(tokens.spoken().count()).isGreaterThanOrEqualTo(0);
  }

  /** The rest goes out with the first engine's name, and what is no chunk as it came. */
  @FuzzTest(maxExecutions = 1_000_000)
  void rest(byte[] events) {
    ByteBuf in = Unpooled.buffer().writeBytes(events); // an empty one, too, counts who holds it
    ByteBuf out = new Seam(FIRST, 3, 2).join(in);
    String joined = out.toString(ISO_8859_1);
    out.release();
    assertThat(in.refCnt()).isZero();
    if (!new String(events, ISO_8859_1).contains("{")) {
      assertThat(joined).isEqualTo(new String(events, ISO_8859_1));
    }
  }
}
