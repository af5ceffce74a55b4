package io.turnpike.bench.handoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.turnpike.bench.client.Failure;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.client.TokenSource;
import io.turnpike.bench.handoff.Slope.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class HandoffTest {

  private static final int KV = 131_072;
  private static final double[] JITTER = {0, 0.4, -0.3, 0.1, -0.2, 0.3, -0.1};

  @Test
  void ladder_findsTheRateThatTheTimesWereMadeOf() {
    List<Trial> trials = trials(20, KV / 10e6, 512, 2048, 8192);
    Ladder ladder = Ladder.of(trials, KV);
    assertThat(ladder.gigabytesPerSecond()).isCloseTo(10, within(0.3));
    assertThat(ladder.perToken().fixed()).isCloseTo(20, within(0.5));
    assertThat(HandoffTable.verdict(ladder))
        .anyMatch(said -> said.contains("nearest: 100 GbE (10.0 GB/s in practice)"))
        .noneMatch(said -> said.contains("Not measurable"));
    String all = HandoffTable.text(ladder) + String.join("\n", HandoffTable.verdict(ladder));
    assertThat(all.split("[Ii]mplied", -1)).as("one figure has that name").hasSize(2);
  }

  @Test
  void ladder_saysNotMeasurable_whereNoiseIsLarger() {
    Ladder ladder = Ladder.of(trials(0, 0, 512, 2048, 8192), KV);
    assertThat(ladder.perToken().isMeasurable()).isFalse();
    assertThat(ladder.gigabytesPerSecond()).isNaN();
    assertThat(HandoffTable.verdict(ladder))
        .anyMatch(said -> said.contains("no rate can be told"))
        .anyMatch(said -> said.startsWith("Not measurable at 512, 2048, 8192 tokens"));
    assertThat(LadderJson.of(ladder).nearestTransport()).isNull();
  }

  @Test
  void oneSlowRequest_doesNotMoveTheFigures() {
    List<Trial> trials = trials(20, KV / 10e6, 512, 2048, 8192);
    trials.set(0, trial(Way.HANDOFF, 512, 1, 5_000, "disaggregated", null));
    assertThat(Ladder.of(trials, KV).gigabytesPerSecond()).isCloseTo(10, within(0.5));
  }

  @Test
  void aTrialThatFailed_orWentTheOtherWay_isCountedAndTakesItsPairOut() {
    List<Trial> trials = trials(20, KV / 10e6, 512);
    trials.add(trial(Way.HANDOFF, 512, 8, 1, "decode-direct", null));
    trials.add(trial(Way.DIRECT, 512, 8, 1, "decode-direct", null));
    trials.add(trial(Way.HANDOFF, 512, 9, 1, "", Failure.of(Failure.Kind.CUT, "cut")));
    Ladder ladder = Ladder.of(trials, KV);
    assertThat(ladder.rungs().getFirst().extra().count()).isEqualTo(7);
    assertThat(ladder.failures())
        .containsExactlyInAnyOrderEntriesOf(Map.of("P→D went_decode-direct", 1L, "P→D cut", 1L));
  }

  @Test
  void oneLength_hasNoSlope_andNothingIsNothing() {
    assertThat(Ladder.of(trials(20, 0.01, 512), KV).perToken().perUnit()).isNaN();
    assertThat(HandoffTable.verdict(Ladder.of(List.of(), KV)))
        .containsExactly("Handoff: not measurable: no length succeeded both ways, or only one.");
  }

  @Test
  void slope_isTheilsAndSens() {
    List<Point> line = IntStream.range(0, 10).mapToObj(x -> new Point(x, 3.0 * x + 1)).toList();
    Slope slope = Slope.of(line);
    assertThat(slope.perUnit()).isEqualTo(3);
    assertThat(slope.fixed()).isEqualTo(1);
    assertThat(slope.isMeasurable()).isTrue();
    assertThat(Slope.of(line.subList(0, 3)).isMeasurable())
        .as("three points are too few to be sure")
        .isFalse();
  }

  @Test
  void medianInterval_needsThreeValues() {
    assertThat(MedianInterval.of(5, 6).isMeasurable()).isFalse();
    assertThat(MedianInterval.of(5, 5.1, 5.2).isMeasurable()).isTrue();
    assertThat(MedianInterval.of(-5, -5.1, -5.2).isMeasurable()).isFalse();
    assertThat(MedianInterval.of(Double.NaN, 4).count()).isEqualTo(1);
  }

  @Test
  void nearestTransport_isByRatio() {
    assertThat(Transport.nearest(1.4)).isEqualTo(Transport.ETHERNET_10);
    assertThat(Transport.nearest(100)).isEqualTo(Transport.NDR);
    assertThat(Transport.nearest(200)).isEqualTo(Transport.NVLINK);
    assertThat(Transport.ROCE_200.millis(20e9)).isEqualTo(1000);
  }

  @Test
  void legTimes_areReadFromAReceipt() {
    LegTimes legs =
        LegTimes.of(
            JsonMapper.shared()
                .readTree("{\"prefill_ms\":30,\"decode_first_ms\":20,\"ttft_ms\":52.5}"));
    assertThat(legs).isEqualTo(new LegTimes(30, 20, 2.5));
    assertThat(LegTimes.of(JsonMapper.shared().readTree("{}")).isKnown()).isFalse();
  }

  @Test
  void table_fits100Columns() {
    Ladder ladder = Ladder.of(trials(98_765, 1, 256, 131_072), KV);
    assertThat(HandoffTable.text(ladder).lines()).allMatch(line -> line.length() <= 100);
    assertThat(HandoffTable.transports(ladder).lines()).allMatch(line -> line.length() <= 100);
  }

  /** Seven repeats of each length, whose handoff takes longer by a fixed part and one a token. */
  private static List<Trial> trials(double fixedMillis, double millisPerToken, int... lengths) {
    List<Trial> trials = new ArrayList<>();
    for (int length : lengths) {
      for (int repeat = 1; repeat <= JITTER.length; repeat++) {
        double direct = 10 + length * 0.03;
        double extra = fixedMillis + length * millisPerToken + JITTER[repeat - 1];
        trials.add(trial(Way.HANDOFF, length, repeat, direct + extra, "disaggregated", null));
        trials.add(trial(Way.DIRECT, length, repeat, direct, "decode-direct", null));
      }
    }
    return trials;
  }

  private static Trial trial(
      Way way, int tokens, int repeat, double ttft, String route, @Nullable Failure failure) {
    long first = Math.round(ttft * 1e6);
    Measurement measured =
        new Measurement(
            0,
            0,
            1,
            0,
            0,
            0,
            first,
            first,
            tokens,
            2,
            0,
            TokenSource.USAGE,
            2,
            0,
            route,
            "",
            failure);
    return new Trial(way, tokens, repeat, measured, LegTimes.UNKNOWN);
  }
}
