package io.turnpike.launcher.job;

import java.util.HashSet;
import java.util.Set;
import java.util.function.IntPredicate;

/** Gives each process ports of its own: the usual ones, or the next that are free. */
final class PortFinder {

  private static final int LAST = 65_535;

  private final IntPredicate isFree;
  private final Set<Integer> given = new HashSet<>();

  /**
   * @param isFree whether nobody else listens on a port
   */
  PortFinder(IntPredicate isFree) {
    this.isFree = isFree;
  }

  /** Takes a port that somebody has chosen, whether it is free or not. */
  int take(int port) {
    given.add(port);
    return port;
  }

  /** The first port from there on that nobody has. */
  int from(int base) {
    return from(base, 1);
  }

  /** The first of that many neighbouring ports that nobody has. */
  int from(int base, int count) {
    for (int first = base; first + count - 1 <= LAST; first++) {
      if (isOpen(first, count)) {
        for (int port = first; port < first + count; port++) {
          given.add(port);
        }
        return first;
      }
    }
    throw new IllegalStateException("no " + count + " free ports from " + base + " on");
  }

  private boolean isOpen(int first, int count) {
    for (int port = first; port < first + count; port++) {
      if (given.contains(port) || !isFree.test(port)) {
        return false;
      }
    }
    return true;
  }
}
