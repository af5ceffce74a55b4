package io.turnpike.bench.rate;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.bench.rate.RateSearch.Found;
import io.turnpike.bench.rate.Tried.Repeat;
import io.turnpike.bench.run.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RateSearchTest {

  private static final Repeat PASS = repeat(true, List.of());
  private static final Repeat FAIL = repeat(false, List.of());
  private static final Repeat LATE = repeat(false, List.of("late"));

  @Test
  void search_doublesUntilARateFails_thenHalvesTheGap() throws Exception {
    List<Double> asked = new ArrayList<>();
    Found found =
        new RateSearch(
                rate -> {
                  asked.add(rate);
                  return Optional.of(new Tried(rate, List.of(rate <= 5 ? PASS : FAIL)));
                })
            .from(1, 3);
    assertThat(asked).containsExactly(1.0, 2.0, 4.0, 8.0, 6.0, 5.0, 5.5);
    assertThat(found.highest()).isEqualTo(5);
    assertThat(found.failed()).isEqualTo(5.5);
    assertThat(found.contradictions()).isEmpty();
    assertThat(found.exitCode()).isEqualTo(ExitCode.FINE);
  }

  @Test
  void search_endsWhenItIsStopped_andKeepsWhatPassed() throws Exception {
    Found found =
        new RateSearch(
                rate -> rate < 4 ? Optional.of(new Tried(rate, List.of(PASS))) : Optional.empty())
            .from(1, 4);
    assertThat(found.tried()).hasSize(2);
    assertThat(found.highest()).isEqualTo(2);
  }

  @Test
  void majority_decides_andRepeatsInWhichTheGeneratorWasTheLimitDoNotCount() {
    assertThat(new Tried(1, List.of(PASS, PASS, FAIL)).passes()).isTrue();
    assertThat(new Tried(1, List.of(PASS, FAIL)).passes()).isFalse();
    assertThat(new Tried(1, List.of(PASS, LATE, LATE)).passes()).isTrue();
    assertThat(new Tried(1, List.of(PASS, LATE, LATE)).isSplit()).isFalse();
    assertThat(new Tried(1, List.of(PASS, FAIL)).isSplit()).isTrue();
  }

  @Test
  void exitCode_isNotValid_whenTheGeneratorIsAllThatFailed() {
    Tried fine = new Tried(1, List.of(PASS));
    assertThat(new Found(1, 2, List.of(fine, new Tried(2, List.of(LATE)))).exitCode())
        .isEqualTo(ExitCode.NOT_VALID);
    assertThat(new Found(0, 1, List.of(new Tried(1, List.of(FAIL)))).exitCode())
        .isEqualTo(ExitCode.OBJECTIVE_MISSED);
  }

  @Test
  void aFailureBelowASuccess_isAContradiction() {
    Found found =
        new Found(4, 8, List.of(new Tried(2, List.of(FAIL)), new Tried(4, List.of(PASS))));
    assertThat(found.contradictions()).containsExactly("2.00/s failed, a higher rate passed");
  }

  private static Repeat repeat(boolean pass, List<String> loadGenerator) {
    return new Repeat(pass ? 1 : 0, 100, 10, Map.of(), "", loadGenerator, pass);
  }
}
