package io.turnpike.registry.zmq;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many packets each peer sent in the present second, and all together. An engine pings every 3
 * s. One thread.
 */
final class PeerRates {

  private static final int MAX_PEERS = 4096;
  private static final long SECOND_NANOS = 1_000_000_000L;

  private final int perPeer;
  private final int together;
  private final Map<String, int[]> counts =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, int[]> eldest) {
          return size() > MAX_PEERS;
        }
      };
  private long second = Long.MIN_VALUE;
  private int total;

  /**
   * @param perPeer packets a second of one peer
   * @param together packets a second of all peers
   */
  PeerRates(int perPeer, int together) {
    this.perPeer = perPeer;
    this.together = together;
  }

  /** Counts one packet and says whether it may be looked at. */
  boolean admits(String peer, long nowNanos) {
    long now = Math.floorDiv(nowNanos, SECOND_NANOS);
    if (now != second) {
      second = now;
      total = 0;
      counts.clear();
    }
    if (total >= together || ++counts.computeIfAbsent(peer, _ -> new int[1])[0] > perPeer) {
      return false;
    }
    total++;
    return true;
  }
}
