package io.turnpike.openai;

import static io.turnpike.openai.Chunks.ABORT;
import static io.turnpike.openai.Chunks.DONE;
import static io.turnpike.openai.Chunks.ERROR;
import static io.turnpike.openai.Chunks.ROLE;
import static io.turnpike.openai.Chunks.STOP;
import static io.turnpike.openai.Chunks.USAGE;
import static io.turnpike.openai.Chunks.stream;
import static io.turnpike.openai.Chunks.word;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.turnpike.turn.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AnswerPipeTest {

  private static final int LIMIT = 1 << 20;

  private final List<ByteBuf> given = new ArrayList<>();
  private AnswerPipe pipe = AnswerPipe.of(200, true, LIMIT, null);

  @AfterEach
  void everyPart_isReleased() {
    pipe.clear();
    assertThat(given).allMatch(part -> part.refCnt() == 0);
  }

  private Verdict add(String text) {
    ByteBuf part = Chunks.buffer(text);
    given.add(part);
    return pipe.add(part);
  }

  private static String text(@Nullable ByteBuf buffer) {
    String text = Objects.requireNonNull(buffer).toString(UTF_8);
    buffer.release();
    return text;
  }

  @Test
  void stream_isHeldUntilContent_andGoesOutAsOneBuffer() {
    assertThat(add(stream(ROLE))).isEqualTo(Verdict.HELD);
    assertThat(pipe.take()).isNull();
    assertThat(pipe.heldBytes()).isEqualTo(stream(ROLE).length());
    assertThat(add(stream(word("v")))).isEqualTo(Verdict.GOOD);
    assertThat(text(pipe.take())).isEqualTo(stream(ROLE, word("v")));
    assertThat(pipe.take()).isNull();
    assertThat(pipe.heldBytes()).isZero();
    add(stream(STOP, USAGE, DONE));
    assertThat(pipe.end()).isEqualTo(Verdict.GOOD);
    assertThat(pipe.verdict()).isEqualTo(Verdict.GOOD);
    assertThat(text(pipe.take())).isEqualTo(stream(STOP, USAGE, DONE));
    assertThat(pipe.usage()).isEqualTo(new Usage(80, 4, 64));
    assertThat(pipe.contentEvents()).isEqualTo(2);
    assertThat(pipe.errorMessage()).isNull();
  }

  @Test
  void partOfWholeEvents_goesOutAsItIs() {
    add(stream(word("v")));
    ByteBuf out = Objects.requireNonNull(pipe.take());
    assertThat(out).isSameAs(given.getFirst());
    assertThat(out.refCnt()).isOne();
    out.release();
  }

  @Test
  void halfAnEvent_waitsForItsEnd() {
    String next = stream(word("w"));
    add(stream(word("v")) + next.substring(0, 30));
    assertThat(text(pipe.take())).isEqualTo(stream(word("v")));
    assertThat(pipe.heldBytes()).isEqualTo(30);
    add(next.substring(30, 60));
    assertThat(pipe.take()).isNull();
    add(next.substring(60) + next);
    assertThat(text(pipe.take())).isEqualTo(next + next);
    assertThat(pipe.heldBytes()).isZero();
  }

  @Test
  void engineThatDies_leavesNoHalfEvent() {
    add(stream(word("v")) + word("w").substring(0, 30));
    assertThat(pipe.breakOff()).isEqualTo(Verdict.CUT);
    assertThat(text(pipe.take())).isEqualTo(stream(word("v")));
    assertThat(pipe.take()).isNull();
    assertThat(pipe.endsInsideEvent()).isFalse();
    assertThat(pipe.passesErrorOn()).isFalse();
    assertThat(add("x")).isEqualTo(Verdict.CUT);
    assertThat(given.getLast().refCnt()).isZero();
  }

  @Test
  void abort_isKeptBack_andWhatFollowsIsReleased() {
    add(stream(word("v")));
    assertThat(add(stream(word("w"), ABORT))).isEqualTo(Verdict.CUT);
    assertThat(add(stream(USAGE, DONE))).isEqualTo(Verdict.CUT);
    assertThat(given.getLast().refCnt()).isZero();
    assertThat(text(pipe.take())).isEqualTo(stream(word("v"), word("w")));
    assertThat(pipe.take()).isNull();
  }

  @Test
  void enginesOwnError_isPassedOnWithWhatFollows() {
    add(stream(word("v"), ERROR).substring(0, stream(word("v"), ERROR).length() - 1));
    assertThat(pipe.verdict()).isEqualTo(Verdict.CUT);
    assertThat(pipe.passesErrorOn()).isFalse();
    add("\n" + stream(DONE));
    assertThat(pipe.passesErrorOn()).isTrue();
    assertThat(text(pipe.take())).isEqualTo(stream(word("v"), ERROR, DONE));
    assertThat(pipe.errorMessage()).isEqualTo("EngineCore encountered an issue.");
  }

  @Test
  void badStream_givesNothingOut_butIsThereToBeLookedAt() {
    add(stream(ROLE));
    assertThat(add(stream(ERROR))).isEqualTo(Verdict.FAILED);
    assertThat(pipe.take()).isNull();
    assertThat(text(pipe.takeWhole())).isEqualTo(stream(ROLE, ERROR));
    assertThat(pipe.take()).isNull();
    assertThat(pipe.takeWhole()).isSameAs(Unpooled.EMPTY_BUFFER);
  }

  @Test
  void largeEvent_goesOutBeforeItIsWhole() {
    add(stream(word("v")) + word("x".repeat(70_000)));
    assertThat(text(pipe.take())).hasSize(stream(word("v")).length() + 65_536);
    assertThat(pipe.endsInsideEvent()).isTrue();
  }

  @Test
  void jsonAnswer_isHeldUntilItIsWhole() {
    pipe = AnswerPipe.of(200, false, LIMIT, null);
    assertThat(add("{\"choices\":[{\"message\":")).isEqualTo(Verdict.HELD);
    add("{}}]}");
    assertThat(pipe.take()).isNull();
    assertThat(pipe.end()).isEqualTo(Verdict.GOOD);
    assertThat(text(pipe.take())).isEqualTo("{\"choices\":[{\"message\":{}}]}");
  }

  @Test
  void jsonAnswer_overTheHoldLimit_goesOutInParts() {
    pipe = AnswerPipe.of(200, false, 2, null);
    add("{\"a");
    assertThat(text(pipe.take())).isEqualTo("{\"a");
    add("b");
    assertThat(text(pipe.take())).isEqualTo("b");
    assertThat(pipe.end()).isEqualTo(Verdict.GOOD);
    assertThat(pipe.take()).isNull();
  }

  @Test
  void refusal_canBePassedOnAsItCame() {
    pipe = AnswerPipe.of(404, false, LIMIT, null);
    add("{\"error\":");
    add("{\"message\":\"no\"}}");
    assertThat(pipe.end()).isEqualTo(Verdict.REFUSED);
    assertThat(pipe.errorMessage()).isEqualTo("no");
    assertThat(text(pipe.takeWhole())).isEqualTo("{\"error\":{\"message\":\"no\"}}");
  }

  @Test
  void params_areCutOutOfAJsonAnswer() {
    pipe = AnswerPipe.of(200, false, LIMIT, null);
    add("{\"choices\":[{}],\"kv_transfer_params\":{\"remote_host\":\"10.0.0.7\"},");
    add("\"ec_transfer_params\":null}");
    assertThat(pipe.end()).isEqualTo(Verdict.GOOD);
    assertThat(given).allMatch(part -> part.refCnt() == 0);
    String cleaned = "{\"choices\":[{}],\"ec_transfer_params\":null}";
    assertThat(pipe.heldBytes()).isEqualTo(cleaned.length());
    assertThat(text(pipe.take())).isEqualTo(cleaned);
    assertThat(pipe.take()).isNull();
  }

  @Test
  void emptyParts_areReleased() {
    add("");
    assertThat(given.getFirst().refCnt()).isZero();
    assertThat(pipe.heldBytes()).isZero();
  }

  @Test
  void clear_releasesOnceAndForAll() {
    add(stream(word("v")));
    pipe.clear();
    pipe.clear();
    assertThat(pipe.heldBytes()).isZero();
    assertThat(pipe.take()).isNull();
    assertThat(pipe.takeWhole().isReadable()).isFalse();
    add("x");
    assertThat(given).allMatch(part -> part.refCnt() == 0);
    pipe.end();
    assertThat(pipe.take()).isNull();
  }

  @Property(tries = 500)
  void whatGoesOut_isWhatCameIn_inWholeEvents(
      @ForAll @Size(max = 20) List<@IntRange(max = 2_500) Integer> cuts,
      @ForAll @IntRange(max = 4) int kind,
      @ForAll @IntRange(min = 1, max = 3) int takeEvery) {
    String good = stream(ROLE, word("v"), word("w"));
    String[] streams = {
      good + stream(STOP, USAGE, DONE),
      good + stream(ERROR, DONE),
      good + stream(ABORT, DONE),
      good + stream(USAGE, DONE),
      good + word("x").substring(0, 50)
    };
    String[] passed = {streams[0], streams[1], good, good + stream(USAGE), good};
    AnswerPipe all = AnswerPipe.of(200, true, LIMIT, null);
    byte[] bytes = streams[kind].getBytes(UTF_8);
    int[] places = Chunks.places(cuts, bytes.length);
    List<ByteBuf> in = new ArrayList<>();
    StringBuilder out = new StringBuilder();
    for (int i = 1; i < places.length; i++) {
      ByteBuf part = Chunks.buffer(bytes, places[i - 1], places[i]);
      in.add(part);
      all.add(part);
      if (i % takeEvery == 0) {
        takeEvents(all, out);
      }
    }
    assertThat(all.end()).isEqualTo(kind == 0 ? Verdict.GOOD : Verdict.CUT);
    takeEvents(all, out);
    assertThat(out.toString()).isEqualTo(passed[kind]);
    all.clear();
    assertThat(in).allMatch(part -> part.refCnt() == 0);
  }

  private static void takeEvents(AnswerPipe pipe, StringBuilder out) {
    ByteBuf taken = pipe.take();
    if (taken != null) {
      out.append(text(taken));
      assertThat(out.toString()).endsWith("\n\n");
    }
  }
}
