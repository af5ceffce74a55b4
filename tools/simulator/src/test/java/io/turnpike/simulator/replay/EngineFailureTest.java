package io.turnpike.simulator.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.turnpike.simulator.replay.EngineFailure.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineFailureTest {

  @Test
  void parse_readsWhoWhenAndHow() {
    assertThat(EngineFailure.parse("decode-1@10s..30.5s=hang"))
        .isEqualTo(new EngineFailure("decode-1", Kind.HANG, 10_000_000_000L, 30_500_000_000L));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "decode-1",
        "decode-1@10s..30s=sleep",
        "decode-1@10..30=hang",
        "decode-1@30s..10s=hang",
        "decode-1@10s..10s=hang"
      })
  void parse_saysWhatWasExpected(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EngineFailure.parse(text))
        .withMessageContaining("expected: ");
  }

  @ParameterizedTest
  @EnumSource
  void parse_knowsEveryKind(Kind kind) {
    assertThat(EngineFailure.parse("decode-1@0s..1s=" + kind.word()).kind()).isEqualTo(kind);
  }

  @Test
  void overlaps_onlyOfOneEngine() {
    EngineFailure one = EngineFailure.parse("decode-1@10s..30s=hang");
    assertThat(one.overlaps(EngineFailure.parse("decode-1@29s..40s=error"))).isTrue();
    assertThat(one.overlaps(EngineFailure.parse("decode-1@30s..40s=error"))).isFalse();
    assertThat(one.overlaps(EngineFailure.parse("decode-0@10s..30s=hang"))).isFalse();
  }
}
