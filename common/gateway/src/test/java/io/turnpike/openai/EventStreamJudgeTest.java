package io.turnpike.openai;

import static io.turnpike.openai.Chunks.ABORT;
import static io.turnpike.openai.Chunks.DONE;
import static io.turnpike.openai.Chunks.ERROR;
import static io.turnpike.openai.Chunks.ROLE;
import static io.turnpike.openai.Chunks.STOP;
import static io.turnpike.openai.Chunks.USAGE;
import static io.turnpike.openai.Chunks.delta;
import static io.turnpike.openai.Chunks.stream;
import static io.turnpike.openai.Chunks.word;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.turnpike.turn.Verdict;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventStreamJudgeTest {

  private static final int LIMIT = 1 << 20;
  private static final int MAX = EventStreamJudge.MAX_EVENT_BYTES;

  private static EventStreamJudge judge(String... parts) {
    EventStreamJudge judge = new EventStreamJudge(LIMIT, null);
    for (String part : parts) {
      add(judge, part);
    }
    return judge;
  }

  private static Verdict add(AnswerJudge judge, String text) {
    ByteBuf buffer = Chunks.buffer(text);
    int bytes = buffer.readableBytes();
    Verdict verdict = judge.add(buffer);
    assertThat(buffer.readableBytes()).isEqualTo(bytes);
    assertThat(buffer.refCnt()).isOne();
    buffer.release();
    assertThat(verdict).isEqualTo(judge.verdict());
    return verdict;
  }

  private static String firstPassable(String text, AnswerJudge judge) {
    return text.substring(0, (int) judge.passable());
  }

  @Test
  void wholeAnswer_isGoodFromItsFirstContent_andPassesEventByEvent() {
    EventStreamJudge judge = judge(": ping\n\n", stream(ROLE), stream(word("")));
    assertThat(judge.verdict()).isEqualTo(Verdict.HELD);
    assertThat(judge.passable()).isZero();
    String before = ": ping\n\n" + stream(ROLE) + stream(word(""));

    assertThat(add(judge, stream(word("v")))).isEqualTo(Verdict.GOOD);
    assertThat(judge.passable()).isEqualTo(before.length() + stream(word("v")).length());
    assertThat(add(judge, stream(word("w"), STOP, USAGE, DONE))).isEqualTo(Verdict.GOOD);
    assertThat(judge.end()).isEqualTo(Verdict.GOOD);

    assertThat(judge.passable())
        .isEqualTo(before.length() + stream(word("v"), word("w"), STOP, USAGE, DONE).length());
    assertThat(judge.contentEvents()).isEqualTo(3);
    assertThat(judge.usage()).isEqualTo(new Usage(80, 4, 64));
    assertThat(judge.errorMessage()).isNull();
    assertThat(judge.passesErrorOn()).isFalse();
    assertThat(judge.endsInsideEvent()).isFalse();
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
  void content_isWhateverTheModelSays(String delta) {
    assertThat(judge(stream(ROLE, delta(delta))).verdict()).isEqualTo(Verdict.GOOD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"tool_calls\":[]", "\"function_call\":{}", "\"content\":null", ""})
  void nothing_isNoContent(String delta) {
    assertThat(judge(stream(ROLE, delta(delta))).verdict()).isEqualTo(Verdict.HELD);
  }

  @Test
  void answerThatEndsAtOnce_isGood() {
    EventStreamJudge judge = judge(stream(ROLE, STOP.replace("\"v\"", "\"\""), DONE));
    assertThat(judge.end()).isEqualTo(Verdict.GOOD);
  }

  @Test
  void completions_areReadByTheirText() {
    String empty = "data: {\"choices\":[{\"index\":0,\"text\":\"\",\"finish_reason\":null}]}";
    assertThat(judge(stream(empty)).verdict()).isEqualTo(Verdict.HELD);
    String text = empty.replace("\"\"", "\"v\"");
    assertThat(judge(stream(empty, text)).verdict()).isEqualTo(Verdict.GOOD);
  }

  @Test
  void choices_ofSeveralAnswersTakeTurns() {
    String second = word("w").replace("\"index\":0", "\"index\":1");
    String stop = STOP.replace("\"index\":0", "\"index\":1");
    EventStreamJudge judge =
        judge(stream(ROLE, word("v"), second, word("v"), second, STOP, stop, DONE));
    assertThat(judge.end()).isEqualTo(Verdict.GOOD);
    assertThat(judge.contentEvents()).isEqualTo(6);
    assertThat(judge(stream(ROLE, word("v"), second, STOP, ABORT, DONE)).verdict())
        .isEqualTo(Verdict.CUT);
  }

  @Test
  void errorBeforeContent_isAFailure() {
    EventStreamJudge judge = judge(stream(ROLE, ERROR, DONE));
    assertThat(judge.verdict()).isEqualTo(Verdict.FAILED);
    assertThat(judge.end()).isEqualTo(Verdict.FAILED);
    assertThat(judge.errorMessage()).isEqualTo("EngineCore encountered an issue.");
    assertThat(judge.passable()).isZero();
    assertThat(judge.isOpen()).isFalse();
    assertThat(judge.passesErrorOn()).isFalse();
  }

  @Test
  void errorAfterContent_isACutThatTheClientIsTold() {
    String text = stream(ROLE, word("v"), ERROR, DONE);
    EventStreamJudge judge = judge(text);
    assertThat(judge.end()).isEqualTo(Verdict.CUT);
    assertThat(judge.errorMessage()).isEqualTo("EngineCore encountered an issue.");
    assertThat(judge.passable()).isEqualTo(text.length());
    assertThat(judge.passesErrorOn()).isTrue();
  }

  @Test
  void errorThatIsNotWhole_isNotPassedOn() {
    String text = stream(ROLE, word("v")) + ERROR + "\n";
    EventStreamJudge judge = judge(text);
    assertThat(judge.verdict()).isEqualTo(Verdict.CUT);
    assertThat(judge.isOpen()).isTrue();
    assertThat(judge.passesErrorOn()).isFalse();
    assertThat(firstPassable(text, judge)).isEqualTo(stream(ROLE, word("v")));
    add(judge, "\n");
    assertThat(judge.passesErrorOn()).isTrue();
  }

  @Test
  void error_isFoundWhereverItStandsInTheEvent() {
    String late = "data: {\"id\":1,\"error\":\"plain\"}";
    assertThat(judge(stream(word("v"), word("w"), late)).errorMessage()).isEqualTo("plain");
    String harmless = "data: {\"error\":null,\"choices\":[{\"text\":\"v\"}]}";
    assertThat(judge(stream(harmless, harmless)).verdict()).isEqualTo(Verdict.GOOD);
  }

  @Test
  void abort_isACutWhoseEventIsKeptBack() {
    String text = stream(ROLE, word("v"), word("w"));
    EventStreamJudge judge = judge(text + stream(ABORT, USAGE, DONE));
    assertThat(judge.end()).isEqualTo(Verdict.CUT);
    assertThat(judge.passable()).isEqualTo(text.length());
    assertThat(judge.isOpen()).isFalse();
    assertThat(judge.errorMessage()).isNull();
    assertThat(judge.passesErrorOn()).isFalse();
  }

  @Test
  void abortBeforeContent_passesNothing() {
    EventStreamJudge judge = judge(stream(ROLE, ABORT, DONE));
    assertThat(judge.end()).isEqualTo(Verdict.CUT);
    assertThat(judge.passable()).isZero();
  }

  @Test
  void wordsOfTheWire_meanNothingInsideAText() {
    String[] texts = {"[DONE]", "{\\\"error\\\"", "\\\"finish_reason\\\":\\\"abort\\\"", "\\\\"};
    for (String text : texts) {
      String answer = stream(ROLE, word("v"), word(text), word("w"), STOP, DONE);
      EventStreamJudge judge = judge(answer);
      assertThat(judge.end()).isEqualTo(Verdict.GOOD);
      assertThat(judge.passable()).isEqualTo(answer.length());
      assertThat(judge.contentEvents()).isEqualTo(4);
    }
  }

  @Test
  void endMarkWithoutContent_isEmpty() {
    EventStreamJudge judge = judge(stream(ROLE, DONE));
    assertThat(judge.verdict()).isEqualTo(Verdict.EMPTY);
    assertThat(judge.end()).isEqualTo(Verdict.EMPTY);
    assertThat(judge.passable()).isZero();
  }

  @Test
  void endMarkWithoutFinishReason_isACut() {
    String text = stream(ROLE, word("v"), word("w"));
    EventStreamJudge judge = judge(text + stream(USAGE, DONE));
    assertThat(judge.end()).isEqualTo(Verdict.CUT);
    assertThat(firstPassable(text + stream(USAGE, DONE), judge)).isEqualTo(text + stream(USAGE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ": ping\n\n", "data: [DO", "data: {\"id\":\"c"})
  void endWithoutEndMark_isACut(String rest) {
    assertThat(judge(rest).end()).isEqualTo(Verdict.CUT);
    String text = stream(ROLE, word("v"), STOP);
    EventStreamJudge judge = judge(text + rest);
    assertThat(judge.breakOff()).isEqualTo(Verdict.CUT);
    assertThat(judge.passable()).isLessThanOrEqualTo(text.length() + 8);
    assertThat(judge.isOpen()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"data: [DONE]", "data:[DONE]\n", "data: [DONE]\r\n", "data: [DONE]\n\n: x"})
  void endMark_needsNoEmptyLine(String end) {
    String text = stream(ROLE, word("v"), STOP) + end;
    EventStreamJudge judge = judge(text);
    assertThat(judge.end()).isEqualTo(Verdict.GOOD);
    assertThat(judge.passable()).isEqualTo(text.length());
    assertThat(judge.breakOff()).isEqualTo(Verdict.GOOD);
  }

  @Test
  void nothingMattersBehindTheEndMark() {
    String text = stream(ROLE, word("v"), word("v"), STOP, DONE, word("v"), ABORT, ERROR);
    EventStreamJudge judge = judge(text);
    assertThat(judge.end()).isEqualTo(Verdict.GOOD);
    assertThat(judge.contentEvents()).isEqualTo(3);
    assertThat(judge.passable()).isEqualTo(text.length());
  }

  @Test
  void nothingMattersBehindAnErrorThatIsPassedOn() {
    String text = stream(ROLE, word("v"), word("v"), ERROR, word("v"), ABORT, DONE);
    EventStreamJudge judge = judge(text);
    assertThat(judge.end()).isEqualTo(Verdict.CUT);
    assertThat(judge.contentEvents()).isEqualTo(2);
    assertThat(judge.passable()).isEqualTo(text.length());
  }

  @Test
  void dataThatIsNoChunk_countsAsContentAndAsFinished() {
    EventStreamJudge judge = judge(stream("data: hello", DONE));
    assertThat(judge.end()).isEqualTo(Verdict.GOOD);
    assertThat(judge.contentEvents()).isEqualTo(1);
  }

  @Test
  void usage_isTheLastThatWasSaid() {
    String counted = word("v").replace("}]}", "}],\"usage\":{\"completion_tokens\":7}}");
    EventStreamJudge judge = judge(stream(ROLE, counted, word("w")) + word("x").substring(0, 40));
    assertThat(judge.end()).isEqualTo(Verdict.CUT);
    assertThat(judge.usage()).isEqualTo(new Usage(-1, 7, -1));
    assertThat(judge.contentEvents()).isEqualTo(2);
  }

  @Test
  void streamOverTheHoldLimit_isPassedOnUnproved() {
    EventStreamJudge judge = new EventStreamJudge(10, null);
    assertThat(add(judge, ": a\n\n: b\n\n")).isEqualTo(Verdict.HELD);
    assertThat(judge.passable()).isZero();
    assertThat(add(judge, ":")).isEqualTo(Verdict.GOOD);
    assertThat(judge.passable()).isEqualTo(10);
    assertThat(add(judge, "\n\n")).isEqualTo(Verdict.GOOD);
    assertThat(judge.contentEvents()).isZero();
    assertThat(add(judge, stream(word("v"), STOP, DONE))).isEqualTo(Verdict.GOOD);
    assertThat(judge.contentEvents()).isEqualTo(2);
  }

  @Test
  void longLine_isPassedOnBeforeItIsWhole() {
    String huge = word("x".repeat(MAX));
    String before = stream(ROLE, word("v"));
    EventStreamJudge judge = judge(before + huge);
    assertThat(judge.verdict()).isEqualTo(Verdict.GOOD);
    assertThat(judge.passable()).isEqualTo(before.length() + MAX);
    assertThat(judge.endsInsideEvent()).isTrue();
    add(judge, "\n");
    assertThat(judge.passable()).isEqualTo(before.length() + huge.length() + 1);
    assertThat(judge.endsInsideEvent()).isTrue();
    add(judge, "\n");
    assertThat(judge.passable()).isEqualTo(before.length() + huge.length() + 2);
    assertThat(judge.endsInsideEvent()).isFalse();
    add(judge, stream(word("v"), STOP, DONE));
    assertThat(judge.end()).isEqualTo(Verdict.GOOD);
    assertThat(judge.contentEvents()).isEqualTo(4);
  }

  @Test
  void longLine_thatOnlyNamesTheRole_provesNothing() {
    String ids = ROLE.replace("\"prompt_token_ids\":null", "\"ids\":[" + "1,".repeat(MAX) + "1]");
    EventStreamJudge judge = judge(stream(ids));
    assertThat(judge.verdict()).isEqualTo(Verdict.HELD);
    assertThat(add(judge, stream(ERROR))).isEqualTo(Verdict.FAILED);
  }

  @Test
  void largestLine_isLookedAtWhole() {
    int room = MAX - ABORT.length();
    String whole = ABORT.replace("\"v\"", '"' + "x".repeat(room) + '"');
    assertThat(judge(stream(word("v"), whole)).verdict()).isEqualTo(Verdict.CUT);
    String longer = ABORT.replace("\"v\"", '"' + "x".repeat(room + 200) + '"');
    assertThat(judge(stream(word("v"), longer)).verdict()).isEqualTo(Verdict.GOOD);
  }

  @Test
  void largeEventOfManyLines_isPassedOnLineByLine() {
    String line = ": " + "x".repeat(1_000) + "\n";
    String before = stream(word("v"));
    EventStreamJudge judge = judge(before + line.repeat(65));
    assertThat(judge.passable()).isEqualTo(before.length());
    add(judge, line);
    assertThat(judge.passable()).isEqualTo(before.length() + 66 * line.length());
    assertThat(judge.endsInsideEvent()).isTrue();
    add(judge, "\n");
    assertThat(judge.endsInsideEvent()).isFalse();
  }

  @Property(tries = 500)
  void verdict_doesNotDependOnWhereBuffersEnd(
      @ForAll @Size(max = 30) List<@IntRange(max = 2_500) Integer> cuts,
      @ForAll boolean carriageReturns,
      @ForAll @IntRange(max = 6) int kind,
      @ForAll @IntRange(max = 1_200) int limit) {
    String[] streams = {
      stream(ROLE, word("v"), word("[DONE]"), word("{\\\"error\\\""), word("w"), STOP, USAGE, DONE),
      stream(ROLE, ERROR, DONE),
      stream(ROLE, word("v"), word("w"), ERROR, DONE),
      stream(": hello", word("v"), word(""), word("ü"), USAGE),
      stream(ROLE, word("v"), word("w"), ABORT, DONE),
      stream(ROLE, USAGE, DONE),
      stream("event: x\n" + word("v"), word("w"), word("x"), DONE)
    };
    String text = carriageReturns ? streams[kind].replace("\n", "\r\n") : streams[kind];
    int holdLimit = limit > 600 ? LIMIT : limit;
    EventStreamJudge whole = new EventStreamJudge(holdLimit, null);
    add(whole, text);
    whole.end();
    EventStreamJudge judge = new EventStreamJudge(holdLimit, null);
    byte[] bytes = text.getBytes(UTF_8);
    int[] places = Chunks.places(cuts, bytes.length);
    for (int i = 1; i < places.length; i++) {
      long before = judge.passable();
      ByteBuf part = Chunks.buffer(bytes, places[i - 1], places[i]);
      judge.add(part);
      part.release();
      assertThat(judge.passable()).isBetween(before, (long) places[i]);
    }
    judge.end();
    assertThat(facts(judge)).isEqualTo(facts(whole));
  }

  private static List<Object> facts(EventStreamJudge judge) {
    return Arrays.asList(
        judge.verdict(),
        judge.passable(),
        judge.contentEvents(),
        judge.usage(),
        judge.errorMessage(),
        judge.passesErrorOn(),
        judge.endsInsideEvent());
  }

  @Property(tries = 300)
  void garbage_isJudgedToo(@ForAll byte[] garbage, @ForAll boolean asData) {
    EventStreamJudge judge = judge(stream(word("v")), asData ? "data: {" : "");
    ByteBuf buffer = UnpooledByteBufAllocator.DEFAULT.heapBuffer().writeBytes(garbage);
    judge.add(buffer);
    buffer.release();
    add(judge, "\n\n");
    assertThat(judge.end()).isIn(Verdict.CUT, Verdict.GOOD);
    assertThat(judge.usage()).isNotNull();
  }
}
