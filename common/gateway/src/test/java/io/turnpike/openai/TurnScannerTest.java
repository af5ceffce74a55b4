package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.turnpike.conversation.Tenant;
import io.turnpike.error.ApiError;
import io.turnpike.error.GatewayException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TurnScannerTest {

  private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

  static TurnBody chat(String json) {
    byte[] body = json.getBytes(UTF_8);
    return TurnScanner.scan(TurnApi.CHAT, body, 0, body.length);
  }

  static TurnBody completion(String json) {
    byte[] body = json.getBytes(UTF_8);
    return TurnScanner.scan(TurnApi.COMPLETIONS, body, 0, body.length);
  }

  private static ApiError chatError(String json) {
    return catchThrowableOfType(GatewayException.class, () -> chat(json)).error();
  }

  private static ApiError completionError(String json) {
    return catchThrowableOfType(GatewayException.class, () -> completion(json)).error();
  }

  private static String text(ByteBuf buffer) {
    String text = buffer.toString(UTF_8);
    buffer.release();
    return text;
  }

  private static String prefill(TurnBody body) {
    return text(body.prefillLeg(UnpooledByteBufAllocator.DEFAULT, "{\"a\":1}".getBytes(UTF_8)));
  }

  private static String decode(TurnBody body) {
    return text(body.decodeLeg(UnpooledByteBufAllocator.DEFAULT, null));
  }

  @Test
  void scan_readsWhatRoutingNeeds() {
    TurnBody body =
        chat(
            """
            {"model":"m","stream":true,"stream_options":{"include_usage":true,"x":[1]},
             "messages":[{"role":"system","content":"s"},{"role":"assistant","content":null}],
             "max_tokens":7,"max_completion_tokens":9,"n":1,"session_id":"S","conversation_id":5}
            """);
    assertThat(body.model()).isEqualTo("m");
    assertThat(body.isStream()).isTrue();
    assertThat(body.maxTokens()).isEqualTo(9);
    assertThat(body.severalSequences()).isFalse();
    assertThat(body.sessionKey("session_id")).isEqualTo("S");
    assertThat(body.sessionKey("conversation_id")).isNull();
    assertThat(body.promptBytes()).isEqualTo(69);
  }

  @Test
  void scan_takesAMissingModelAndUnknownRoles() {
    TurnBody body = chat("{\"messages\":[{\"role\":\"wizard\",\"content\":\"x\"}]}");
    assertThat(body.model()).isNull();
    assertThat(body.isStream()).isFalse();
    assertThat(body.maxTokens()).isEqualTo(-1);
  }

  @Test
  void scan_takesTheLastOfRepeatedNames() {
    TurnBody body = chat("{" + MESSAGES + ",\"model\":\"a\",\"n\":3,\"model\":\"b\",\"n\":1}");
    assertThat(body.model()).isEqualTo("b");
    assertThat(body.severalSequences()).isFalse();
  }

  @Test
  void scan_takesTheLastOfRepeatedMessages() {
    TurnBody body = chat("{\"messages\":[{},{\"role\":\"system\"}]," + MESSAGES + "}");
    assertThat(body.chain(Tenant.NOBODY).end())
        .isEqualTo(chat("{" + MESSAGES + "}").chain(Tenant.NOBODY).end());
    assertThat(body.promptBytes()).isEqualTo(MESSAGES.length() - "\"messages\":".length());
  }

  @Test
  void scan_takesAnyNumberOfMessages() {
    String many = "{\"messages\":[{}" + ",{\"role\":\"user\"}".repeat(40) + "]}";
    assertThat(chat(many).chain(Tenant.NOBODY).size()).isEqualTo(41);
  }

  @Test
  void body_knowsItsApi_andTheApiItsPath() {
    assertThat(chat("{" + MESSAGES + "}").api().path()).isEqualTo("/v1/chat/completions");
    assertThat(completion("{\"prompt\":\"a\"}").api().path()).isEqualTo("/v1/completions");
  }

  @ParameterizedTest
  @CsvSource({"0, 7, 0", "9, 7, 9", "-1, 7, 7", "null, 7, 7", "0, null, 0", "null, null, -1"})
  void maxTokens_ofAChat_areThoseOfTheNewName_alsoNone(String newer, String older, int limit) {
    String limits = ",\"max_completion_tokens\":" + newer + ",\"max_tokens\":" + older;
    assertThat(chat("{" + MESSAGES + limits + "}").maxTokens()).isEqualTo(limit);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "null, 16", "-1, 16"})
  void maxTokens_ofACompletion_are16WhereNothingIsSaid(String said, int limit) {
    assertThat(completion("{\"prompt\":\"a\",\"max_tokens\":" + said + "}").maxTokens())
        .isEqualTo(limit);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"n\":1", "\"best_of\":1", "\"use_beam_search\":false"})
  void scan_seesOneSequence(String member) {
    assertThat(chat("{" + MESSAGES + "," + member + "}").severalSequences()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"n\":2",
        "\"n\":2.0",
        "\"best_of\":3",
        "\"use_beam_search\":true",
        "\"n\":1e300"
      })
  void scan_seesSeveralSequences(String member) {
    assertThat(chat("{" + MESSAGES + "," + member + "}").severalSequences()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"abc\" | false | -1",
        "[\"abc\"] | false | -1",
        "[\"a\",\"b\"] | true | -1",
        "[1,2,3] | false | 3",
        "[[1,2]] | false | 2",
        "[[1,2],[3]] | true | 3"
      })
  void scan_readsEveryKindOfPrompt(String prompt, boolean several, int ids) {
    TurnBody body = completion("{\"prompt\":" + prompt + ",\"model\":\"m\"}");
    assertThat(body.severalSequences()).isEqualTo(several);
    if (ids >= 0) {
      assertThat(body.promptTokensEstimate()).isEqualTo(ids);
    } else {
      assertThat(body.promptTokensEstimate()).isPositive().isLessThan(4);
    }
    assertThat(body.maxTokens()).isEqualTo(16);
  }

  @Test
  void scan_measuresATextPromptThatIsLast() {
    assertThat(completion("{\"prompt\":\"abcdefgh\"}").promptBytes()).isEqualTo(10);
  }

  @Test
  void scan_measuresAPromptThatIsAList() {
    assertThat(completion("{\"prompt\": [ \"abc\", \"d\" ] }").promptBytes()).isEqualTo(14);
    assertThat(completion("{\"a\":1,\"prompt\":[1,22,333]}").promptBytes()).isEqualTo(10);
    assertThat(completion("{\"prompt\":[[ ]]}").promptTokensEstimate()).isZero();
    assertThat(completion("{\"prompt\":\"abcdefgh\"}").promptTokensEstimate()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | messages",
        "{\"messages\":null} | messages",
        "{\"messages\":[]} | messages",
        "{\"messages\":\"hi\"} | messages",
        "{\"messages\":[{},3]} | messages[1]",
        "{\"messages\":[{}],\"model\":5} | model",
        "{\"messages\":[{}],\"stream\":\"maybe\"} | stream",
        "{\"messages\":[{}],\"n\":\"two\"} | n",
        "{\"messages\":[{}],\"n\":1.5} | n",
        "{\"messages\":[{}],\"max_tokens\":[]} | max_tokens",
        "{\"messages\":[{}],\"vllm_xargs\":{\"kv_transfer_params\":\"x\"}}"
            + " | vllm_xargs.kv_transfer_params"
      })
  void scan_namesTheFieldThatIsWrong(String json, String field) {
    ApiError error = chatError(json);
    assertThat(error.status()).isEqualTo(400);
    assertThat(error.param()).isEqualTo(field);
    assertThat(error.message()).startsWith(field + ": ").contains("(expected: ");
    assertThat(error.headers()).as("not to be tried again").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"prompt\":null}",
        "{\"prompt\":[]}",
        "{\"prompt\":{}}",
        "{\"prompt\":4}",
        "{\"prompt\":[1,\"a\"]}",
        "{\"prompt\":[\"a\",1]}",
        "{\"prompt\":[[1],2]}",
        "{\"prompt\":[[\"a\"]]}",
        "{\"prompt\":[1.5]}"
      })
  void scan_refusesAWrongPrompt(String json) {
    assertThat(completionError(json).param()).isEqualTo("prompt");
  }

  @Test
  void scan_refusesMessagesWithKvNamesOnlyAtPlacesThatAnEngineReads() {
    String nested =
        "\"messages\":[{\"kv_transfer_params\":{\"a\":1}}],\"x\":{\"bootstrap_host\":1}";
    assertThat(decode(chat("{" + nested + "}"))).isEqualTo("{" + nested + "}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        "[]",
        "\"x\"",
        "null",
        "{",
        "{\"messages\":[{}]",
        "{\"messages\":[{}]} x",
        "{\"messages\":[{}]}{}",
        "{messages:[]}",
        "{\"a\":01}",
        "{\"a\":\"\u0001\"}",
        "{\"a\":NaN}",
        "{\"a\":\"\\ud83\"}"
      })
  void scan_refusesWhatIsNoJsonObject(String json) {
    ApiError error = chatError(json);
    assertThat(error.status()).isEqualTo(400);
    assertThat(error.code()).isEqualTo("invalid_json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\": 01} | at line 1, column 8",
        "{\"a\":[1, | at line 1, column 9",
        "{\"messages\":[{}]} {} | something follows the object"
      })
  void refusal_saysWhere_andNothingOfTheParsersOwn(String json, String where) {
    assertThat(chatError(json).message()).contains(where).doesNotContain("marker", "REDACTED");
  }

  @Test
  void refusal_staysShort_whateverTheBodyHolds() {
    assertThat(chatError("{\"a\":\n" + "x".repeat(1_000) + "}").message())
        .contains("… at line 2, column ")
        .hasSizeLessThan(260);
  }

  @Test
  void scan_refusesOtherEncodings() {
    byte[] body = ("{" + MESSAGES + "}").getBytes(UTF_16LE);
    GatewayException refused =
        catchThrowableOfType(
            GatewayException.class, () -> TurnScanner.scan(TurnApi.CHAT, body, 0, body.length));
    assertThat(refused.error().code()).isEqualTo("invalid_json");
  }

  @Test
  void scan_refusesNestingThatIsTooDeep() {
    String taken = "[".repeat(999) + "]".repeat(999);
    assertThat(decode(chat("{" + MESSAGES + ",\"x\":" + taken + "}"))).contains(taken);
    String deep = "[".repeat(1_000) + "]".repeat(1_000);
    assertThat(chatError("{" + MESSAGES + ",\"x\":" + deep + "}").code()).isEqualTo("invalid_json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model",
        "user",
        "session_id",
        "conversation_id",
        "prompt_cache_key",
        "cache_salt"
      })
  void scan_refusesNamesThatAreTooLong(String field) {
    String name = "\"" + field + "\":\"" + "x".repeat(256);
    assertThat(decode(chat("{" + MESSAGES + "," + name + "\"}"))).contains(name);
    for (String more : List.of("x", "x".repeat(100_000))) {
      ApiError error = chatError("{" + MESSAGES + "," + name + more + "\"}");
      assertThat(error.param()).isEqualTo(field);
      assertThat(error.message())
          .isEqualTo(field + ": too long (expected: at most 256 characters)");
    }
  }

  @Test
  void scan_refusesTooManyMessages() {
    String most = "{},".repeat(9_999) + "{}";
    assertThat(decode(chat("{\"messages\":[" + most + "]}"))).contains(most);
    ApiError error = chatError("{\"messages\":[" + most + ",{}]}");
    assertThat(error.param()).isEqualTo("messages");
    assertThat(error.message()).contains("at most 10000");
  }

  @Test
  void scan_refusesAMembersNameThatIsTooLong() {
    String most = "\"" + "x".repeat(4_096) + "\":1,";
    assertThat(decode(chat("{" + most + MESSAGES + "}"))).contains(most);
    ApiError error = chatError("{\"" + "x".repeat(8_192) + "\":1," + MESSAGES + "}");
    assertThat(error.status()).isEqualTo(400);
    assertThat(error.message()).hasSizeLessThan(256);
  }

  @Test
  void scan_refusesTooManyMembers() {
    String most = "\"n\":1,".repeat(999);
    assertThat(decode(chat("{" + most + MESSAGES + "}"))).contains(most);
    assertThat(chatError("{" + most + "\"n\":1," + MESSAGES + "}").message())
        .contains("too many members", "at most 1000");
  }

  @Test
  void scan_takesAByteOrderMarkAndAnOffset() {
    byte[] body = ("xx\uFEFF{" + MESSAGES + "}yy").getBytes(UTF_8);
    TurnBody turn = TurnScanner.scan(TurnApi.CHAT, body, 2, body.length - 4);
    assertThat(decode(turn)).isEqualTo("{" + MESSAGES + "}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"kv_transfer_params\":{},M} | {M}",
        "{M,\"kv_transfer_params\":{}} | {M}",
        "{M , \"kv_transfer_params\" : {} } | {M }",
        "{M,\"kv\\u005ftransfer_params\":1,\"bootstrap_port\":2,\"a\":3} | {M,\"a\":3}",
        "{\"bootstrap_host\":1,M,\"bootstrap_host\":2} | {M}",
        "{M, \"n\":2,\"stop\":[\"a\"]} | {M, \"n\":2,\"stop\":[\"a\"]}"
      })
  void decodeLeg_cutsWhatCouldReachAConnector(String sent, String expected) {
    assertThat(decode(chat(sent.replace("M", MESSAGES))).strip())
        .isEqualTo(expected.replace("M", MESSAGES));
  }

  @Test
  void decodeLeg_cutsHoweverManyThereAre() {
    String many =
        IntStream.range(0, 40)
            .mapToObj(i -> "\"bootstrap_" + i + "\":" + i + ",\"kept_" + i + "\":0")
            .collect(Collectors.joining(","));
    String kept = many.replaceAll("\"bootstrap_[0-9]+\":[0-9]+,", "");
    assertThat(decode(chat("{" + MESSAGES + "," + many + "}")))
        .isEqualTo("{" + MESSAGES + "," + kept + "}");
  }

  @Test
  void decodeLeg_addsTheParametersVerbatim() {
    byte[] params = "{ \"b\" : [[1]] }".getBytes(UTF_8);
    TurnBody body = chat("{\"kv_transfer_params\":{\"evil\":1}," + MESSAGES + "}\n");
    assertThat(text(body.decodeLeg(UnpooledByteBufAllocator.DEFAULT, params)))
        .isEqualTo("{" + MESSAGES + ",\"kv_transfer_params\":{ \"b\" : [[1]] }}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{M} | {M,\"max_tokens\":1,\"ignore_eos\":true,KV}",
        "{M,\"max_tokens\":5} | {M,\"max_tokens\":1,\"ignore_eos\":true,KV}",
        "{\"n\":1,M,\"stream\":true,\"stream_options\":{},\"stop\":[\"x\"]} |"
            + " {M,\"stop\":[\"x\"],\"max_tokens\":1,\"ignore_eos\":true,\"stream\":false,\"n\":1,KV}",
        "{\"min_tokens\":1,M,\"max_completion_tokens\":9,\"min_completion_tokens\":2}"
            + " | {M,\"max_tokens\":1,\"ignore_eos\":true,\"max_completion_tokens\":1,KV}"
      })
  void prefillLeg_asksForOneTokenAndKeepsTheRest(String sent, String expected) {
    assertThat(prefill(chat(sent.replace("M", MESSAGES))))
        .isEqualTo(
            expected.replace("M", MESSAGES).replace("KV", "\"kv_transfer_params\":{\"a\":1}"));
  }
}
