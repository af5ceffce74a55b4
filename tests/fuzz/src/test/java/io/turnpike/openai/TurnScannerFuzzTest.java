package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.turnpike.conversation.PrefixChain;
import io.turnpike.conversation.Tenant;
import io.turnpike.error.GatewayException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Request bodies: the first byte chooses the API, the others are the body. */
class TurnScannerFuzzTest {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final byte[] PARAMS = "{\"remote_block_ids\":[[7]]}".getBytes(UTF_8);

  private static final List<String> PREFILL =
      List.of(
          "stream",
          "stream_options",
          "min_tokens",
          "min_completion_tokens",
          "max_tokens",
          "max_completion_tokens",
          "n",
          "best_of",
          "ignore_eos");

  /** The scanner takes a body or answers 400 or 413; what it says of one that it took is there. */
  @FuzzTest(maxExecutions = 1_000_000)
  void scan(byte[] input) {
    TurnBody body = scanned(input);
    if (body != null) {
      assertThat(body.promptBytes()).isBetween(0, input.length);
      assertThat(body.maxTokens()).isGreaterThanOrEqualTo(-1);
      assertThat(body.isStream() && body.severalSequences()).isIn(true, false);
      body.sessionKey("session_id");
    }
  }

  /** Both legs' bodies are the client's less what is cut out, plus what is added. */
  @FuzzTest(maxExecutions = 1_000_000)
  void splice(byte[] input) {
    TurnBody body = scanned(input);
    ObjectNode sent = body == null ? null : object(Arrays.copyOfRange(input, 1, input.length));
    if (body == null || sent == null) {
      return;
    }
    sent.propertyNames().stream()
        .filter(name -> name.equals("kv_transfer_params") || name.startsWith("bootstrap_"))
        .toList()
        .forEach(sent::remove);
    assertThat((Object) spliced(body.decodeLeg(UnpooledByteBufAllocator.DEFAULT, null)))
        .isEqualTo(sent);
    ObjectNode withParams = sent.deepCopy();
    withParams.set("kv_transfer_params", JSON.readTree(PARAMS));
    assertThat((Object) spliced(body.decodeLeg(UnpooledByteBufAllocator.DEFAULT, PARAMS)))
        .isEqualTo(withParams);

    ObjectNode prefill = spliced(body.prefillLeg(UnpooledByteBufAllocator.DEFAULT, null));
    assertThat(prefill.path("max_tokens").asInt(0)).isEqualTo(1);
    assertThat(prefill.path("stream").asBoolean(false)).isFalse();
    PREFILL.forEach(prefill::remove);
    PREFILL.forEach(sent::remove);
    assertThat((Object) prefill).isEqualTo(sent);
  }

  /** However a body is written its chain is the same, and one more message only adds to it. */
  @FuzzTest(maxExecutions = 1_000_000)
  void chain(byte[] input) {
    TurnBody body = scanned(input);
    ObjectNode sent = body == null ? null : object(Arrays.copyOfRange(input, 1, input.length));
    if (body == null) {
      return;
    }
    PrefixChain chain = body.chain(Tenant.NOBODY);
    assertThat(chain.size()).as("none for several prompts").isNotNegative();
    assertThat(body.chain(Tenant.NOBODY)).isSameAs(chain);
    if (sent == null
        || body.api() != TurnApi.CHAT
        || !(sent.get("messages") instanceof ArrayNode)) {
      return;
    }
    PrefixChain shorter = rewritten(sent);
    if (shorter == null) {
      return;
    }
    ArrayNode messages = (ArrayNode) sent.get("messages");
    messages.addObject().put("role", "user").put("content", "And then?");
    PrefixChain longer = Objects.requireNonNull(rewritten(sent));
    assertThat(longer.size()).isEqualTo(shorter.size() + 1);
    for (int i = 0; i < shorter.size(); i++) {
      assertThat(longer.hi(i)).isEqualTo(shorter.hi(i));
      assertThat(longer.lo(i)).isEqualTo(shorter.lo(i));
    }
    assertThat(longer.end()).isNotEqualTo(shorter.end());
  }

  /** Null where what a plain reader keeps of a body is none: names may stand there twice. */
  private static @Nullable PrefixChain rewritten(ObjectNode body) {
    byte[] bytes = JSON.writeValueAsBytes(body);
    try {
      return TurnScanner.scan(TurnApi.CHAT, bytes, 0, bytes.length).chain(Tenant.NOBODY);
    } catch (GatewayException refused) {
      return null;
    }
  }

  private static @Nullable TurnBody scanned(byte[] input) {
    if (input.length == 0) {
      return null;
    }
    TurnApi api = (input[0] & 1) == 0 ? TurnApi.CHAT : TurnApi.COMPLETIONS;
    try {
      return TurnScanner.scan(api, input, 1, input.length - 1);
    } catch (GatewayException refused) {
      assertThat(refused.error().status()).isBetween(400, 431);
      return null;
    }
  }

  /** What a plain reader makes of it; null where that has bounds of its own. */
  private static @Nullable ObjectNode object(byte[] body) {
    try {
      return JSON.readTree(body) instanceof ObjectNode object ? object : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  private static ObjectNode spliced(ByteBuf buffer) {
    byte[] bytes = ByteBufUtil.getBytes(buffer);
    buffer.release();
    JsonNode tree = JSON.readTree(bytes);
    return (ObjectNode) tree;
  }
}
