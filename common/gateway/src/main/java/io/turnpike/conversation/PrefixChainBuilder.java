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

  /** Marks from here on are no first byte of UTF-8. */
  private static final int FIRST_MARK = 0xF8;

  private final HashStream128 hash = Hashing.xxh3_128().hashStream();
  private final CanonicalJson canonical = new CanonicalJson(this::absorb);
  private @Nullable ChainLink seed;
  private long[] links = new long[16];
  private int used;
  private int rootIndex = -1;
  private @Nullable PromptPlace prompt;
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

  /** Adds whose request it is to the seed. */
  public PrefixChainBuilder tenant(Tenant tenant) {
    hash.putLong(tenant.hi()).putLong(tenant.lo());
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
    chop(new PromptPlace(body, start, PromptPlace.Kind.TEXT));
  }

  /** The whole prompt as a JSON array of integers; each counts as four bytes. */
  public void tokenIds(byte[] body, int start) {
    chop(new PromptPlace(body, start, PromptPlace.Kind.TOKEN_IDS));
  }

  /** The chain. A text or token prompt's chain holds the body, to look at it again. */
  public PrefixChain build() {
    ChainLink start = endSeed();
    long[] all = Arrays.copyOf(links, used);
    if (prompt != null) {
      long whole = PromptHash.end(hash, textBytes);
      return new PrefixChain(start, all, used == 0 ? -1 : 0, whole, prompt, textBytes);
    }
    long whole = used == 0 ? start.lo() : links[used - 1];
    return new PrefixChain(start, all, rootIndex, whole, null, Placement.NO_TEXT);
  }

  private void chop(PromptPlace place) {
    endSeed();
    prompt = place;
    bytesToBoundary = PromptBoundaries.bytesToNext(0);
    place.walk(canonical);
  }

  private void absorb(byte[] bytes, int from, int to) {
    if (prompt == null) {
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
        bytesToBoundary = PromptBoundaries.bytesToNext(textBytes);
      }
    }
  }

  private ChainLink endSeed() {
    if (seed == null) {
      canonical.flush();
      HashValue128 value = hash.get();
      seed = new ChainLink(value.getMostSignificantBits(), value.getLeastSignificantBits());
      PromptHash.startAt(hash, seed);
    }
    return seed;
  }

  private void link() {
    HashValue128 value = hash.get();
    if (used == links.length) {
      links = Arrays.copyOf(links, 2 * used);
    }
    ChainLink link = new ChainLink(value.getMostSignificantBits(), value.getLeastSignificantBits());
    links[used++] = link.hi();
    links[used++] = link.lo();
    PromptHash.startAt(hash, link);
  }
}
