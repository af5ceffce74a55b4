package io.turnpike.receipt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LogBudgetTest {

  private final LogBudget budget = new LogBudget(2);

  @Test
  void reasons_haveABudgetEach() {
    assertThat(budget.allows("a")).isTrue();
    assertThat(budget.allows("a")).isTrue();
    assertThat(budget.allows("a")).isFalse();
    assertThat(budget.allows("b")).isTrue();
  }

  @Test
  void nextSpan_tellsWhatWasLeftOut_andBeginsAnew() {
    for (int i = 0; i < 5; i++) {
      budget.allows("a");
    }
    budget.allows("b");
    assertThat(budget.next()).isEqualTo(Map.of("a", 3));
    assertThat(budget.next()).isEmpty();
    assertThat(budget.allows("a")).isTrue();
  }
}
