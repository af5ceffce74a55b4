package io.turnpike.simulator.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.turnpike.simulator.wire.GenerateRequest.Api;
import io.turnpike.simulator.wire.GenerateRequest.Streaming;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests are accepted, as what, and how the others are refused. */
class RequestReaderTest {

  private static final String CHAT = "{'messages':[{'role':'user','content':'hi'}]%s}";
  private static final String TEXT = "{'prompt':'hello there'%s}";

  private final RequestReader reader = new RequestReader("demo", 100);

  @Test
  void limits_areTheOnesAskedFor_orUsual() {
    assertThat(chat("").limits().maxTokens()).isEqualTo(100);
    assertThat(chat(",'max_tokens':7").limits().maxTokens()).isEqualTo(7);
    assertThat(chat(",'max_tokens':7,'max_completion_tokens':9").limits().maxTokens()).isEqualTo(9);
    assertThat(text("").limits().maxTokens()).isEqualTo(16);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'stream':false | NONE",
        "'stream':null | NONE",
        "'stream':true | PLAIN",
        "'stream':true,'stream_options':{'include_usage':false} | PLAIN",
        "'stream':true,'stream_options':{'include_usage':true} | USAGE_AT_END",
        "'stream':true,'stream_options':{'include_usage':true,'continuous_usage_stats':true} |"
            + " USAGE_ALWAYS"
      },
      quoteCharacter = '"')
  void streaming_isAsAskedFor(String fields, Streaming streaming) {
    assertThat(chat("," + fields).stream()).isEqualTo(streaming);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'model':'other' | 404 | model | does not exist",
        "'n':0 | 400 | | n must be at least 1",
        "'n':2,'temperature':0 | 400 | | greedy sampling",
        "'n':16385 | 400 | | n must be at most",
        "'temperature':-1 | 400 | temperature | non-negative",
        "'max_tokens':0 | 400 | max_tokens | at least 1",
        "'max_tokens':101 | 400 | max_tokens | greater than max_model_len=100",
        "'max_tokens':'many' | 400 | body.max_tokens | valid integer",
        "'max_tokens':3,'min_tokens':4 | 400 | | less than or equal to max_tokens=3",
        "'stream':'yes' | 400 | body.stream | valid boolean",
        "'temperature':'hot' | 400 | body.temperature | valid number",
        "'model':7 | 400 | body.model | valid string",
        "'stream_options':{} | 400 | stream_options | when `stream=True`",
        "'stream':true,'stream_options':3 | 400 | body.stream_options | valid dictionary",
        "'kv_transfer_params':'x' | 400 | body.kv_transfer_params | valid dictionary"
      },
      quoteCharacter = '"')
  void whatVllmRefuses_isRefused(
      String fields, int status, @Nullable String param, String message) {
    ApiError error = catchThrowableOfType(ApiError.class, () -> chat("," + fields));
    assertThat(error.status()).isEqualTo(status);
    assertThat(error).hasMessageContaining(message);
    String body = new String(error.body(), StandardCharsets.UTF_8);
    assertThat(Json.MAPPER.readTree(body).path("error").path("param").asString(""))
        .isEqualTo(param == null ? "" : param);
  }

  @Test
  void numbersInText_areNumbers_ifTheyAreWhole() {
    assertThat(chat(",'max_tokens':'12'").limits().maxTokens()).isEqualTo(12);
    assertThat(chat(",'max_tokens':12.0").limits().maxTokens()).isEqualTo(12);
  }

  @Test
  void promptsComeInManyForms() {
    assertThat(text("").prompts()).hasSize(1);
    assertThat(read(Api.COMPLETION, "{'prompt':['one','two']}").prompts()).hasSize(2);
    assertThat(read(Api.COMPLETION, "{'prompt':[1684104552,1701995880]}").prompts().getFirst())
        .hasSize(2);
    ApiError error =
        catchThrowableOfType(ApiError.class, () -> read(Api.COMPLETION, "{'prompt':[]}"));
    assertThat(error).hasMessageContaining("must be provided and non-empty");
  }

  @Test
  void aPromptThatDoesNotFit_isRefused_beforeAnythingElseHappens() {
    String body = TEXT.formatted("").replace("hello there", "word ".repeat(200));
    ApiError error = catchThrowableOfType(ApiError.class, () -> read(Api.COMPLETION, body));
    assertThat(error.status()).isEqualTo(400);
    assertThat(error).hasMessageContaining("at least 101 input tokens");
  }

  @ParameterizedTest
  @CsvSource({"text/plain,{},Unsupported Media Type", "application/json,[],valid dictionary"})
  void whatIsNoJsonObject_isRefused(String type, String body, String message) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    ApiError error =
        catchThrowableOfType(ApiError.class, () -> reader.read(Api.CHAT, bytes, type, null));
    assertThat(error).hasMessageContaining(message);
  }

  @Test
  void ids_areTheCallers_withTheFamilysPrefix() {
    assertThat(chat("").id()).startsWith("chatcmpl-");
    assertThat(text(",'request_id':'mine'").id()).isEqualTo("cmpl-mine");
    byte[] body = CHAT.formatted("").replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    assertThat(reader.read(Api.CHAT, body, "application/json", "header").id())
        .isEqualTo("chatcmpl-header");
  }

  @Test
  void handoffs_areAskedForByParams() {
    GenerateRequest leg = text(",'kv_transfer_params':{'do_remote_decode':true}");
    assertThat(leg.asksForRemoteDecode()).isTrue();
    assertThat(leg.asksForRemotePrefill()).isFalse();
    assertThat(text(",'kv_transfer_params':null").asksForRemoteDecode()).isFalse();
  }

  @Test
  void anOpenLastMessage_endsThePrompt() {
    int[] asks = chat("").prompts().getFirst();
    String goesOn = ",'continue_final_message':true,'add_generation_prompt':false";
    int[] open = chat(goesOn).prompts().getFirst();
    int[] ended = chat(",'add_generation_prompt':false").prompts().getFirst();
    assertThat(ended).hasSizeLessThan(asks.length).hasSize(open.length + 1);
    assertThat(asks).startsWith(ended);
    assertThat(ended).startsWith(open);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",'add_generation_prompt':true"})
  void anOpenLastMessage_andANewOne_areRefused(String generation) {
    ApiError error =
        catchThrowableOfType(
            ApiError.class, () -> chat(",'continue_final_message':true" + generation));
    assertThat(error)
        .hasMessageContaining(
            generation.isEmpty() ? "are not compatible" : "Cannot set both `continue_final");
  }

  private GenerateRequest chat(String more) {
    return read(Api.CHAT, CHAT.formatted(more));
  }

  private GenerateRequest text(String more) {
    return read(Api.COMPLETION, TEXT.formatted(more));
  }

  private GenerateRequest read(Api api, String body) {
    byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return reader.read(api, bytes, "application/json; charset=utf-8", null);
  }
}
