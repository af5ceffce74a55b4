package io.turnpike.routing;

import io.turnpike.node.Node;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Highest-random-weight hashing (Thaler and Ravishankar, 1998): everybody who sees the same nodes
 * chooses the same one for a key, and a node that leaves spreads its keys over all others.
 */
final class Rendezvous {

  private Rendezvous() {}

  /** The node of a key, or null if there is none. */
  static @Nullable Node choose(List<Node> nodes, long key) {
    Node best = null;
    long highest = 0;
    for (Node node : nodes) {
      long weight = mix(key ^ hash(node.id().value()));
      if (best == null || Long.compareUnsigned(weight, highest) > 0) {
        best = node;
        highest = weight;
      }
    }
    return best;
  }

  /** FNV-1a over the name's characters: the same in every process. */
  private static long hash(String name) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
    }
    return mix(hash);
  }

  /** The finaliser of SplitMix64. */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
