package io.turnpike.registry.zmq;

import java.util.HashMap;
import java.util.Map;

/** How many connections there are, in all and from each address. One thread. */
final class PeerBounds {

  private final int most;
  private final int mostOfOne;
  private final Map<String, Integer> byAddress = new HashMap<>();
  private int all;

  /**
   * @param most connections at once; one address may have a quarter of them
   */
  PeerBounds(int most) {
    this.most = most;
    this.mostOfOne = Math.max(1, most / 4);
  }

  /** Takes a connection in; false if there is no room. */
  boolean enters(String address) {
    if (all >= most || byAddress.getOrDefault(address, 0) >= mostOfOne) {
      return false;
    }
    all++;
    byAddress.merge(address, 1, Integer::sum);
    return true;
  }

  /** A connection that was taken in has ended. */
  void leaves(String address) {
    all--;
    byAddress.computeIfPresent(address, (_, count) -> count > 1 ? count - 1 : null);
  }
}
