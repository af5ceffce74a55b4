package io.turnpike.conversation;

import org.jspecify.annotations.Nullable;

/**
 * A request's content as hashes: one link per chat message, or per fixed boundary of a text or
 * token prompt, each over everything before it. A later turn of a conversation contains an earlier
 * turn's last link, whatever its client did to the engine's reply in between. Immutable.
 *
 * <p>A chain without links (a text shorter than the first boundary) ends in its seed, so two of
 * them with the same model, tenant and tools look alike; {@link #wholeHash} still tells them apart.
 */
public final class PrefixChain {

  private final long seedHi;
  private final long seedLo;
  private final long[] links;
  private final int rootIndex;
  private final long wholeHash;
  private final @Nullable PromptPlace prompt;
  private final long promptBytes;

  /**
   * @param seed hash of what comes before the first link
   * @param links two longs a link, high half first
   * @param rootIndex index of the root link, or −1 when the end is the root
   * @param wholeHash hash of the whole request's prompt
   * @param prompt a text or token prompt; null for a chat, whose links are its messages
   * @param promptBytes decoded bytes of the prompt, or {@link Placement#NO_TEXT}
   */
  PrefixChain(
      ChainLink seed,
      long[] links,
      int rootIndex,
      long wholeHash,
      @Nullable PromptPlace prompt,
      long promptBytes) {
    this.seedHi = seed.hi();
    this.seedLo = seed.lo();
    this.links = links;
    this.rootIndex = rootIndex;
    this.wholeHash = wholeHash;
    this.prompt = prompt;
    this.promptBytes = promptBytes;
  }

  /** The same links and hashes without the prompt's own bytes: nothing is compared with it. */
  PrefixChain withoutPrompt() {
    return prompt == null
        ? this
        : new PrefixChain(
            new ChainLink(seedHi, seedLo), links, rootIndex, wholeHash, null, promptBytes);
  }

  /** Number of links. */
  public int size() {
    return links.length / 2;
  }

  /** High half of a link. */
  public long hi(int index) {
    return links[2 * index];
  }

  /** Low half of a link. */
  public long lo(int index) {
    return links[2 * index + 1];
  }

  /** The last link, or the seed when there is none. */
  public ChainLink end() {
    return linkBefore(size());
  }

  /**
   * The link up to and including the first message that is neither {@code system} nor {@code
   * developer} (of a text: its first link), so that a shared system prompt alone does not decide;
   * the {@link #end} when there is none.
   */
  public ChainLink root() {
    return rootIndex < 0 ? end() : new ChainLink(hi(rootIndex), lo(rootIndex));
  }

  /** {@link #root} in 64 bits; for a chain without links the hash of the whole request. */
  public long rootHash() {
    return rootIndex < 0 ? wholeHash : lo(rootIndex);
  }

  /** A hash of the whole prompt, also of what comes after the last link. */
  public long wholeHash() {
    return wholeHash;
  }

  /** Decoded bytes of a text or token prompt; {@link Placement#NO_TEXT} for a chat. */
  long promptBytes() {
    return promptBytes;
  }

  /**
   * Whether this prompt begins with the whole of an earlier one, to its end. A chat's last link is
   * its end. A text mostly goes on after its last link, so that what follows is hashed once more.
   */
  boolean contains(Placement earlier) {
    int covered = linksUpTo(earlier.end().hi(), earlier.end().lo());
    if (prompt == null) {
      return covered > 0;
    }
    if (covered < 0) {
      return false;
    }
    long from = PromptBoundaries.bytes(covered);
    long to = earlier.promptBytes();
    if (to < from || to >= promptBytes) {
      return to == promptBytes && earlier.wholeHash() == wholeHash;
    }
    return PromptHash.of(prompt, linkBefore(covered), from, to) == earlier.wholeHash();
  }

  /** Whether this prompt, which contains an earlier one, is that very prompt. */
  boolean isWhole(Placement earlier) {
    return end().equals(earlier.end())
        && promptBytes == earlier.promptBytes()
        && wholeHash == earlier.wholeHash();
  }

  /** At least how many of an earlier prompt's tokens this one begins with, as far as links tell. */
  long commonTokens(Placement earlier) {
    int covered = linksUpTo(earlier.end().hi(), earlier.end().lo());
    if (covered <= 0) {
      return 0;
    }
    if (prompt == null) {
      return earlier.promptTokens();
    }
    double part = (double) PromptBoundaries.bytes(covered) / earlier.promptBytes();
    return (long) (earlier.promptTokens() * part);
  }

  private ChainLink linkBefore(int covered) {
    return covered == 0
        ? new ChainLink(seedHi, seedLo)
        : new ChainLink(hi(covered - 1), lo(covered - 1));
  }

  /** How many links there are up to and including this one; 0 for the seed, −1 if it is absent. */
  public int linksUpTo(long hi, long lo) {
    for (int i = links.length - 2; i >= 0; i -= 2) {
      if (links[i + 1] == lo && links[i] == hi) {
        return i / 2 + 1;
      }
    }
    return hi == seedHi && lo == seedLo ? 0 : -1;
  }
}
