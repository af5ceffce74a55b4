package io.turnpike.conversation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.turnpike.node.Epoch;
import io.turnpike.node.NodeId;
import java.time.Instant;

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

  static ConversationKey key(String value) {
    return ConversationKey.of("tenant", "model", "header:x-session-id", value);
  }

  static Placement placement(String node, int turn, PrefixChain chain, long atMillis) {
    return new Placement(
        new NodeId(node),
        new Epoch("e|1"),
        turn,
        100L * turn,
        chain.end(),
        chain.wholeHash(),
        chain.rootHash(),
        Instant.ofEpochMilli(atMillis));
  }
}
