package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.turnpike.conversation.Tenant;
import io.turnpike.error.GatewayException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a gateway changes of a body for the sake of its caller. */
class TurnBodyIsolationTest {

  private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";
  private static final Tenant TENANT = Tenant.ofKey("a");

  private static TurnBody scan(String json) {
    byte[] bytes = json.getBytes(UTF_8);
    return TurnScanner.scan(TurnApi.CHAT, bytes, 0, bytes.length);
  }

  private static String text(ByteBuf buffer) {
    try {
      return buffer.toString(UTF_8);
    } finally {
      buffer.release();
    }
  }

  private static String decode(TurnBody body) {
    return text(body.decodeLeg(UnpooledByteBufAllocator.DEFAULT, null));
  }

  private static String prefill(TurnBody body) {
    return text(body.prefillLeg(UnpooledByteBufAllocator.DEFAULT, "{}".getBytes(UTF_8)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{M} | {M,\"cache_salt\":\"ours\"}",
        "{\"cache_salt\":\"theirs\",M} | {M,\"cache_salt\":\"ours\"}",
        "{M,\"cache_salt\":\"a\",\"x\": 1,\"cache_salt\":\"b\" } | {M,\"x\":"
            + " 1,\"cache_salt\":\"ours\"}",
        "{M,\"cache_s\\u0061lt\":null} | {M,\"cache_salt\":\"ours\"}",
      })
  void salt_isOurs_andAllElseStaysByteForByte(String sent, String expected) {
    TurnBody body = scan(sent.replace("M", MESSAGES));
    body.salt("ours");
    assertThat(decode(body)).isEqualTo(expected.replace("M", MESSAGES));
  }

  @Test
  void bothLegs_haveTheSameSalt() {
    TurnBody body = scan("{" + MESSAGES + ",\"stream\":true,\"cache_salt\":\"theirs\"}");
    body.salt("ours");
    for (String leg : List.of(decode(body), prefill(body))) {
      JsonNode tree = JsonMapper.shared().readTree(leg);
      assertThat(tree.path("cache_salt").asString()).isEqualTo("ours");
      assertThat(leg).doesNotContain("theirs").containsOnlyOnce("cache_salt");
    }
    String withParams =
        text(body.decodeLeg(UnpooledByteBufAllocator.DEFAULT, "{\"p\":1}".getBytes(UTF_8)));
    assertThat(
            JsonMapper.shared().readTree(withParams).path("kv_transfer_params").path("p").asInt())
        .isEqualTo(1);
    assertThat(withParams).containsOnlyOnce("\"cache_salt\":\"ours\"");
  }

  @Test
  void withoutASaltOfOurs_theirsGoesOnAsItCame() {
    String sent = "{" + MESSAGES + ", \"cache_salt\" :\"theirs\",\"priority\":-3}";
    assertThat(decode(scan(sent))).isEqualTo(sent);
  }

  @Test
  void theirs_isToldDecoded() {
    assertThat(scan("{" + MESSAGES + ",\"cache_salt\":\"a\\u0062\"}").cacheSalt()).isEqualTo("ab");
    assertThat(scan("{" + MESSAGES + ",\"cache_salt\":null}").cacheSalt()).isNull();
    assertThat(scan("{" + MESSAGES + "}").cacheSalt()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "7", "[]", "{}", "false"})
  void salt_thatEnginesDoNotTake_isRefused(String value) {
    TurnBody body = scan("{" + MESSAGES + ",\"cache_salt\":" + value + "}");
    assertThatExceptionOfType(GatewayException.class)
        .isThrownBy(body::cacheSalt)
        .satisfies(wrong -> assertThat(wrong.error().param()).isEqualTo("cache_salt"));
  }

  @Test
  void priority_isCut_forWhoMayNotSayIt() {
    TurnBody body = scan("{\"priority\":-3," + MESSAGES + ",\"x\":{\"priority\":1}}");
    body.withoutPriority();
    String expected = "{" + MESSAGES + ",\"x\":{\"priority\":1}}";
    assertThat(decode(body)).isEqualTo(expected);
    assertThat(prefill(body)).doesNotContain("\"priority\":-3");
  }

  @Test
  void conversations_arePartedByTheSaltOfOurs() {
    TurnBody plain = scan("{" + MESSAGES + "}");
    long open = plain.chain(TENANT).rootHash();
    plain.salt("one");
    long one = plain.chain(TENANT).rootHash();
    plain.salt("two");
    long two = plain.chain(TENANT).rootHash();
    assertThat(List.of(open, one, two)).doesNotHaveDuplicates();
    TurnBody theirs = scan("{" + MESSAGES + ",\"cache_salt\":\"x\"}");
    theirs.salt("two");
    assertThat(theirs.chain(TENANT).rootHash()).isEqualTo(two);
  }
}
