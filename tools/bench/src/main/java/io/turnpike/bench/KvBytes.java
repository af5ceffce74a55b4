package io.turnpike.bench;

import picocli.CommandLine.Option;

/** How large a token's KV is. */
final class KvBytes {

  /** Llama-3.1-8B in 16 bits: 2 × 32 layers × 8 heads × 128 × 2 bytes. */
  static final long DEFAULT = 131_072;

  @Option(
      names = "--kv-bytes-per-token",
      paramLabel = "N",
      defaultValue = "131072",
      description =
          "Of the model's KV cache. Default: ${DEFAULT-VALUE}, Llama-3.1-8B (profile"
              + " h100-llama-3.1-8b); Qwen2.5-7B has 57344, Qwen3-4B 147456.")
  long perToken = DEFAULT;

  /** For people and files. */
  String text() {
    return perToken == DEFAULT
        ? "131072 bytes of KV a token (Llama-3.1-8B)"
        : perToken + " bytes of KV a token";
  }
}
