package io.turnpike.conversation;

import com.dynatrace.hash4j.hashing.HashStream128;
import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;

/**
 * The second look at a prompt: the whole hash that it would have if it ended earlier. It tells
 * whether a prompt contains all of another one, also what came after the last link of that. Used
 * once.
 */
final class PromptHash {

  private final HashStream128 hash = Hashing.xxh3_128().hashStream();
  private final long from;
  private final long to;
  private long at;

  private PromptHash(ChainLink before, long from, long to) {
    this.from = from;
    this.to = to;
    startAt(hash, before);
  }

  /**
   * The whole hash of the first bytes of a prompt.
   *
   * @param before the last link within them, or the seed
   * @param from how many bytes that link covers
   * @param to how many bytes are hashed in all; the prompt has at least as many
   */
  static long of(PromptPlace prompt, ChainLink before, long from, long to) {
    PromptHash half = new PromptHash(before, from, to);
    prompt.walk(new CanonicalJson(half::take));
    return end(half.hash, to);
  }

  /** Every stretch between two links is hashed by itself, after the link before it. */
  static void startAt(HashStream128 hash, ChainLink link) {
    hash.reset();
    hash.putLong(link.hi()).putLong(link.lo());
  }

  /** Ends a stretch that ends with the prompt. */
  static long end(HashStream128 hash, long promptBytes) {
    HashValue128 value = hash.putLong(promptBytes).get();
    return value.getLeastSignificantBits();
  }

  private void take(byte[] bytes, int first, int end) {
    long skipped = Math.clamp(from - at, 0, end - first);
    long taken = Math.clamp(to - at, 0, end - first) - skipped;
    if (taken > 0) {
      hash.putBytes(bytes, first + (int) skipped, (int) taken);
    }
    at += end - first;
  }
}
