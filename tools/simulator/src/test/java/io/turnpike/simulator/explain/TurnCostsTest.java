package io.turnpike.simulator.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.turnpike.routing.Mode;
import io.turnpike.simulator.explain.TurnCosts.Question;
import io.turnpike.simulator.handoff.HandoffCosts;
import io.turnpike.simulator.profile.EngineProfile;
import io.turnpike.simulator.profile.Profiles;
import io.turnpike.simulator.replay.ClusterSpec;
import io.turnpike.simulator.replay.NetworkProfile;
import io.turnpike.simulator.replay.Replay;
import io.turnpike.simulator.replay.TurnResult;
import io.turnpike.simulator.workload.SyntheticSessions;
import io.turnpike.simulator.workload.WorkloadSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TurnCostsTest {

  private static final EngineProfile PROFILE = Profiles.builtIn(Profiles.DEFAULT);

  private static TurnCosts costs(Question question) {
    return TurnCosts.of(question, PROFILE, HandoffCosts.P2P_NCCL);
  }

  @Test
  void shortNewPart_isCheaperDirect() {
    TurnCosts costs = costs(new Question(6000, 200, 200, 0, 0, 0, 0, 2));

    assertThat(TurnCosts.sum(costs.viaPrefill())).isGreaterThan(TurnCosts.sum(costs.direct()));
    assertThat(costs.harm().millis()).isZero();
  }

  @Test
  void longPromptBesideManyDecodes_isCheaperViaPrefill() {
    TurnCosts costs = costs(new Question(6000, 6000, 6000, 40, 0, 0, 0, 2));

    assertThat(costs.harm().millis()).isCloseTo(2 * (6000 * 0.0246 - 7.93) * 4, within(1e-6));
    assertThat(TurnCosts.sum(costs.direct()) + costs.harm().millis())
        .isGreaterThan(TurnCosts.sum(costs.viaPrefill()));
  }

  /** What is explained is what happens: the second turn of a conversation on idle engines. */
  @ParameterizedTest
  @CsvSource({"PD,p2p-nccl", "PPD,p2p-nccl", "PD,nixl", "PPD,nixl"})
  void idleEngines_takeAsLongAsExplained(Mode mode, String connector) {
    HandoffCosts handoff = HandoffCosts.of(connector);
    ClusterSpec cluster =
        ClusterSpec.of("1P1D", PROFILE, mode).with(handoff, NetworkProfile.NVLINK);
    WorkloadSpec twoTurns = WorkloadSpec.conversation("two", 1600, 160, 2);
    List<TurnResult> results = new ArrayList<>();
    new Replay(
            cluster,
            new SyntheticSessions(twoTurns, 1, 1, new SplittableRandom(1)),
            1,
            results::add)
        .run();

    Question second = new Question(3360, 1760, 1760, 0, 0, 0, 0, 2);
    TurnCosts costs = TurnCosts.of(second, PROFILE, handoff);
    double explained = TurnCosts.sum(mode == Mode.PD ? costs.viaPrefill() : costs.direct());
    // The KV's way over NVLink, and what its context adds to D's step, is not in it.
    assertThat(results.getLast().ttftMillis()).isCloseTo(explained, within(2.0));
  }
}
