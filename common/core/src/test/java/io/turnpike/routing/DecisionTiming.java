package io.turnpike.routing;

import io.turnpike.cost.AnswerLengths;
import io.turnpike.cost.Engines;
import io.turnpike.node.Cluster;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.routing.RoutingView.Usability;
import io.turnpike.routing.TurnFacts.Holder;
import io.turnpike.turn.Effect;
import io.turnpike.turn.Effect.Burden;
import io.turnpike.turn.Effect.Slot;
import io.turnpike.turn.InflightLoad;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a decision of mode adaptive takes, in time and in allocated bytes, measured by hand: run its
 * main; docs/adaptive.md has what came of it. No test, because a time says nothing on a busy
 * machine.
 */
final class DecisionTiming {

  private static final int ROUNDS = 15;
  private static final int DECISIONS = 200_000;
  private static final int TURNS_EACH = 18;

  private final List<Node> nodes = new ArrayList<>();
  private final InflightLoad load = new InflightLoad(new AnswerLengths(), System::nanoTime);
  private final SplittableRandom random = new SplittableRandom(1);
  private final RoutingPolicy policy =
      RoutingPolicy.of(Mode.ADAPTIVE, node -> Engines.READING, new AnswerLengths());

  private DecisionTiming(int count) {
    for (int i = 0; i < count; i++) {
      Node node = Worlds.a("a" + i);
      nodes.add(node);
      for (int turn = 0; turn < TURNS_EACH; turn++) {
        Burden burden = new Burden(2_000, 200, 100, 100);
        load.reserve(new Effect.Reserve(Slot.ANSWER, node, burden)).promptDone();
      }
    }
  }

  public static void main(String[] args) {
    for (int count : new int[] {2, 4, 10, 32, 64, 1_000, 10_000}) {
      new DecisionTiming(count).measure();
    }
  }

  private void measure() {
    RoutingView view = new RoutingView(Cluster.of(nodes), load, Usability.ALL);
    double[] micros = new double[ROUNDS];
    double bytes = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long allocated = allocated();
      long began = System.nanoTime();
      decide(view);
      micros[round] = (System.nanoTime() - began) / 1e3 / DECISIONS;
      bytes = (allocated() - allocated) / (double) DECISIONS;
    }
    Arrays.sort(micros);
    System.out.printf(
        "%6d nodes, %d answers each: %.2f µs a decision (median of %d rounds; least %.2f), %.0f"
            + " B%n",
        nodes.size(), TURNS_EACH, micros[ROUNDS / 2], ROUNDS, micros[0], bytes);
  }

  private void decide(RoutingView view) {
    int splits = 0;
    for (int i = 0; i < DECISIONS; i++) {
      NodeId holder = nodes.get(random.nextInt(nodes.size())).id();
      Holder held = i % 3 == 0 ? null : new Holder(holder, new Epoch("s1"));
      TurnFacts turn = new TurnFacts("m", 1 + i % 3, held, 3_000, 2_000, 200, false, null);
      splits += policy.decide(turn, view, random).prefill() == null ? 0 : 1;
    }
    if (splits > DECISIONS) {
      throw new IllegalStateException("never: " + splits);
    }
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }
}
