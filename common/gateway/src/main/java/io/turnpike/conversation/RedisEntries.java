package io.turnpike.conversation;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/**
 * Names of entries in Redis: {@code turnpike:c:}, the service's name and a colon, then {@code k}
 * for an explicit key or {@code p} for a chain link, then 32 hex digits. The services'
 * conversations are apart, because one's nodes mean nothing to the other.
 *
 * <p>In a cluster a link's digits come behind 16 of its chain's root in braces, which alone decide
 * where it lies: all links of a conversation in one slot, so that one command finds them. (Without
 * that each link would need a command of its own.)
 */
final class RedisEntries {

  private static final byte[] DIGITS = "0123456789abcdef".getBytes(US_ASCII);
  private static final int HEX_PER_LONG = 16;

  private final byte[] explicit;
  private final byte[] link;
  private final String pattern;
  private final String cleared;
  private final boolean cluster;

  /**
   * @param cluster whether the names decide which server has an entry
   */
  RedisEntries(String service, boolean cluster) {
    this.cluster = cluster;
    String prefix = "turnpike:c:" + service + ":";
    explicit = (prefix + "k").getBytes(US_ASCII);
    link = (prefix + (cluster ? "p{" : "p")).getBytes(US_ASCII);
    pattern = prefix + "*";
    cleared = "turnpike:cleared:" + service;
  }

  /** The channel on which it is said that all are cleared; no key has this name. */
  String cleared() {
    return cleared;
  }

  /** Matches every entry of this service and no other. */
  String pattern() {
    return pattern;
  }

  byte[] explicit(ConversationKey key) {
    return entry(explicit, key.hi(), key.lo());
  }

  /**
   * @param root of the chain that the link belongs to
   */
  byte[] link(long root, long hi, long lo) {
    if (!cluster) {
      return entry(link, hi, lo);
    }
    int at = link.length + HEX_PER_LONG;
    byte[] entry = Arrays.copyOf(link, at + 1 + 2 * HEX_PER_LONG);
    hex(entry, link.length, root);
    entry[at] = '}';
    hex(entry, at + 1, hi);
    hex(entry, at + 1 + HEX_PER_LONG, lo);
    return entry;
  }

  private static byte[] entry(byte[] prefix, long hi, long lo) {
    byte[] entry = Arrays.copyOf(prefix, prefix.length + 2 * HEX_PER_LONG);
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
