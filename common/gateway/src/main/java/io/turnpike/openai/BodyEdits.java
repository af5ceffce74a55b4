package io.turnpike.openai;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;

/**
 * The places of a body's top-level members that may be cut out, noted while it is scanned, and the
 * splice that leaves some of them out and appends others. Spans that stay are copied as they are.
 *
 * <p>A member's span reaches from its name to the next member's name or the closing brace, so it
 * takes its own comma along. Every occurrence of a repeated name is a member of its own.
 */
final class BodyEdits {

  /** Cut out of both legs: what could reach a KV connector. */
  static final int KV = 1;

  /** Cut out of the prefill leg only. */
  static final int PREFILL = 2;

  /** Cut out of both legs where the gateway says another one: what parts prefix caches. */
  static final int SALT = 4;

  /** Cut out of both legs where the client may not say it: how urgent a turn is. */
  static final int PRIORITY = 8;

  /** Cut out where an answer goes on that broke off: what is said again, with what was said. */
  static final int RESUME = 16;

  private static final int INTS_PER_MEMBER = 3;

  private int[] members = new int[8 * INTS_PER_MEMBER];
  private int used;
  private boolean open;

  /** Notes a member that starts here. */
  void begin(int nameStart, int kind) {
    if (used == members.length) {
      members = Arrays.copyOf(members, 2 * used);
    }
    members[used] = nameStart;
    members[used + 2] = kind;
    used += INTS_PER_MEMBER;
    open = true;
  }

  /** Whether the member noted last has no end yet. */
  boolean isOpen() {
    return open;
  }

  /** Ends the member noted last: the next name, or the closing brace, is here. */
  void end(int at) {
    members[used - 2] = at;
    open = false;
  }

  /**
   * A new buffer with the body less the members of some kinds, plus some members.
   *
   * @param objectStart place of the opening brace
   * @param objectEnd place of the closing brace
   * @param kinds of members that are left out, added up
   * @param added whole members without commas, in order
   */
  ByteBuf splice(
      ByteBufAllocator allocator,
      byte[] body,
      int objectStart,
      int objectEnd,
      int kinds,
      byte[]... added) {
    int capacity = objectEnd - objectStart + 1;
    for (byte[] member : added) {
      capacity += member.length + 1;
    }
    ByteBuf out = allocator.directBuffer(capacity);
    copyKept(out, body, objectStart, objectEnd, kinds);
    append(out, added);
    return out;
  }

  private void copyKept(ByteBuf out, byte[] body, int from, int to, int kinds) {
    int at = from;
    for (int i = 0; i < used; i += INTS_PER_MEMBER) {
      if ((members[i + 2] & kinds) != 0) {
        out.writeBytes(body, at, members[i] - at);
        at = members[i + 1];
      }
    }
    out.writeBytes(body, at, to - at);
  }

  /** What is written so far ends in the opening brace, in a kept value, or in its comma. */
  private static void append(ByteBuf out, byte[]... added) {
    int last = out.writerIndex() - 1;
    while (JsonBytes.isBlank(out.getByte(last))) {
      last--;
    }
    byte end = out.getByte(last);
    boolean needsComma = end != ',' && end != '{';
    for (byte[] member : added) {
      if (needsComma) {
        out.writeByte(',');
      }
      out.writeBytes(member);
      needsComma = true;
    }
    if (added.length == 0 && end == ',') {
      out.writerIndex(last);
    }
    out.writeByte('}');
  }
}
