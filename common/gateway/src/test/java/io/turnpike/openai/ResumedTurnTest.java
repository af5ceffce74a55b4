package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What another engine is asked where an answer broke off. */
class ResumedTurnTest {

  private static final String MESSAGES = "\"messages\":[ {\"role\":\"user\",\"content\":\"Hi\"} ]";

  private final List<String> questions = new ArrayList<>();

  private static TurnBody scan(TurnApi api, String members) {
    byte[] body = ("{\"model\":\"m\\\"\"," + members + ",\"stream\":true}").getBytes(UTF_8);
    return TurnScanner.scan(api, body, 0, body.length);
  }

  private static SaidText said(String... words) {
    SaidText said = new SaidText();
    AnswerPipe pipe = AnswerPipe.of(200, true, 1 << 20, said);
    pipe.add(Unpooled.copiedBuffer(Chunks.stream(Chunks.ROLE), UTF_8));
    for (String word : words) {
      pipe.add(Unpooled.copiedBuffer(Chunks.stream(Chunks.word(word)), UTF_8));
    }
    pipe.clear();
    return said;
  }

  /** Asks, and answers with these tokens, and texts of tokens; why it cannot go on, or null. */
  private @Nullable String asks(ResumedTurn turn, String... tokens) {
    for (String told : tokens) {
      questions.add(text(turn.question(UnpooledByteBufAllocator.DEFAULT)));
      String ids = told.replace("]|[", "],\"token_strs\":[");
      String whyNot = turn.answered(("{\"count\":0,\"tokens\":" + ids + "}").getBytes(UTF_8));
      if (whyNot != null) {
        return whyNot;
      }
    }
    assertThat(turn.question(UnpooledByteBufAllocator.DEFAULT)).as("all is known").isNull();
    return null;
  }

  private static String text(@Nullable ByteBuf json) {
    assertThat(json).isNotNull();
    String text = json.toString(UTF_8);
    json.release();
    return text;
  }

  private static String decode(LegBodies turn, @Nullable String params) {
    byte[] bytes = params == null ? null : params.getBytes(UTF_8);
    return text(turn.decodeLeg(UnpooledByteBufAllocator.DEFAULT, bytes));
  }

  private static String prefill(LegBodies turn, @Nullable String params) {
    byte[] bytes = params == null ? null : params.getBytes(UTF_8);
    return text(turn.prefillLeg(UnpooledByteBufAllocator.DEFAULT, bytes));
  }

