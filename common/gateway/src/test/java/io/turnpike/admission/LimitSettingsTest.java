package io.turnpike.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.admission.LimitSettings.Preset;
import io.turnpike.caller.Limits;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LimitSettingsTest {

  private static LimitSettings of(Preset preset, @Nullable Integer turns) {
    return new LimitSettings(preset, null, null, turns, null, null, null, true, 1);
  }

  @Test
  void nothingSaid_isTenThousandTurns_andNoQueue() {
    assertThat(of(Preset.NONE, null).gateway())
        .isEqualTo(new Limits(null, null, 10_000, 0, null, null));
    assertThat(of(Preset.NONE, null).ofCaller()).isEqualTo(Limits.NONE);
  }

  @Test
  void study_isWhatTheStudysProxyHad_andSingleValuesComeFirst() {
    assertThat(of(Preset.STUDY, null).gateway())
        .isEqualTo(new Limits(40.0, 40, 100, 500, null, null));
    assertThat(of(Preset.STUDY, 7).gateway()).isEqualTo(new Limits(40.0, 40, 7, 500, null, null));
  }
}
