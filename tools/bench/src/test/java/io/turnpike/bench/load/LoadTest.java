package io.turnpike.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.turnpike.bench.client.Failure;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.client.TokenSource;
import io.turnpike.bench.figures.Goodput;
import org.junit.jupiter.api.Test;

class LoadTest {

  @Test
  void poisson_isTheSameForTheSameSeed_andHasTheRate() {
    long[] due = Arrivals.poisson(5, 20_000, 7);
    assertThat(due).isEqualTo(Arrivals.poisson(5, 20_000, 7)).isSorted();
    assertThat(due).isNotEqualTo(Arrivals.poisson(5, 20_000, 8));
    assertThat(20_000 / (due[19_999] / 1e9)).isCloseTo(5, within(0.15));
  }

  @Test
  void stretchedPoisson_offersExactlyTheRate() {
    long[] due = Arrivals.stretchedPoisson(4, 100, 7);
    assertThat(due).isSorted();
    assertThat(due[99]).isCloseTo(25_000_000_000L, within(1L));
  }

  @Test
  void saturation_isNamed_whenLatencyGrows() {
    assertThat(verdict(i -> 100 + i * 10)).contains("latency grew");
  }

  @Test
  void saturation_isNamed_whenCompletionsFallBehind() {
    assertThat(verdict(i -> 100 + i * 200)).contains("completed of");
  }

  @Test
  void saturation_isNotNamed_forACalmServer() {
    assertThat(verdict(i -> 100 + i % 7)).isEmpty();
  }

  @Test
  void selfCheck_refusesAResult_ofALateOrBusyGenerator() {
    assertThat(new SelfCheck(1, 5, 0.3, Double.NaN).isValid()).isTrue();
    assertThat(new SelfCheck(50, 60, 0.3, Double.NaN).complaints().getFirst()).contains("late");
    assertThat(new SelfCheck(1, 5, 0.97, Double.NaN).complaints().getFirst()).contains("core");
  }

  @Test
  void tally_keepsFailuresInCounts_andOutOfLatencies() {
    Tally tally = new Tally(Goodput.parse("ttft:10"));
    tally.add(measurement(0, 5, null));
    tally.add(measurement(0, 50, null));
    tally.add(measurement(0, 5_000, Failure.of(Failure.Kind.CUT, "")));
    tally.add(measurement(0, 5_000, new Failure(Failure.Kind.HTTP, 503, "")));
    assertThat(tally.failures()).containsEntry("cut", 1L).containsEntry("http_503", 1L);
    assertThat(tally.successes()).isEqualTo(2);
    assertThat(tally.good()).isEqualTo(1);
    assertThat(tally.ttft().max()).isEqualTo(50);
    assertThat(tally.seconds()).isEqualTo(5);
  }

  private static String verdict(java.util.function.IntUnaryOperator millis) {
    Saturation saturation = new Saturation(10, 30_000_000_000L);
    saturation.start(0);
    for (int i = 0; i < 300; i++) {
      saturation.add(measurement(i * 100_000_000L, millis.applyAsInt(i), null));
    }
    return saturation.verdict();
  }

  private static Measurement measurement(
      long dueNanos, int millis, @org.jspecify.annotations.Nullable Failure failure) {
    long end = dueNanos + millis * 1_000_000L;
    return new Measurement(
        0,
        0,
        1,
        dueNanos,
        dueNanos,
        dueNanos,
        end,
        end,
        1,
        1,
        0,
        TokenSource.USAGE,
        1,
        0,
        "",
        "",
        failure);
  }

  @Test
  void aClosedLoop_isJudgedByTheTimeItLost_anOpenOneByItsLateness() {
    assertThat(SelfCheck.closed(late(40), 0.06).isValid()).isTrue();
    assertThat(SelfCheck.open(late(40), 0.06).complaints())
        .singleElement()
        .asString()
        .contains("40.0 ms late at P99 (allowed: 20)");
    assertThat(SelfCheck.closed(late(1200), 0.06).complaints())
        .singleElement()
        .asString()
        .contains("lost 9 % of the time (allowed: 5)");
    assertThat(SelfCheck.closed(late(40), 0.95).isValid()).as("a busy core is one").isFalse();
  }

  /** A hundred requests of 1.3 s, ten of which began late. */
  private static Tally late(long millis) {
    Tally tally = new Tally(Goodput.ANY);
    for (int i = 0; i < 100; i++) {
      long late = i < 90 ? 0 : millis * 1_000_000L;
      tally.add(
          new Measurement(
              i,
              i,
              1,
              0,
              late,
              late,
              200_000_000L,
              1_300_000_000L,
              64,
              10,
              0,
              TokenSource.USAGE,
              10,
              0,
              "",
              "",
              null));
    }
    return tally;
  }
}
