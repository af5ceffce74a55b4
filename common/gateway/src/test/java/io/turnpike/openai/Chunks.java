package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Arrays;
import java.util.List;

/** Streamed answers in the shapes that vLLM 0.32 sends. */
final class Chunks {

  private static final String HEAD =
      "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,"
          + "\"model\":\"tiny\",\"choices\":[";

  static final String ROLE =
      HEAD
          + "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"logprobs\":null,"
          + "\"finish_reason\":null}],\"prompt_token_ids\":null,\"prompt_text\":null}";

  static final String USAGE =
      HEAD
          + "],\"usage\":{\"prompt_tokens\":80,\"total_tokens\":84,\"completion_tokens\":4,"
          + "\"prompt_tokens_details\":{\"cached_tokens\":64,\"created_cache_tokens\":0}},"
          + "\"system_fingerprint\":\"vllm-0.32.0\"}";

  static final String ERROR =
      "data: {\"error\": {\"message\": \"EngineCore encountered an issue.\","
          + " \"type\": \"InternalServerError\", \"param\": null, \"code\": 500}}";

  static final String STOP = end("stop");
  static final String ABORT = end("abort");
  static final String DONE = "data: [DONE]";

  private Chunks() {}

  /** A chunk with a text. */
  static String word(String text) {
    return delta("\"content\":\"" + text + "\"");
  }

  /** A chunk of an answer that goes on. */
  static String delta(String delta) {
    return chunk("\"delta\":{" + delta + "},\"logprobs\":null,\"finish_reason\":null");
  }

  /** The last chunk of an answer, with a text. */
  static String end(String reason) {
    return chunk(
        "\"delta\":{\"content\":\"v\"},\"logprobs\":null,\"finish_reason\":\""
            + reason
            + "\",\"stop_reason\":null");
  }

  private static String chunk(String members) {
    return HEAD + "{\"index\":0," + members + ",\"token_ids\":null}]}";
  }

  static String stream(String... events) {
    return String.join("\n\n", events) + "\n\n";
  }

  /** A direct buffer that does not begin at its start, as an engine's may. */
  static ByteBuf buffer(byte[] bytes, int from, int to) {
    ByteBuf buffer = UnpooledByteBufAllocator.DEFAULT.directBuffer(to - from + 2);
    buffer.writeByte('x').writeBytes(bytes, from, to - from).readByte();
    return buffer;
  }

  static ByteBuf buffer(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return buffer(bytes, 0, bytes.length);
  }

  /** The places where a text of some bytes is cut, from 0 to its end. */
  static int[] places(List<Integer> cuts, int bytes) {
    int[] inside = cuts.stream().filter(cut -> cut < bytes).mapToInt(Integer::intValue).toArray();
    int[] all = Arrays.copyOf(inside, inside.length + 2);
    all[inside.length + 1] = bytes;
    Arrays.sort(all);
    return all;
  }
}
