package io.turnpike.simulator.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.routing.Mode;
import io.turnpike.simulator.handoff.HandoffCosts;
import io.turnpike.simulator.profile.EngineLimits;
import io.turnpike.simulator.profile.EngineProfile;
import io.turnpike.simulator.profile.Profiles;
import io.turnpike.simulator.workload.SyntheticSessions;
import io.turnpike.simulator.workload.WorkloadSpec;
import io.turnpike.simulator.workload.WorkloadSpec.Answers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Random small clusters and loads: every turn ends once, and nothing is left over. */
class ReplayInvariantsTest {

  private static final int SEEDS = 2000;
  private static final String[] SHAPES = {
    "1P1D", "2P1D", "1P2D", "2P2D", "1R", "3R", "1R1P2D", "1D", "2P3D"
  };

  @Test
  void everyTurnEndsOnce_andNothingIsLeftOver() {
    for (int seed = 0; seed < SEEDS; seed++) {
      try {
        play(seed);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static void play(int seed) {
    Random random = new Random(seed);
    WorkloadSpec workload = workload(random);
    int count = 1 + random.nextInt(12);
    double perSecond = 0.5 + random.nextInt(40);
    List<TurnResult> results = new ArrayList<>();
    SyntheticSessions sessions =
        new SyntheticSessions(workload, perSecond, count, new SplittableRandom(seed));
    Replay replay = new Replay(cluster(random), sessions, seed, results::add);
    RunFacts facts =
        replay.run(() -> replay.engines().forEach(e -> e.core.verify(replay.nowNanos())));

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
    assertThat(ended).hasSize(count * workload.turns());
    facts.engines().forEach(engine -> assertThat(engine.freeBlocks()).isEqualTo(engine.kvBlocks()));
    facts.engines().forEach(engine -> assertThat(engine.leases()).isZero());
    replay.engines().forEach(engine -> assertThat(engine.inflightTokens).isZero());
    replay.engines().forEach(engine -> assertThat(engine.silent).isZero());
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
    Mode mode = random.nextBoolean() ? Mode.PD : Mode.PPD;
    HandoffCosts costs = random.nextBoolean() ? HandoffCosts.NIXL : HandoffCosts.P2P_NCCL;
    NetworkProfile[] networks = NetworkProfile.values();
    return ClusterSpec.of(SHAPES[random.nextInt(SHAPES.length)], profile, mode)
        .with(costs, networks[random.nextInt(networks.length)])
        .withConnections(random.nextBoolean() ? ClusterSpec.UNLIMITED : 1 + random.nextInt(4))
        .withGatewayNanos(random.nextInt(2) * 1_000_000L);
  }
}