  @Test
  void aChat_goesOnInItsLastMessage() {
    TurnBody body = scan(TurnApi.CHAT, MESSAGES + ",\"max_tokens\":9,\"temperature\":0");
    ResumedTurn turn = body.resumed(said("Say", " \\\"a\\\""));
    assertThat(asks(turn, "[7,8]", "[1,2,3]", "[1,2,3,7,8]")).isNull();
    String both =
        "{\"model\":\"m\\\"\",\"temperature\":0,\"stream\":true,\"messages\":[ {\"role\":\"user\","
            + "\"content\":\"Hi\"} ,{\"role\":\"assistant\",\"content\":\"Say \\\"a\\\"\"}],"
            + "\"add_generation_prompt\":false,\"continue_final_message\":true";
    assertThat(questions)
        .containsExactly(
            "{\"prompt\":\"Say"
                + " \\\"a\\\"\",\"model\":\"m\\\"\",\"return_token_strs\":true,\"add_special_tokens\":false}",
            "{\"model\":\"m\\\"\",\"temperature\":0,\"stream\":true," + MESSAGES + "}",
            both + "}");
    assertThat(decode(turn, null)).isEqualTo(both + ",\"max_tokens\":7}");
    assertThat(decode(turn, "{\"a\":1}"))
        .isEqualTo(both + ",\"max_tokens\":7,\"kv_transfer_params\":{\"a\":1}}");
    assertThat(prefill(turn, "{\"p\":1}"))
        .isEqualTo(
            both.replace("\"stream\":true,", "")
                + ",\"max_tokens\":1,\"ignore_eos\":true,\"stream\":false,"
                + "\"kv_transfer_params\":{\"p\":1}}");
    assertThat(turn.promptTokens()).isEqualTo(3);
    assertThat(turn.saidTokens()).isEqualTo(2);
    assertThat(turn.seam().saidTokens()).isEqualTo(2);
    assertThat(turn.seam().whole(new Usage(5, 4, 4))).isEqualTo(new Usage(3, 6, 3));
    assertThat(turn.seam().whole(Usage.UNKNOWN)).isEqualTo(new Usage(3, -1, -1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'max_tokens':20                              | 'max_tokens':18",
        "'max_completion_tokens':20,'max_tokens':5    | 'max_completion_tokens':18",
        "'max_completion_tokens':null,'max_tokens':5  | 'max_tokens':3",
        "'min_tokens':5,'max_tokens':20               | 'max_tokens':18,'min_tokens':3",
        "'min_tokens':3                               | 'min_tokens':1",
        "'min_tokens':2                               | true",
      })
  void limits_countWhatWasSaid(String asked, String left) {
    ResumedTurn turn =
        scan(TurnApi.CHAT, MESSAGES + "," + asked.replace('\'', '"')).resumed(said("a", "b"));
    asks(turn, "[7,8]", "[1]", "[1,7,8]");
    assertThat(decode(turn, null)).endsWith(left.replace('\'', '"') + "}");
  }

  @Test
  void anAnswerThatHadItsTokens_doesNotGoOn() {
    TurnBody body = scan(TurnApi.CHAT, MESSAGES + ",\"max_tokens\":2");
    assertThat(asks(body.resumed(said("a", "b")), "[7,8]")).contains("all its tokens");
    assertThat(asks(body.resumed(said("a")), "[7]", "[1]", "[1,7]")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1,2,7]", "[1,9,7,8]", "[1,2,7,8,9]", "[]"})
  void aTemplateThatChangesWhatWasSaid_doesNotGoOn(String both) {
    ResumedTurn turn = scan(TurnApi.CHAT, MESSAGES).resumed(said("a", "b"));
    assertThat(asks(turn, "[7,8]", "[1,2]", both)).contains("chat template");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "[]", "{}", "{\"tokens\":5}", "{\"tokens\":[1,", "{\"tokens\":[\"a\"]}"})
  void anAnswerWithoutTokens_doesNotGoOn(String answer) {
    ResumedTurn turn = scan(TurnApi.CHAT, MESSAGES).resumed(said("a"));
    assertThat(turn.answered(answer.getBytes(UTF_8))).contains("/tokenize");
  }

  @Test
  void whatWasSpelledOtherwise_goesAlongInTokens() {
    ResumedTurn turn = scan(TurnApi.CHAT, MESSAGES + ",\"max_tokens\":9").resumed(said("a", "b"));
    assertThat(asks(turn, "[7]|[\"ab\"]", "[8]", "[9]", "[1,2]", "[1,2,7]")).isNull();
    assertThat(decode(turn, "{\"a\":1}"))
        .endsWith(
            "\"max_tokens\":7,\"kv_transfer_params\":{\"prompt_token_ids\":[1,2,8,9],\"a\":1}}");
    assertThat(decode(turn, null))
        .endsWith("\"kv_transfer_params\":{\"prompt_token_ids\":[1,2,8,9]}}");
    assertThat(decode(turn, "{}"))
        .endsWith("\"kv_transfer_params\":{\"prompt_token_ids\":[1,2,8,9]}}");
    assertThat(prefill(turn, "{\"p\":1}")).contains("{\"prompt_token_ids\":[1,2,8,9],\"p\":1}");
    assertThat(turn.saidTokens()).isEqualTo(2);
  }

  @Test
  void aCompletion_goesOnFromTokens() {
    ResumedTurn turn = scan(TurnApi.COMPLETIONS, "\"prompt\": \"x\\\"\"").resumed(said("a", "b"));
    assertThat(asks(turn, "[7,8]", "[1,2]", "[1,2,7,8]")).isNull();
    assertThat(questions.get(1))
        .isEqualTo(
            "{\"prompt\":\"x\\\"\",\"model\":\"m\\\"\",\"return_token_strs\":true,\"add_special_tokens\":true}");
    assertThat(questions.get(2)).startsWith("{\"prompt\":\"x\\\"ab\",");
    assertThat(decode(turn, null))
        .isEqualTo("{\"model\":\"m\\\"\",\"stream\":true,\"prompt\":[1,2,7,8],\"max_tokens\":14}");
  }

  @Test
  void aCompletion_goesOnFromItsOwnTokens_whereTheTextWouldBeCutAtTheSeam() {
    ResumedTurn turn = scan(TurnApi.COMPLETIONS, "\"prompt\":\"hel\"").resumed(said("lo"));
    assertThat(asks(turn, "[7]", "[1,2]", "[1,9]")).isNull();
    assertThat(decode(turn, null)).contains("\"prompt\":[1,2,7]");
  }

  @Test
  void aCompletion_goesOnFromTheWhole_whereATextAloneHasOtherTokens() {
    ResumedTurn turn = scan(TurnApi.COMPLETIONS, "\"prompt\":[\"hel\"]").resumed(said("lo"));
    assertThat(asks(turn, "[6,7]", "[1,2]", "[1,2,7]")).isNull();
    assertThat(decode(turn, null)).contains("\"prompt\":[1,2,7]", "\"max_tokens\":15");
    assertThat(turn.saidTokens()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1, 2]", "[[1, 2]]"})
  void aPromptOfTokens_isKnown(String prompt) {
    ResumedTurn turn =
        scan(TurnApi.COMPLETIONS, "\"prompt\":" + prompt + ",\"max_tokens\":null")
            .resumed(said("a"));
    assertThat(asks(turn, "[7]")).isNull();
    assertThat(decode(turn, null))
        .isEqualTo("{\"model\":\"m\\\"\",\"stream\":true,\"prompt\":[1,2,7]}");
    assertThat(turn.maxTokens()).isEqualTo(-1);
  }

  // --- which may ---

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'n':1",
        "'logprobs':false",
        "'logprobs':null",
        "'stop':[]",
        "'stop':null",
        "'tool_choice':'auto'",
        "'tool_choice':'none'",
        "'tools':[{'type':'function'}]",
        "'response_format':{'type':'text'}",
        "'response_format':null",
        "'add_generation_prompt':true",
        "'continue_final_message':false",
        "'seed':3,'temperature':1,'presence_penalty':1",
        "'echo':false"
      })
  void requests_goOn(String member) {
    assertThat(scan(TurnApi.CHAT, MESSAGES + "," + member.replace('\'', '"')).isResumable())
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'n':2",
        "'logprobs':true",
        "'logprobs':0",
        "'prompt_logprobs':1",
        "'return_token_ids':true",
        "'stop':'x'",
        "'stop':['x',['y']],'n':1",
        "'tool_choice':'required'",
        "'tool_choice':{'type':'function','function':{'name':'f'}}",
        "'response_format':{'json_schema':{'type':'text'},'type':'json_schema'}",
        "'response_format':{}",
        "'response_format':'json'",
        "'structured_outputs':{'regex':'a'}",
        "'guided_json':{}",
        "'guided_regex':'a'",
        "'guided_choice':['a']",
        "'guided_grammar':'a'",
        "'add_generation_prompt':false",
        "'continue_final_message':true",
        "'truncate_prompt_tokens':5",
        "'add_special_tokens':true",
        "'suffix':'a'",
        "'prompt_embeds':'a'",
        "'echo':true",
        "'stream':false"
      })
  void requests_doNotGoOn(String member) {
    byte[] body =
        ("{\"stream\":true," + MESSAGES + "," + member.replace('\'', '"') + "}").getBytes(UTF_8);
    assertThat(TurnScanner.scan(TurnApi.CHAT, body, 0, body.length).isResumable()).isFalse();
  }

  @Test
  void aLargeRequest_doesNotGoOn() {
    String large = ",\"note\":\"" + "x".repeat(TurnBody.MAX_KEPT_BYTES) + "\"";
    assertThat(scan(TurnApi.CHAT, MESSAGES + large).isResumable()).isFalse();
  }
}
