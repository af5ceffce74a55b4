package io.turnpike.node;

/** What an engine does for the cluster. */
public enum Role {
  /** Computes prompts and hands their KV cache on. */
  PREFILL,
  /** Continues from a handed-on KV cache, or serves a turn alone. */
  DECODE,
  /** Does both, without a handoff. */
  REPLICA;

  /** The role's name on the wire and in metrics: lower case. */
  public String word() {
    return switch (this) {
      case PREFILL -> "prefill";
      case DECODE -> "decode";
      case REPLICA -> "replica";
    };
  }
}
