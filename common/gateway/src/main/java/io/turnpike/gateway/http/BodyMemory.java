package io.turnpike.gateway.http;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What request bodies take of the memory, of all clients together, and how many are on their way.
 * Bounds per request alone would not help: ten thousand of them may be there at once. Thread-safe.
 *
 * <p>What is counted are the arrays that hold bodies: not what is announced, so that a client that
 * sends nothing takes nothing. The copy of a body that goes to an engine is beside it, as long as
 * the engine takes it.
 */
public final class BodyMemory {

  private final long maxBytes;
  private final int maxUploads;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicInteger uploads = new AtomicInteger();

  /**
   * @param maxBytes of all bodies that are held
   * @param maxUploads requests whose body has not come to its end
   */
  public BodyMemory(long maxBytes, int maxUploads) {
    this.maxBytes = maxBytes;
    this.maxUploads = maxUploads;
  }

  /** Bytes held now. */
  public long bytes() {
    return bytes.get();
  }

  /** The bound on them. */
  public long maxBytes() {
    return maxBytes;
  }

  /** Uploads under way. */
  public int uploads() {
    return uploads.get();
  }

  /** Whether so many more bytes could be taken at this moment. */
  boolean hasRoomFor(long more) {
    return bytes.get() + more <= maxBytes;
  }

  boolean take(long more) {
    if (bytes.addAndGet(more) <= maxBytes) {
      return true;
    }
    bytes.addAndGet(-more);
    return false;
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
