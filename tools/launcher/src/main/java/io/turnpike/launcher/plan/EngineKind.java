package io.turnpike.launcher.plan;

/** What stands behind the gateway. */
public enum EngineKind {
  /** Simulated engines: no GPU, vLLM's behaviour on the wire. */
  SIMULATOR,
  /** Real {@code vllm serve} processes. */
  VLLM,
  /** None of ours: engines that register themselves or are listed under {@code nodes}. */
  NONE;

  /** The name in {@code turnpike.yaml} and flags. */
  public String word() {
    return switch (this) {
      case SIMULATOR -> "simulator";
      case VLLM -> "vllm";
      case NONE -> "none";
    };
  }
}
