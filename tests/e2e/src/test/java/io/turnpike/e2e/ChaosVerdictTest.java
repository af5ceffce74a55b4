package io.turnpike.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.e2e.ChaosClients.End;
import io.turnpike.e2e.ChaosClients.Turn;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a storm excuses, and what nothing does. */
class ChaosVerdictTest {

  private static final Duration WITHIN = Duration.ofSeconds(30);

  private static long seconds(double at) {
    return (long) (at * 1e9);
  }

  private static ChaosStrike strike(String target, double from, double to) {
    return new ChaosStrike("kill -9", target, seconds(from), seconds(to));
  }

  /** A turn at a proxy from the 100th second to the 102nd. */
  private static ChaosVerdict of(End end, ChaosStrike... strikes) {
    return of(new Turn("proxy-1", true, seconds(100), seconds(102), end, ""), strikes);
  }

  private static ChaosVerdict of(Turn turn, ChaosStrike... strikes) {
    return new ChaosVerdict(Arrays.asList(strikes), List.of(turn), WITHIN);
  }

  @Test
  void aCutStream_isAFault_whileAnEngineWasLeft() {
    ChaosVerdict verdict =
        of(
            End.CUT,
            strike("decode-1", 99, 103),
            strike("decode-2", 99, 103),
            strike("redis", 0, 200));
    assertThat(verdict.faults()).hasSize(1);
    assertThat(verdict.excused()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"CUT", "REFUSED"})
  void anError_isHonest_whereNoEngineWasLeftAtOneMoment(End end) {
    ChaosVerdict verdict =
        of(
            end,
            strike("decode-1", 90, 97),
            strike("decode-2", 100.5, 103),
            strike("decode-3", 99, 100));
    assertThat(verdict.faults()).isEmpty();
    assertThat(verdict.excused()).containsOnlyKeys("no engine was left for it");
  }

  @Test
  void engines_areLeft_whereTheyWereStruckOneAfterTheOther() {
    ChaosVerdict verdict =
        of(
            End.CUT,
            strike("decode-1", 90, 95.5),
            strike("decode-2", 101.5, 102),
            strike("decode-3", 101.5, 102));
    assertThat(verdict.faults()).hasSize(1);
  }

  @Test
  void aStruckGateway_excusesWhatItsClientsSaw_andOnlyTheirs() {
    assertThat(of(End.BROKEN, strike("proxy-1", 101, 101.5)).faults()).isEmpty();
    assertThat(of(End.BROKEN, strike("proxy-2", 101, 101.5)).faults()).hasSize(1);
  }

  @Test
  void aWrongText_isNeverExcused_norATurnThatTakesTooLong() {
    assertThat(of(End.WRONG, strike("proxy-1", 101, 101.5)).faults()).hasSize(1);
    Turn slow = new Turn("proxy-1", false, seconds(100), seconds(131), End.RIGHT, "");
    assertThat(of(slow).faults()).hasSize(1).first().asString().startsWith("took PT31S");
  }
}
