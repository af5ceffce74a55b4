package io.turnpike.simulator.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.cost.EngineProfile;
import io.turnpike.routing.Mode;
import io.turnpike.simulator.profile.Profiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clusters in a word. */
class ClusterSpecTest {

  private static final EngineProfile PROFILE = Profiles.builtIn(Profiles.DEFAULT);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1P3D | [prefill-0, decode-0, decode-1, decode-2]",
        "2P_1pD | [prefill-0, prefill-1, decode-0]",
        "2r | [replica-0, replica-1]",
        "1R_1P_1D | [replica-0, prefill-0, decode-0]",
        "1P2A_1R | [prefill-0, any-0, any-1, replica-0]"
      })
  void aShape_namesItsEngines(String shape, String names) {
    ClusterSpec spec = ClusterSpec.of(shape, PROFILE, Mode.PD);
    assertThat(spec.engines().stream().map(EngineSpec::name).toList()).hasToString(names);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "P", "1X", "1P 1D", "three"})
  void anotherShape_isRefused(String shape) {
    assertThatThrownBy(() -> ClusterSpec.of(shape, PROFILE, Mode.PD))
        .hasMessage(
            "cluster: \"%s\" (expected: counts of P, D, R and A, like 1P3D or 4A)"
                .formatted(shape));
  }

  @Test
  void aClusterThatServesNobody_isRefused() {
    assertThatThrownBy(() -> ClusterSpec.of("2P", PROFILE, Mode.PD))
        .hasMessage("cluster: no decode engine and no replica");
  }

  @Test
  void routing_isAModesWord() {
    assertThat(ClusterSpec.of("1P1D", PROFILE, "pd").mode()).isEqualTo(Mode.PD);
    assertThat(ClusterSpec.of("1P1D", PROFILE, "adaptive").mode()).isEqualTo(Mode.ADAPTIVE);
    assertThatThrownBy(() -> ClusterSpec.of("1P1D", PROFILE, "fast"))
        .hasMessageStartingWith("mode: \"fast\" (expected: one of ");
  }

  @Test
  void whatCannotBe_isRefused() {
    ClusterSpec spec = ClusterSpec.of("1P1D", PROFILE, Mode.PD);
    assertThatThrownBy(() -> spec.withConnections(0)).hasMessageContaining("0 connections");
    assertThatThrownBy(() -> spec.withGatewayNanos(-1)).hasMessageContaining("gateway -1 ns");
  }
}
