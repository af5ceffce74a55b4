package io.turnpike.simulator.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.turnpike.simulator.explain.TurnCosts.Question;
import io.turnpike.simulator.handoff.HandoffCosts;
import io.turnpike.simulator.profile.EngineProfile;
import io.turnpike.simulator.profile.Profiles;
import org.junit.jupiter.api.Test;

class TurnCostsTest {

  private static final EngineProfile PROFILE = Profiles.builtIn(Profiles.DEFAULT);

  private static TurnCosts costs(Question question) {
    return TurnCosts.of(question, PROFILE, HandoffCosts.P2P_NCCL);
  }

  @Test
  void shortNewPart_isCheaperDirect() {
    TurnCosts costs = costs(new Question(6000, 200, 200, 0, 0, 0, 0, 2));

    double front = 3 + 8 + 7.45;
    assertThat(TurnCosts.sum(costs.direct())).isCloseTo(front + 7.93, within(0.2));
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
}
