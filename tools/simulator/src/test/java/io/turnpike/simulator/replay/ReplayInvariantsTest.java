package io.turnpike.simulator.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.cost.EngineLimits;
import io.turnpike.cost.EngineProfile;
import io.turnpike.cost.HandoffCosts;
import io.turnpike.cost.NodeWork;
import io.turnpike.node.NodeId;
import io.turnpike.routing.Mode;
import io.turnpike.simulator.engine.EngineStats;
import io.turnpike.simulator.profile.Profiles;
import io.turnpike.simulator.replay.EngineFailure.Kind;
import io.turnpike.simulator.workload.SyntheticSessions;
import io.turnpike.simulator.workload.WorkloadSpec;
import io.turnpike.simulator.workload.WorkloadSpec.Answers;
import io.turnpike.turn.TurnRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Random small clusters and loads, with engines that fail and without: every turn ends once, and
 * nothing is left over.
 */
class ReplayInvariantsTest {

  private static final int SEEDS = 2000;
  private static final int FAILING_SEEDS = 1000;
  private static final List<Kind> KINDS = List.of(Kind.values());
  private static final String[] SHAPES = {
    "1P1D", "2P1D", "1P2D", "2P2D", "1R", "3R", "1R1P2D", "1D", "2P3D", "1A", "3A", "1P2A1R"
  };

  /** What is left of a run. */
  private record Played(WorkloadSpec workload, int count, Replay replay, RunFacts facts) {}

  @Test
  void everyTurnEndsOnce_andNothingIsLeftOver() {
    for (int seed = 0; seed < SEEDS; seed++) {
      try {
        everyTurnIsAnswered(seed);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  @Test
  void everyTurnEndsOnce_andNothingIsLeftOver_whateverFails() {
    for (int seed = 0; seed < FAILING_SEEDS; seed++) {
      try {
        everyTurnEnds(seed);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static Played play(int seed, UnaryOperator<ClusterSpec> with, List<TurnResult> results) {
    Random random = new Random(seed);
    WorkloadSpec workload = workload(random);
    int count = 1 + random.nextInt(12);
    double perSecond = 0.5 + random.nextInt(40);
    SyntheticSessions sessions =
        new SyntheticSessions(workload, perSecond, count, new SplittableRandom(seed));
    Replay replay = new Replay(with.apply(cluster(random)), sessions, seed, results::add);
    RunFacts facts = replay.run(() -> replay.engines().forEach(e -> e.verify(replay.nowNanos())));
    return new Played(workload, count, replay, facts);
  }

  private static void everyTurnEnds(int seed) {
    Random random = new Random(seed + 1_000_000L);
    List<TurnResult> results = new ArrayList<>();
    Played played = play(seed, cluster -> failing(cluster, random), results);

    Set<String> ended = new HashSet<>();
    results.forEach(r -> assertThat(ended.add(r.session() + "#" + r.turn())).isTrue());
    assertThat(ended).hasSize(played.count * played.workload.turns());
    nothingIsLeftOver(played);
  }

  private static ClusterSpec failing(ClusterSpec cluster, Random random) {
    List<EngineFailure> failures = new ArrayList<>();
    for (EngineSpec engine : cluster.engines()) {
      if (random.nextInt(3) > 0) {
        Kind kind = KINDS.get(random.nextInt(KINDS.size()));
        long from = (long) (random.nextDouble() * 3e9);
        long to = from + 1 + (long) (random.nextDouble() * random.nextDouble() * 200e9);
        failures.add(new EngineFailure(engine.name(), kind, from, to));
      }
    }
    TurnRules rules = random.nextInt(4) > 0 ? TurnRules.DEFAULT : ClusterSpec.NO_DEADLINES;
    return cluster.withFailures(failures).withRules(rules);
  }

  private static void everyTurnIsAnswered(int seed) {
    List<TurnResult> results = new ArrayList<>();
    Played played = play(seed, cluster -> cluster, results);
    WorkloadSpec workload = played.workload;

    Set<String> ended = new HashSet<>();
    for (TurnResult result : results) {
      assertThat(ended.add(result.session() + "#" + result.turn())).isTrue();
      assertThat(result.isAnswered()).isTrue();
      assertThat(result.outputTokens()).isEqualTo(workload.outputTokens());
      assertThat(result.dueNanos()).isLessThanOrEqualTo(result.sentNanos());
      assertThat(result.sentNanos()).isLessThan(result.firstNanos());
      assertThat(result.firstNanos()).isLessThanOrEqualTo(result.endNanos());
      assertThat(result.cachedTokens()).isLessThan(result.promptTokens());
    }
    assertThat(ended).hasSize(played.count * workload.turns());
    nothingIsLeftOver(played);
  }

  private static void nothingIsLeftOver(Played played) {
    for (EngineStats engine : played.facts.engines()) {
      assertThat(engine.freeBlocks()).isEqualTo(engine.kvBlocks());
      assertThat(engine.leases()).isZero();
    }
    for (VirtualEngine engine : played.replay.engines()) {
      NodeWork work = new NodeWork();
      NodeId id = new NodeId(engine.spec.name());
      played.replay.world().load().tell(id, work);
      assertThat(played.replay.world().load().inflightTokens(id)).isZero();
      assertThat(work.promptTokens).isZero();
      assertThat(work.decodes + work.committed + work.handedOver).isZero();
      assertThat(work.contextTokens + work.committedContext).isZero();
      assertThat(engine.silent).isZero();
      assertThat(engine.core.live()).isZero();
    }
  }

  private static WorkloadSpec workload(Random random) {
    return new WorkloadSpec(
        "w",
        1 + random.nextInt(300),
        1 + random.nextInt(60),
        1 + random.nextInt(4),
        0,
        random.nextInt(2) * 500_000_000L,
        random.nextInt(3) * 40,
        random.nextBoolean() ? Answers.HIT : Answers.MISS);
  }

  private static ClusterSpec cluster(Random random) {
    EngineLimits limits =
        new EngineLimits(
            32 + random.nextInt(500), 1 + random.nextInt(16), 1700L + random.nextInt(3000), 131072);
    EngineProfile profile = Profiles.builtIn(Profiles.DEFAULT).with(limits);
    Mode[] modes = Mode.values();
    HandoffCosts costs = random.nextBoolean() ? HandoffCosts.NIXL : HandoffCosts.P2P_NCCL;
    NetworkProfile[] networks = NetworkProfile.values();
    return ClusterSpec.of(
            SHAPES[random.nextInt(SHAPES.length)], profile, modes[random.nextInt(modes.length)])
        .with(costs, networks[random.nextInt(networks.length)])
        .withConnections(random.nextBoolean() ? ClusterSpec.UNLIMITED : 1 + random.nextInt(4))
        .withGatewayNanos(random.nextInt(2) * 1_000_000L);
  }
}
