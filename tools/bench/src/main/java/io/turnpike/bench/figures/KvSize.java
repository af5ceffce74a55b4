package io.turnpike.bench.figures;

/**
 * How large a token's KV is.
 *
 * @param bytesPerToken in the model's KV cache
 */
public record KvSize(long bytesPerToken) {

  /** Llama-3.1-8B in 16 bits: 2 × 32 layers × 8 heads × 128 × 2 bytes. */
  public static final KvSize LLAMA_8B = new KvSize(131_072);

  /** As the original tools count: 91 tokens of Llama-3.1-8B are 11.38 MB. */
  private static final double MEGABYTE = 1 << 20;

  public KvSize {
    if (bytesPerToken < 1) {
      throw new IllegalArgumentException(
          "KV bytes per token: %d (expected: 1 or more)".formatted(bytesPerToken));
    }
  }

  /** The KV of so many tokens, in MB of 2^20 bytes. */
  public double megabytes(long tokens) {
    return tokens * (double) bytesPerToken / MEGABYTE;
  }

  /** For people and files. */
  public String text() {
    return equals(LLAMA_8B)
        ? "131072 bytes of KV a token (Llama-3.1-8B)"
        : bytesPerToken + " bytes of KV a token";
  }
}
