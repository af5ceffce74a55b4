package io.turnpike.conversation;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Names of entries in Redis: {@code turnpike:c:}, the service's name and a colon, then {@code k}
 * for an explicit key or {@code p} for a chain link, then 32 hex digits. The services'
 * conversations are apart, because one's nodes mean nothing to the other.
 */
final class RedisEntries {

  private static final byte[] DIGITS = "0123456789abcdef".getBytes(US_ASCII);
  private static final int HEX_PER_LONG = 16;

  private final byte[] explicit;
  private final byte[] link;
  private final String pattern;

  RedisEntries(String service) {
    String prefix = "turnpike:c:" + service + ":";
    explicit = (prefix + "k").getBytes(US_ASCII);
    link = (prefix + "p").getBytes(US_ASCII);
    pattern = prefix + "*";
  }

  /** Matches every entry of this service and no other. */
  String pattern() {
    return pattern;
  }

  byte[] explicit(ConversationKey key) {
    return entry(explicit, key.hi(), key.lo());
  }

  byte[] link(long hi, long lo) {
    return entry(link, hi, lo);
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
