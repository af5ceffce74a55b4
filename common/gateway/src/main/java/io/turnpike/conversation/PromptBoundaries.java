package io.turnpike.conversation;

/**
 * After how many bytes a text or token prompt has its links: every 256 B up to 16 KiB, every KiB up
 * to 128 KiB, then every 8 KiB. Part of what replicas must agree on.
 */
final class PromptBoundaries {

  private static final int FINE_UNTIL_BYTES = 16 * 1024;
  private static final int MEDIUM_UNTIL_BYTES = 128 * 1024;

  private static final int FINE_BYTES = 256;
  private static final int MEDIUM_BYTES = 1024;
  private static final int COARSE_BYTES = 8 * 1024;

  private static final int FINE_LINKS = FINE_UNTIL_BYTES / FINE_BYTES;
  private static final int MEDIUM_LINKS = (MEDIUM_UNTIL_BYTES - FINE_UNTIL_BYTES) / MEDIUM_BYTES;

  private PromptBoundaries() {}

  /** How far the next boundary is from this one, or from the beginning. */
  static int bytesToNext(long boundary) {
    if (boundary < FINE_UNTIL_BYTES) {
      return FINE_BYTES;
    }
    return boundary < MEDIUM_UNTIL_BYTES ? MEDIUM_BYTES : COARSE_BYTES;
  }

  /** How many bytes that many links cover. */
  static long bytes(int links) {
    int fine = Math.min(links, FINE_LINKS);
    int medium = Math.clamp(links - FINE_LINKS, 0, MEDIUM_LINKS);
    int coarse = Math.max(links - FINE_LINKS - MEDIUM_LINKS, 0);
    return (long) fine * FINE_BYTES + (long) medium * MEDIUM_BYTES + (long) coarse * COARSE_BYTES;
  }
}
