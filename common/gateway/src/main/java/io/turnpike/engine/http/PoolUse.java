package io.turnpike.engine.http;

/**
 * What connections to engines are at.
 *
 * @param open connections that stand
 * @param idle those of them that carry nothing
 * @param waiting legs that wait for one
 */
public record PoolUse(int open, int idle, int waiting) {

  /** No connection. */
  public static final PoolUse NONE = new PoolUse(0, 0, 0);

  /** Both together. */
  public PoolUse plus(PoolUse other) {
    return new PoolUse(open + other.open, idle + other.idle, waiting + other.waiting);
  }
}
