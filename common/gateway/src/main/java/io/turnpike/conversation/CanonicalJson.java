package io.turnpike.conversation;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Walks one JSON value that a parser has already accepted and gives out bytes that do not depend on
 * how it was written: strings decoded to UTF-8 and ended by {@code 0xFF} (which UTF-8 never has),
 * everything else without blanks. So {@code "é"} and its escaped form agree, and so do pretty and
 * compact objects; the order of an object's keys still counts.
 *
 * <p>Not thread-safe.
 */
final class CanonicalJson {

  /** Takes canonical bytes; the array is reused after the call. */
  interface Sink {
    void put(byte[] bytes, int from, int to);
  }

  private static final byte STRING_END = (byte) 0xFF;
  private static final byte LITERAL_END = (byte) 0xFE;
  private static final int SCRATCH_BYTES = 512;

  /** Runs of at least this many bytes go to the sink without a copy. */
  private static final int DIRECT_RUN_BYTES = 128;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
  private static final long QUOTES = '"' * ONES;
  private static final long BACKSLASHES = '\\' * ONES;

  private final Sink sink;
  private final byte[] scratch = new byte[SCRATCH_BYTES];
  private int used;

  CanonicalJson(Sink sink) {
    this.sink = sink;
  }

  /** Gives out the value that starts at this place and returns the place after it. */
  int value(byte[] json, int start) {
    return switch (json[start]) {
      case '"' -> string(json, start);
      case '{', '[' -> structure(json, start);
      default -> literal(json, start);
    };
  }

  /** One byte that separates values. */
  void mark(int b) {
    put((byte) b);
  }

  /** Four bytes, lowest first. */
  void number(int n) {
    put((byte) n);
    put((byte) (n >> 8));
    put((byte) (n >> 16));
    put((byte) (n >> 24));
  }

  /** Hands over what is still held back. */
  void flush() {
    if (used > 0) {
      sink.put(scratch, 0, used);
      used = 0;
    }
  }

  /** Gives out a string's text without an end mark; returns the place after its closing quote. */
  int text(byte[] json, int start) {
    int at = start + 1;
    while (true) {
      int stop = quoteOrBackslash(json, at);
      run(json, at, stop);
      if (json[stop] == '"') {
        return stop + 1;
      }
      at = escape(json, stop + 1);
    }
  }

  private int string(byte[] json, int start) {
    int end = text(json, start);
    put(STRING_END);
    return end;
  }

  private int structure(byte[] json, int start) {
    int depth = 0;
    int at = start;
    do {
      byte b = json[at];
      if (b == '"') {
        at = string(json, at);
        continue;
      }
      at++;
      if (b == ' ' || b == '\n' || b == '\r' || b == '\t') {
        continue;
      }
      put(b);
      if (b == '{' || b == '[') {
        depth++;
      } else if (b == '}' || b == ']') {
        depth--;
      }
    } while (depth > 0);
    return at;
  }

  private int literal(byte[] json, int start) {
    int end = start;
    while (end < json.length && isLiteral(json[end])) {
      end++;
    }
    run(json, start, end);
    put(LITERAL_END);
    return end;
  }

  private static boolean isLiteral(byte b) {
    return b > ' ' && b != ',' && b != '}' && b != ']';
  }

  private static int quoteOrBackslash(byte[] json, int from) {
    int at = from;
    for (int last = json.length - Long.BYTES; at <= last; at += Long.BYTES) {
      long word = (long) LONGS.get(json, at);
      long quote = word ^ QUOTES;
      long backslash = word ^ BACKSLASHES;
      long hit = (((quote - ONES) & ~quote) | ((backslash - ONES) & ~backslash)) & HIGH_BITS;
      if (hit != 0) {
        return at + (Long.numberOfTrailingZeros(hit) >>> 3);
      }
    }
    while (json[at] != '"' && json[at] != '\\') {
      at++;
    }
    return at;
  }

  /** Decodes the escape after a backslash; a lone surrogate becomes three bytes of its own. */
  private int escape(byte[] json, int at) {
    byte b = json[at];
    switch (b) {
      case 'n' -> put((byte) '\n');
      case 't' -> put((byte) '\t');
      case 'r' -> put((byte) '\r');
      case 'b' -> put((byte) '\b');
      case 'f' -> put((byte) '\f');
      case 'u' -> {
        return unicode(json, at + 1);
      }
      default -> put(b);
    }
    return at + 1;
  }

  private int unicode(byte[] json, int at) {
    int unit = hex4(json, at);
    int next = at + 4;
    if (Character.isHighSurrogate((char) unit) && json[next] == '\\' && json[next + 1] == 'u') {
      int low = hex4(json, next + 2);
      if (Character.isLowSurrogate((char) low)) {
        codePoint(Character.toCodePoint((char) unit, (char) low));
        return next + 6;
      }
    }
    codePoint(unit);
    return next;
  }

  private static int hex4(byte[] json, int at) {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      value = (value << 4) | Character.digit(json[at + i], 16);
    }
    return value;
  }

  private void codePoint(int c) {
    if (c < 0x80) {
      put((byte) c);
    } else if (c < 0x800) {
      put((byte) (0xC0 | (c >> 6)));
      put((byte) (0x80 | (c & 0x3F)));
    } else {
      if (c < 0x10000) {
        put((byte) (0xE0 | (c >> 12)));
      } else {
        put((byte) (0xF0 | (c >> 18)));
        put((byte) (0x80 | ((c >> 12) & 0x3F)));
      }
      put((byte) (0x80 | ((c >> 6) & 0x3F)));
      put((byte) (0x80 | (c & 0x3F)));
    }
  }

  private void run(byte[] bytes, int from, int to) {
    int length = to - from;
    if (length >= DIRECT_RUN_BYTES) {
      flush();
      sink.put(bytes, from, to);
      return;
    }
    if (length > SCRATCH_BYTES - used) {
      flush();
    }
    System.arraycopy(bytes, from, scratch, used, length);
    used += length;
  }

  private void put(byte b) {
    if (used == SCRATCH_BYTES) {
      flush();
    }
    scratch[used++] = b;
  }
}
