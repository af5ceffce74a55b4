package io.turnpike.bench.cli.option;

import io.turnpike.bench.figures.KvSize;
import picocli.CommandLine.Option;

/** How large a token's KV is. */
public final class KvBytes {

  @Option(
      names = "--kv-bytes-per-token",
      paramLabel = "N",
      defaultValue = "131072",
      description =
          "Of the model's KV cache. Default: ${DEFAULT-VALUE}, Llama-3.1-8B (profile"
              + " h100-llama-3.1-8b); Qwen2.5-7B has 57344, Qwen3-4B 147456.")
  private long perToken = KvSize.LLAMA_8B.bytesPerToken();

  /** As it was given. */
  public KvSize size() {
    return new KvSize(perToken);
  }
}
