package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.turnpike.turn.Verdict;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WholeAnswerJudgeTest {

  private static final String ANSWER =
      "{\"id\":\"c\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"v\"},"
          + "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2,"
          + "\"prompt_tokens_details\":{\"cached_tokens\":4}},\"kv_transfer_params\":null}";

  private static AnswerJudge judge(int status, String... parts) {
    AnswerJudge judge = AnswerJudge.of(status, false, 1_000, null);
    for (String part : parts) {
      add(judge, part);
    }
    return judge;
  }

  private static Verdict add(AnswerJudge judge, String text) {
    ByteBuf buffer = Chunks.buffer(text);
    Verdict verdict = judge.add(buffer);
    assertThat(buffer.readableBytes()).isEqualTo(text.length());
    buffer.release();
    return verdict;
  }

  private static Verdict verdict(int status, String body) {
    return judge(status, body).end();
  }

  @ParameterizedTest
  @CsvSource({
    "400, REFUSED",
    "401, REFUSED",
    "404, REFUSED",
    "413, REFUSED",
    "499, REFUSED",
    "408, BUSY",
    "429, BUSY",
    "503, BUSY",
    "500, FAILED",
    "502, FAILED",
    "504, FAILED",
    "301, FAILED",
    "204, FAILED",
    "399, FAILED"
  })
  void status_decides_whenTheBodyIsWhole(int status, Verdict verdict) {
    String body = "{\"error\":{\"message\":\"no\",\"code\":1}}";
    AnswerJudge judge = judge(status, body.substring(0, 9), body.substring(9));
    assertThat(judge.verdict()).isEqualTo(Verdict.HELD);
    assertThat(judge.passable()).isZero();
    assertThat(judge.end()).isEqualTo(verdict);
    assertThat(judge.passable()).isEqualTo(body.length());
    assertThat(judge.errorMessage()).isEqualTo("no");
    assertThat(verdict(status, "")).isEqualTo(verdict);
    assertThat(verdict(status, "<html>")).isEqualTo(verdict);
  }

  @Test
  void eventStream_thatIsNo200_isJudgedByItsStatus() {
    AnswerJudge judge = AnswerJudge.of(503, true, 1_000, null);
    assertThat(add(judge, Chunks.stream(Chunks.word("v")))).isEqualTo(Verdict.HELD);
    assertThat(judge.end()).isEqualTo(Verdict.BUSY);
    assertThat(AnswerJudge.of(200, true, 1_000, null)).isInstanceOf(EventStreamJudge.class);
  }

  @Test
  void answer_isGoodWhenItIsWhole() {
    AnswerJudge judge = judge(200, ANSWER.substring(0, 50), ANSWER.substring(50));
    assertThat(judge.verdict()).isEqualTo(Verdict.HELD);
    assertThat(judge.passable()).isZero();
    assertThat(judge.usage()).isEqualTo(Usage.UNKNOWN);
    assertThat(judge.errorMessage()).isNull();
    assertThat(judge.end()).isEqualTo(Verdict.GOOD);
    assertThat(judge.breakOff()).isEqualTo(Verdict.GOOD);
    assertThat(judge.passable()).isEqualTo(ANSWER.length());
    assertThat(judge.usage()).isEqualTo(new Usage(9, 2, 4));
    assertThat(judge.contentEvents()).isZero();
    assertThat(judge.isOpen()).isTrue();
    assertThat(judge.endsInsideEvent()).isFalse();
    assertThat(judge.passesErrorOn()).isFalse();
    assertThat(judge.cleaned(UnpooledByteBufAllocator.DEFAULT)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \r\n\t", "\uFEFF"})
  void nothing_isEmpty(String body) {
    ByteBuf part = UnpooledByteBufAllocator.DEFAULT.heapBuffer().writeBytes(body.getBytes(UTF_8));
    AnswerJudge judge = judge(200);
    judge.add(part);
    part.release();
    assertThat(judge.end()).isEqualTo(Verdict.EMPTY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ok", "<html></html>", "[1]", "{\"choices\" 1}", "{} {}"})
  void whatIsNotOneObject_isAFailure(String body) {
    assertThat(verdict(200, body)).isEqualTo(Verdict.FAILED);
  }

  @Test
  void whatBreaksOff_isACut() {
    for (int length = 1; length < ANSWER.length(); length++) {
      assertThat(verdict(200, ANSWER.substring(0, length))).as("%d", length).isEqualTo(Verdict.CUT);
    }
    assertThat(judge(200, ANSWER).breakOff()).isEqualTo(Verdict.CUT);
    assertThat(judge(400, "{}").breakOff()).isEqualTo(Verdict.CUT);
  }

  @Test
  void abort_isACut_ofAnyChoice() {
    String abort = ANSWER.replace("\"stop\"", "\"abort\"");
    assertThat(verdict(200, abort)).isEqualTo(Verdict.CUT);
    String second = ANSWER.replace("}],", "},{\"finish_reason\":\"abort\"}],");
    assertThat(verdict(200, second)).isEqualTo(Verdict.CUT);
    assertThat(verdict(200, second.replace("\"abort\"", "[\"abort\"]"))).isEqualTo(Verdict.GOOD);
  }

  @Test
  void error_isAFailure_unlessThereAreChoices() {
    AnswerJudge judge = judge(200, "{\"error\":{\"message\":\"KV\"},\"choices\":[]}");
    assertThat(judge.end()).isEqualTo(Verdict.FAILED);
    assertThat(judge.errorMessage()).isEqualTo("KV");
    assertThat(verdict(200, ANSWER.replace("{\"id\"", "{\"error\":{},\"id\"")))
        .isEqualTo(Verdict.GOOD);
    assertThat(verdict(200, "{\"object\":\"x\"}")).isEqualTo(Verdict.GOOD);
  }

  @Test
  void answerThatNestsTooDeep_isPassedOn() {
    String deep = "{\"a\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}";
    AnswerJudge judge = AnswerJudge.of(200, false, 10_000, null);
    add(judge, deep);
    assertThat(judge.end()).isEqualTo(Verdict.GOOD);
  }

  @ParameterizedTest
  @CsvSource({"200, GOOD", "404, REFUSED", "500, FAILED"})
  void answerOverTheHoldLimit_isPassedOnUnread(int status, Verdict verdict) {
    AnswerJudge judge = judge(status, "x".repeat(1_000));
    assertThat(judge.verdict()).isEqualTo(Verdict.HELD);
    assertThat(add(judge, "x")).isEqualTo(verdict);
    assertThat(judge.passable()).isEqualTo(1_001);
    assertThat(add(judge, "yy")).isEqualTo(verdict);
    assertThat(judge.passable()).isEqualTo(1_003);
    assertThat(judge.end()).isEqualTo(verdict);
    assertThat(judge.usage()).isEqualTo(Usage.UNKNOWN);
    assertThat(judge.breakOff()).isEqualTo(Verdict.CUT);
  }

  @ParameterizedTest
  @CsvSource({
    "'{\"a\":1,\"kv_transfer_params\":{\"b\":[{}]},\"c\":2}', '{\"a\":1,\"c\":2}'",
    "'{\"a\": 1 , \"kv_transfer_params\" : {\"b\":2} }', '{\"a\": 1 }'",
    "' {\"kv_transfer_params\":\"x\", \"a\":{\"kv_transfer_params\":1} }', '"
        + " {\"a\":{\"kv_transfer_params\":1} }'",
    "'{\"kv_transfer_params\":[]}', '{}'",
    "'{\"kv_transfer_params\":{},\"a\":1,\"kv_transfer_params\":{},\"b\":2} ',"
        + " '{\"a\":1,\"b\":2} '"
  })
  void params_areCutOut_andNothingElse(String body, String cleaned) {
    AnswerJudge judge = judge(200, body);
    assertThat(judge.end()).isEqualTo(Verdict.GOOD);
    ByteBuf out = Objects.requireNonNull(judge.cleaned(UnpooledByteBufAllocator.DEFAULT));
    assertThat(out.toString(UTF_8)).isEqualTo(cleaned);
    out.release();
  }
}
