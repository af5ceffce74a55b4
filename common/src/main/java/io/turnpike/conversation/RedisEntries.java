package io.turnpike.conversation;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Names of entries in Redis: {@code turnpike:c:}, then {@code k} for an explicit key or {@code p}
 * for a chain link, then 32 hex digits.
 */
final class RedisEntries {

  private static final String PREFIX = "turnpike:c:";

  /** Matches every entry of ours and no other. */
  static final String PATTERN = PREFIX + "*";

  private static final byte[] EXPLICIT = (PREFIX + "k").getBytes(US_ASCII);
  private static final byte[] LINK = (PREFIX + "p").getBytes(US_ASCII);
  private static final byte[] DIGITS = "0123456789abcdef".getBytes(US_ASCII);
  private static final int HEX_PER_LONG = 16;

  private RedisEntries() {}

  static byte[] explicit(ConversationKey key) {
    return entry(EXPLICIT, key.hi(), key.lo());
  }

  static byte[] link(long hi, long lo) {
    return entry(LINK, hi, lo);
  }

  private static byte[] entry(byte[] prefix, long hi, long lo) {
    byte[] entry = new byte[prefix.length + 2 * HEX_PER_LONG];
    System.arraycopy(prefix, 0, entry, 0, prefix.length);
    hex(entry, prefix.length, hi);
    hex(entry, prefix.length + HEX_PER_LONG, lo);
    return entry;
  }

  private static void hex(byte[] out, int at, long value) {
    for (int i = 0; i < HEX_PER_LONG; i++) {
      out[at + i] = DIGITS[(int) (value >>> (60 - 4 * i)) & 0xF];
    }
  }
}
