package io.turnpike.bench.client;

import java.util.Locale;

/** Where a count of output tokens comes from. */
public enum TokenSource {
  /** The server's own count. */
  USAGE,
  /** The server did not say; chunks with text were counted. */
  CHUNKS,
  /** The server's count cannot be right, so chunks with text were counted. */
  CHUNKS_USAGE_WRONG;

  /** The name in output. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
