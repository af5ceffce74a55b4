package io.turnpike.gateway.http;

import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What request bodies take of the memory, of all clients together, and how many are on their way.
 * Bounds per request alone would not help: ten thousand of them may be there at once. Thread-safe.
 *
 * <p>What is counted are the arrays that hold bodies: not what is announced, so that a client that
 * sends nothing takes nothing. The copy of a body that goes to an engine is beside it, as long as
 * the engine takes it.
 *
 * <p>Some bodies are only kept in case that an answer breaks off. Turns leave them here and take
 * them back, so that whoever needs room, on whatever thread, may give up the oldest of them instead
 * of being refused. Rejected: to ask the loops of their turns to do it, for which a newcomer would
 * have to wait, or be let in beyond the bound.
 */
public final class BodyMemory {

  private final long maxBytes;
  private final int maxUploads;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicInteger uploads = new AtomicInteger();

  /** Bodies that may be given up, oldest first; guards itself, and them while they are in it. */
  private final SequencedSet<GatheredBody> kept = new LinkedHashSet<>();

  private final AtomicLong keptBytes = new AtomicLong();
  private final AtomicLong givenUp = new AtomicLong();

  /**
   * @param maxBytes of all bodies that are held
   * @param maxUploads requests whose body has not come to its end
   */
  public BodyMemory(long maxBytes, int maxUploads) {
    this.maxBytes = maxBytes;
    this.maxUploads = maxUploads;
  }

  /** Bytes held now. */
  long bytes() {
    return bytes.get();
  }

  /** Those of them that make room for others. */
  public long keptBytes() {
    return keptBytes.get();
  }

  /** Those of them that do not. */
  public long neededBytes() {
    return bytes.get() - keptBytes.get();
  }

  /** The bound on all of them. */
  public long maxBytes() {
    return maxBytes;
  }

  /** Uploads under way. */
  public int uploads() {
    return uploads.get();
  }

  /** Bodies given up so far, so that others could be taken. */
  public long givenUp() {
    return givenUp.get();
  }

  /** Whether so many more bytes could be taken at this moment. */
  boolean hasRoomFor(long more) {
    return neededBytes() + more <= maxBytes;
  }

  /** Takes so many more, for which kept bodies are given up if need be. */
  boolean take(long more) {
    while (bytes.addAndGet(more) > maxBytes) {
      bytes.addAndGet(-more);
      if (!hasRoomFor(more) || !giveUpOldest()) {
        return false;
      }
    }
    return true;
  }

  private boolean giveUpOldest() {
    synchronized (kept) {
      if (kept.isEmpty()) {
        return false;
      }
      GatheredBody oldest = kept.removeFirst();
      keptBytes.addAndGet(-oldest.bytes().length);
      oldest.giveUp();
      givenUp.incrementAndGet();
      return true;
    }
  }

  /** From now on it may be given up. */
  void keep(GatheredBody body) {
    synchronized (kept) {
      kept.add(body);
      keptBytes.addAndGet(body.bytes().length);
    }
  }

  /** From now on it may not; false: it was. */
  boolean takeBack(GatheredBody body) {
    synchronized (kept) {
      boolean there = kept.remove(body);
      if (there) {
        keptBytes.addAndGet(-body.bytes().length);
      }
      return there;
    }
  }

  void give(long fewer) {
    bytes.addAndGet(-fewer);
  }

  boolean beginUpload() {
    if (uploads.incrementAndGet() <= maxUploads) {
      return true;
    }
    uploads.decrementAndGet();
    return false;
  }

  void endUpload() {
    uploads.decrementAndGet();
  }
}
