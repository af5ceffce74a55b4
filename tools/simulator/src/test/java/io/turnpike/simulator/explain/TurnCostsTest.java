package io.turnpike.simulator.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.turnpike.cost.EngineCosts;
import io.turnpike.cost.EngineProfile;
import io.turnpike.cost.HandoffCosts;
import io.turnpike.cost.PathPrice;
import io.turnpike.cost.Term;
import io.turnpike.routing.Mode;
import io.turnpike.simulator.explain.TurnCosts.Question;
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

  private static TurnCosts costs(Question question, HandoffCosts handoff) {
    return TurnCosts.of(question, EngineCosts.of(PROFILE, handoff, 600, 0), 0);
  }

  @Test
  void shortNewPart_isCheaperDirect() {
    TurnCosts costs = costs(new Question(6000, 256, 200, 200, 0, 0, 0), HandoffCosts.P2P_NCCL);

    assertThat(costs.viaPrefill().total()).isGreaterThan(costs.direct().total());
    assertThat(costs.direct().of(Term.NEIGHBOURS)).isZero();
    assertThat(costs.direct().decides(costs.viaPrefill())).isEqualTo(Term.HANDOFF);
  }

  @Test
  void longPromptBesideManyDecodes_isCheaperViaPrefill() {
    TurnCosts costs = costs(new Question(6000, 256, 6000, 6000, 40, 0, 0), HandoffCosts.NIXL);

    double compute = 6000 * 0.0246 + 0.42e-6 * 6000 * 6000 + 2.7;
    double step = 7.93 + 40 * (0.03 + 6000 * 0.00005);
    assertThat(costs.direct().of(Term.NEIGHBOURS) - costs.viaPrefill().of(Term.NEIGHBOURS))
        .isCloseTo((compute - step) * 40, within(1e-6));
    assertThat(costs.direct().total()).isGreaterThan(costs.viaPrefill().total());
    assertThat(costs.viaPrefill().decides(costs.direct())).isEqualTo(Term.NEIGHBOURS);
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

    TurnCosts costs = costs(new Question(3360, 160, 1760, 1760, 0, 0, 0), handoff);
    PathPrice path = mode == Mode.PD ? costs.viaPrefill() : costs.direct();
    // What its context adds to D's step is not in it.
    assertThat(results.getLast().ttftMillis()).isCloseTo(path.firstTokenMillis(), within(2.0));
    double rest = results.getLast().endToEndMillis() - results.getLast().ttftMillis();
    assertThat(path.of(Term.PACE)).isCloseTo(rest, within(0.01 * rest));
  }
}
