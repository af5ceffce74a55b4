package io.turnpike.turn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProgressTest {

  @Test
  void progress_isToldByDifferences_becauseTheClockMayBeBelowZero() {
    Progress early = new Progress(-150, -10);
    assertThat(early.isBefore(-100)).isTrue();
    assertThat(early.isBefore(-150)).isTrue();
    assertThat(early.isBefore(-200)).isFalse();
    Progress further = new Progress(Long.MIN_VALUE + 5, 0);
    assertThat(new Progress(Long.MAX_VALUE - 5, 0).orFurther(further)).isSameAs(further);
  }
}
