package io.turnpike.e2e;

import io.turnpike.e2e.ChaosClients.End;
import io.turnpike.e2e.ChaosClients.Turn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether what clients saw is excused by what was done: an error is honest while there was no
 * capacity for the turn, also in mid-stream, or its own gateway was struck; nothing else is, and a
 * wrong text never.
 */
final class ChaosVerdict {

  private static final Duration STEP = Duration.ofMillis(100);

  private final List<ChaosStrike> strikes;
  private final Duration within;
  private final Map<String, Integer> excused = new TreeMap<>();
  private final List<String> faults = new ArrayList<>();

  /**
   * @param within how long a turn takes at most
   */
  ChaosVerdict(List<ChaosStrike> strikes, List<Turn> turns, Duration within) {
    this.strikes = strikes;
    this.within = within;
    turns.forEach(this::judge);
  }

  /** Turns that failed and why they might, with their numbers. */
  Map<String, Integer> excused() {
    return excused;
  }

  /** What must not have happened. */
  List<String> faults() {
    return faults;
  }

  private void judge(Turn turn) {
    boolean gatewayStruck = touches(turn.gateway(), turn.fromNanos(), turn.toNanos());
    Duration took = Duration.ofNanos(turn.toNanos() - turn.fromNanos());
    if (took.compareTo(within) > 0 && !gatewayStruck) {
      faults.add("took " + took + ": " + turn);
    }
    if (turn.end() == End.RIGHT) {
      return;
    }
    String excuse = excuse(turn, gatewayStruck);
    if (excuse == null) {
      faults.add(turn.toString());
    } else {
      excused.merge(excuse, 1, Integer::sum);
    }
  }

  private String excuse(Turn turn, boolean gatewayStruck) {
    if (turn.end() == End.WRONG) {
      return null;
    }
    if (gatewayStruck) {
      return "its gateway was struck";
    }
    return lackedCapacity(turn) ? "no engine was left for it" : null;
  }

  private static List<String> engines(Turn turn) {
    return turn.gateway().equals("replication")
        ? List.of("replica-1", "replica-2")
        : List.of("decode-1", "decode-2", "decode-3");
  }

  private boolean touches(String target, long from, long to) {
    return strikes.stream().anyMatch(s -> s.target().equals(target) && s.mayTouch(from, to));
  }

  /** Whether all engines that could have answered may have been struck at one moment. */
  private boolean lackedCapacity(Turn turn) {
    List<String> engines = engines(turn);
    for (long at = turn.fromNanos(); at <= turn.toNanos(); at += STEP.toNanos()) {
      long moment = at;
      if (engines.stream().allMatch(engine -> touches(engine, moment, moment))) {
        return true;
      }
    }
    return false;
  }
}
