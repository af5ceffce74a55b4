package io.turnpike.conversation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.turnpike.node.Epoch;
import io.turnpike.node.NodeId;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** Chains and placements for tests. */
final class Chains {

  private Chains() {}

  /** A chain with one link for each of these user messages. */
  static PrefixChain of(String... messages) {
    PrefixChainBuilder builder = new PrefixChainBuilder().seed("test");
    for (String message : messages) {
      builder.messageField(1, ("\"" + message + "\"").getBytes(UTF_8), 0);
      builder.endMessage(false);
    }
    return builder.build();
  }

  /** A chat of these user messages after a system message. */
  static PrefixChain chat(String system, String... messages) {
    PrefixChainBuilder builder = new PrefixChainBuilder().seed("test");
    builder.messageField(1, quoted(system), 0);
    builder.endMessage(true);
    for (String message : messages) {
      builder.messageField(1, quoted(message), 0);
      builder.endMessage(false);
    }
    return builder.build();
  }

  /** The chain of a text prompt. */
  static PrefixChain text(String prompt) {
    PrefixChainBuilder builder = new PrefixChainBuilder().seed("test");
    builder.text(quoted(prompt), 0);
    return builder.build();
  }

  /** The chain of a prompt of token ids. */
  static PrefixChain tokens(List<Integer> ids, String comma) {
    PrefixChainBuilder builder = new PrefixChainBuilder().seed("test");
    builder.tokenIds(
        ids.stream()
            .map(String::valueOf)
            .collect(Collectors.joining(comma, "[ ", " ]"))
            .getBytes(UTF_8),
        0);
    return builder.build();
  }

  /** As a JSON string. */
  static byte[] quoted(String text) {
    return JsonMapper.shared().writeValueAsBytes(text);
  }

  /** The same letters for the same seed. */
  static String letters(int length, long seed) {
    return new Random(seed)
        .ints(length, 'a', 'z' + 1)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  static ConversationKey key(String value) {
    return ConversationKey.of(Tenant.ofKey("tenant"), "model", "header:x-session-id", value);
  }

  static Placement placement(String node, int turn, PrefixChain chain, long atMillis) {
    return new Placement(
        new NodeId(node),
        new Epoch("e|1"),
        turn,
        100L * turn,
        chain.end(),
        chain.wholeHash(),
        chain.promptBytes(),
        chain.rootHash(),
        Instant.ofEpochMilli(atMillis));
  }
}
