package io.turnpike.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.bench.client.Failure;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.client.TokenSource;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.load.SelfCheck;
import io.turnpike.bench.load.Tally;
import io.turnpike.bench.report.LoadNotes;
import io.turnpike.bench.report.LoadResult;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExitCodeTest {

  private static final SelfCheck CALM = new SelfCheck(1, 2, 0.1, Double.NaN);
  private static final SelfCheck LATE = new SelfCheck(500, 900, 0.1, Double.NaN);
  private static final Failure DOWN = new Failure(Failure.Kind.HTTP, 503, "no decode node");

  @Test
  void numbers_areWhatTheHelpSays() {
    assertThat(ExitCode.values()).extracting(ExitCode::code).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void aLateGenerator_comesBeforeTheObjective_andNoSuccessBeforeBoth() {
    assertThat(LoadBenchmark.exitCode(result(LATE, null), true)).isEqualTo(ExitCode.NOT_VALID);
    assertThat(LoadBenchmark.exitCode(result(LATE, DOWN), false)).isEqualTo(ExitCode.FAILED);
    assertThat(LoadBenchmark.exitCode(result(CALM, DOWN), true))
        .isEqualTo(ExitCode.OBJECTIVE_MISSED);
    assertThat(LoadBenchmark.exitCode(result(CALM, DOWN), false)).isEqualTo(ExitCode.FAILED);
    assertThat(LoadBenchmark.exitCode(result(CALM, null), false)).isEqualTo(ExitCode.FINE);
  }

  @Test
  void nothingButFailures_isSaidInOneLineFirst() {
    assertThat(LoadNotes.before(result(CALM, DOWN)))
        .isEqualTo("All 1 requests failed: http_503 1 (no decode node)\n");
    assertThat(LoadNotes.before(result(CALM, null))).isEmpty();
  }

  @Test
  void notes_haveTheFiguresOfBenchPd_andNoProgrammersBrackets() {
    String text = LoadNotes.after(result(CALM, null));
    assertThat(text)
        .contains("TTFT:           P50 200.", "P95 200.", "min 200.00 ms", "max 200.00 ms")
        .contains("tokens/s P50 10.0", "mean 10.00")
        .contains("Routes:         replica 1")
        .contains("Tokens from:    usage 1")
        .doesNotContain("{");
  }

  private static LoadResult result(SelfCheck self, @Nullable Failure failure) {
    Tally tally = new Tally(Goodput.ANY);
    tally.add(
        new Measurement(
            0,
            0,
            1,
            0,
            0,
            0,
            200_000_000L,
            1_000_000_000L,
            5,
            10,
            0,
            TokenSource.USAGE,
            10,
            0,
            "replica",
            "",
            failure));
    return new LoadResult("m", 0, 1, 1, 1, tally, self, "", 0);
  }
}
