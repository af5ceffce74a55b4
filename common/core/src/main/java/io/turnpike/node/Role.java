package io.turnpike.node;

/** What an engine does for the cluster. */
public enum Role {
  /** Computes prompts and hands their KV cache on. */
  PREFILL,
  /** Continues from a handed-on KV cache, or serves a turn alone. */
  DECODE,
  /** Does both, without a handoff. */
  REPLICA,
  /** Does the work of each of the others: by itself, for another, or continuing from another. */
  ANY;

  /** The role's name on the wire and in metrics: lower case. */
  public String word() {
    return switch (this) {
      case PREFILL -> "prefill";
      case DECODE -> "decode";
      case REPLICA -> "replica";
      case ANY -> "any";
    };
  }

  /** Whether a node of this role does the work of that one. */
  public boolean does(Role work) {
    return this == work || this == ANY;
  }
}
