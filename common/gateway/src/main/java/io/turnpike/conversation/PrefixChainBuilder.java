package io.turnpike.conversation;

import com.dynatrace.hash4j.hashing.HashStream128;
import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link PrefixChain} with XXH3-128 out of places in a request body that a parser has
 * accepted. First the seed ({@link #seed}, {@link #seedJson}), then either messages or one prompt,
 * then {@link #build}. Used once, by one thread.
 *
 * <p>The hash is fast, not cryptographic: it finds the KV cache a turn may reuse, and the engine
 * itself compares the tokens. The tenant is in the seed, so that no tenant meets another's links.
 */
public final class PrefixChainBuilder {

  /** A text has a link every 256 B up to here, */
  static final int FINE_UNTIL_BYTES = 16 * 1024;

  /** then every KiB up to here, then every 8 KiB. */
  static final int MEDIUM_UNTIL_BYTES = 128 * 1024;

  private static final int FINE_BYTES = 256;
  private static final int MEDIUM_BYTES = 1024;
  private static final int COARSE_BYTES = 8 * 1024;

  /** Marks from here on are no first byte of UTF-8. */
  private static final int FIRST_MARK = 0xF8;

  private final HashStream128 hash = Hashing.xxh3_128().hashStream();
  private final CanonicalJson canonical = new CanonicalJson(this::absorb);
  private @Nullable ChainLink seed;
  private long[] links = new long[16];
  private int used;
  private int rootIndex = -1;
  private boolean chopping;
  private long textBytes;
  private long bytesToBoundary;

  /** Adds a value to the seed; an absent value differs from an empty one. */
  public PrefixChainBuilder seed(@Nullable String value) {
    if (value == null) {
      hash.putInt(-1);
    } else {
      hash.putString(value).putInt(value.length());
    }
    return this;
  }

  /** Adds the JSON value at a place of the body to the seed; the place is −1 when it is absent. */
  public PrefixChainBuilder seedJson(byte[] body, int start) {
    canonical.mark(FIRST_MARK + (start < 0 ? 0 : 1));
    if (start >= 0) {
      canonical.value(body, start);
    }
    return this;
  }

  /** Adds one field of the message that is being built; its place is −1 when it is absent. */
  public void messageField(int number, byte[] body, int start) {
    endSeed();
    if (start >= 0) {
      canonical.mark(FIRST_MARK + number);
      canonical.value(body, start);
    }
  }

  /**
   * Ends a message: one link more.
   *
   * @param shared whether the message is one that many conversations begin with (system, developer)
   */
  public void endMessage(boolean shared) {
    endSeed();
    canonical.flush();
    if (!shared && rootIndex < 0) {
      rootIndex = used / 2;
    }
    link();
  }

  /** The whole prompt as a JSON string. */
  public void text(byte[] body, int start) {
    chop();
    canonical.text(body, start);
    canonical.flush();
  }

  /** The whole prompt as a JSON array of integers; each counts as four bytes. */
  public void tokenIds(byte[] body, int start) {
    chop();
    int at = start + 1;
    while (body[at] != ']') {
      byte b = body[at++];
      if (b >= '0' && b <= '9') {
        int id = b - '0';
        while (body[at] >= '0' && body[at] <= '9') {
          id = id * 10 + body[at++] - '0';
        }
        canonical.number(id);
      }
    }
    canonical.flush();
  }

  /** The chain. */
  public PrefixChain build() {
    ChainLink start = endSeed();
    long whole;
    if (chopping) {
      hash.putLong(textBytes);
      whole = hash.get().getLeastSignificantBits();
    } else {
      whole = used == 0 ? start.lo() : links[used - 1];
    }
    if (used > 0 && rootIndex < 0) {
      rootIndex = chopping ? 0 : used / 2 - 1;
    }
    return new PrefixChain(start, Arrays.copyOf(links, used), rootIndex, whole);
  }

  private void chop() {
    endSeed();
    chopping = true;
    bytesToBoundary = FINE_BYTES;
  }

  private void absorb(byte[] bytes, int from, int to) {
    if (!chopping) {
      hash.putBytes(bytes, from, to - from);
      return;
    }
    int at = from;
    while (at < to) {
      int piece = (int) Math.min(to - at, bytesToBoundary);
      hash.putBytes(bytes, at, piece);
      at += piece;
      textBytes += piece;
      bytesToBoundary -= piece;
      if (bytesToBoundary == 0) {
        link();
        bytesToBoundary = boundaryAfter(textBytes);
      }
    }
  }

  private static int boundaryAfter(long bytes) {
    if (bytes < FINE_UNTIL_BYTES) {
      return FINE_BYTES;
    }
    return bytes < MEDIUM_UNTIL_BYTES ? MEDIUM_BYTES : COARSE_BYTES;
  }

  private ChainLink endSeed() {
    if (seed == null) {
      canonical.flush();
      HashValue128 value = hash.get();
      seed = new ChainLink(value.getMostSignificantBits(), value.getLeastSignificantBits());
      restart(seed.hi(), seed.lo());
    }
    return seed;
  }

  private void link() {
    HashValue128 value = hash.get();
    if (used == links.length) {
      links = Arrays.copyOf(links, 2 * used);
    }
    links[used++] = value.getMostSignificantBits();
    links[used++] = value.getLeastSignificantBits();
    restart(value.getMostSignificantBits(), value.getLeastSignificantBits());
  }

  private void restart(long hi, long lo) {
    hash.reset();
    hash.putLong(hi).putLong(lo);
  }
}
