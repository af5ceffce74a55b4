package io.turnpike.simulator.replay;

import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.routing.RoutingView.Usability;
import io.turnpike.turn.Effect.Fact;
import io.turnpike.turn.LegFault;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What turns taught the gateway about engines of late, by the numbers of its own {@code
 * EngineHealth}: a node is avoided for 2 s when three legs in a row broke or two turns in a row saw
 * no sign of life; a pair for 5 s, doubling to 60 s, when three handoffs in a row were lost.
 */
final class Repute implements Usability {

  private static final int MAX_BROKEN = 3;
  private static final int MAX_SILENT = 2;
  private static final int MAX_LOST = 3;
  private static final long NODE_PAUSE_NANOS = Duration.ofSeconds(2).toNanos();
  private static final long FIRST_PAUSE_NANOS = Duration.ofSeconds(5).toNanos();
  private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(60).toNanos();

  private record Pair(NodeId prefill, Epoch prefillLife, NodeId decode, Epoch decodeLife) {
    static Pair of(Node prefill, Node decode) {
      return new Pair(prefill.id(), prefill.epoch(), decode.id(), decode.epoch());
    }
  }

  /** Failures in a row. */
  private static final class Streak {
    int broken;
    int silent;
    int lost;
    long pauseNanos;
    long nextTryNanos;
  }

  private final LongSupplier clock;
  private final Map<NodeId, Streak> nodes = new HashMap<>();
  private final Map<Pair, Streak> pairs = new HashMap<>();

  Repute(LongSupplier clock) {
    this.clock = clock;
  }

  @Override
  public boolean node(Node node) {
    return nodes.isEmpty() || isDue(nodes.get(node.id()));
  }

  @Override
  public boolean lastResort(Node node) {
    return true;
  }

  @Override
  public boolean pair(Node prefill, Node decode) {
    return pairs.isEmpty() || isDue(pairs.get(Pair.of(prefill, decode)));
  }

  @Override
  public boolean alone(Node decode) {
    return decode.connector().decodesAlone();
  }

  private boolean isDue(@Nullable Streak streak) {
    return streak == null || clock.getAsLong() - streak.nextTryNanos >= 0;
  }

  /** A turn tries a handoff; of a pair that is left alone, one at a time does. */
  void tries(Node prefill, Node decode) {
    Streak streak = pairs.isEmpty() ? null : pairs.get(Pair.of(prefill, decode));
    if (streak != null && streak.pauseNanos > 0) {
      streak.nextTryNanos = clock.getAsLong() + streak.pauseNanos;
    }
  }

  void learn(Fact fact) {
    switch (fact) {
      case Fact.Answered(Node node) -> nodes.remove(node.id());
      case Fact.Broke(Node node, LegFault fault, var _) -> {
        if (fault != LegFault.BUSY && fault != LegFault.NONSENSE) {
          Streak streak = nodes.computeIfAbsent(node.id(), id -> new Streak());
          avoidFrom(streak, ++streak.broken, MAX_BROKEN);
        }
      }
      case Fact.Silent(Node node, boolean alive) -> {
        if (!alive) {
          Streak streak = nodes.computeIfAbsent(node.id(), id -> new Streak());
          avoidFrom(streak, ++streak.silent, MAX_SILENT);
        }
      }
      case Fact.HandedOff(Node prefill, Node decode) -> pairs.remove(Pair.of(prefill, decode));
      case Fact.HandoffLost(Node prefill, Node decode) -> lost(Pair.of(prefill, decode));
    }
  }

  private void avoidFrom(Streak streak, int failures, int most) {
    if (failures >= most) {
      streak.nextTryNanos = clock.getAsLong() + NODE_PAUSE_NANOS;
    }
  }

  private void lost(Pair pair) {
    Streak streak = pairs.computeIfAbsent(pair, absent -> new Streak());
    if (++streak.lost >= MAX_LOST) {
      long longer = streak.pauseNanos == 0 ? FIRST_PAUSE_NANOS : 2 * streak.pauseNanos;
      streak.pauseNanos = Math.min(longer, LONGEST_PAUSE_NANOS);
      streak.nextTryNanos = clock.getAsLong() + streak.pauseNanos;
    }
  }
}
