package io.turnpike.simulator.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.node.NodeId;
import io.turnpike.routing.Mode;
import io.turnpike.routing.Reason;
import io.turnpike.routing.Route;
import io.turnpike.simulator.profile.Profiles;
import io.turnpike.simulator.workload.Content;
import io.turnpike.simulator.workload.Session;
import io.turnpike.simulator.workload.SyntheticSessions;
import io.turnpike.simulator.workload.Turn;
import io.turnpike.simulator.workload.WorkloadSpec;
import io.turnpike.simulator.workload.WorkloadSpec.Answers;
import io.turnpike.turn.Outcome;
import io.turnpike.turn.TurnRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Recovery, patience, deadlines and reservations as the gateway's turn machine has them. */
class ReplayFailuresTest {

  private static final long SECOND = 1_000_000_000L;

  private static ClusterSpec cluster(String shape, Mode mode, String... failures) {
    return ClusterSpec.of(shape, Profiles.builtIn(Profiles.DEFAULT), mode)
        .withRules(TurnRules.DEFAULT)
        .withFailures(Arrays.stream(failures).map(EngineFailure::parse).toList());
  }

  /** Two turns a conversation, four of them begun in a second, for a minute. */
  private static Iterator<Session> aMinute() {
    return new SyntheticSessions(WorkloadSpec.study("W1"), 4, 240, new SplittableRandom(1));
  }

  /** Single turns, all at once. */
  private static Iterator<Session> atOnce(int count, int in, int out) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Turn(in, out, 0, 0, Content.of(i)))
        .map(turn -> new Session("s" + turn.hashCode(), 0, 0, Answers.MISS, List.of(turn)))
        .iterator();
  }

  private static List<TurnResult> run(ClusterSpec cluster, Iterator<Session> sessions) {
    List<TurnResult> results = new ArrayList<>();
    Replay replay = new Replay(cluster, sessions, 1, results::add);
    replay.run();
    replay.engines().forEach(engine -> assertThat(tokens(replay, engine)).isZero());
    replay.engines().forEach(engine -> assertThat(engine.core.live()).isZero());
    return results;
  }

  private static boolean isBetween(long nanos, int fromSeconds, int toSeconds) {
    return nanos >= fromSeconds * SECOND && nanos < toSeconds * SECOND;
  }

  @Test
  void decodeThatHangs_costsNoTurn_andItsTurnsGoElsewhere() {
    List<TurnResult> results = run(cluster("1P2D", Mode.PPD, "decode-1@10s..30s=hang"), aMinute());

    assertThat(results).hasSize(480).allMatch(TurnResult::isAnswered);
    List<TurnResult> again = results.stream().filter(r -> r.tries() > 1).toList();
    assertThat(again).isNotEmpty().allMatch(r -> "decode-0".equals(r.decode()));
    assertThat(again).allMatch(r -> isBetween(r.firstNanos(), 15, 31));
    assertThat(results)
        .filteredOn(r -> "decode-1".equals(r.decode()))
        .noneMatch(r -> isBetween(r.firstNanos(), 11, 30))
        .anyMatch(r -> r.sentNanos() > 32 * SECOND);
  }

  @Test
  void decodeThatDies_cutsWhatItWasSaying_andComesBackWithoutKv() {
    List<TurnResult> results =
        run(cluster("1P2D", Mode.PPD, "decode-1@10s..30s=refuse"), aMinute());

    assertThat(results).allMatch(r -> r.isAnswered() || r.outcome() == Outcome.CUT);
    assertThat(results)
        .filteredOn(r -> r.outcome() == Outcome.CUT)
        .isNotEmpty()
        .allMatch(r -> "decode-1".equals(r.decode()) && r.firstNanos() < 10 * SECOND)
        .allMatch(r -> r.endNanos() == 10 * SECOND && r.outputTokens() == 0);
    assertThat(results)
        .filteredOn(r -> isBetween(r.sentNanos(), 11, 30))
        .allMatch(r -> "decode-0".equals(r.decode()) && r.tries() == 1);
    assertThat(results).anyMatch(r -> r.reason() == Reason.DECODE_GONE);
  }

  @Test
  void decodeThatIsBusy_isLeft_andNoPairSuffers() {
    List<TurnResult> results = run(cluster("2P2D", Mode.PD, "decode-1@10s..30s=busy"), aMinute());

    assertThat(results).hasSize(480).allMatch(TurnResult::isAnswered);
    assertThat(results)
        .filteredOn(r -> isBetween(r.sentNanos(), 10, 30))
        .filteredOn(r -> r.tries() > 1)
        .isNotEmpty()
        .allMatch(r -> r.tries() == 2 && "decode-0".equals(r.decode()));
    assertThat(results)
        .filteredOn(r -> r.sentNanos() > 30 * SECOND)
        .allMatch(r -> r.route() == Route.DISAGGREGATED && r.tries() == 1)
        .anyMatch(r -> "decode-1".equals(r.decode()) && r.sentNanos() < 31 * SECOND);
  }

  @Test
  void decodeThatAnswersErrors_isLeftAloneByHandoffs_andTriedAgainLater() {
    List<TurnResult> results = run(cluster("1P2D", Mode.PD, "decode-1@10s..30s=error"), aMinute());

    assertThat(results).hasSize(480).allMatch(TurnResult::isAnswered);
    assertThat(results)
        .filteredOn(r -> isBetween(r.sentNanos(), 10, 30))
        .allMatch(r -> "decode-0".equals(r.decode()))
        .filteredOn(r -> r.tries() > 1)
        .as("three that suspend the pair, and one when each pause has ended")
        .hasSizeBetween(3, 8);
    assertThat(results)
        .filteredOn(r -> "decode-1".equals(r.decode()))
        .anyMatch(r -> r.route() == Route.DISAGGREGATED && r.sentNanos() > 30 * SECOND);
  }

  @Test
  void prefillThatFails_leavesItToDecode() {
    List<TurnResult> results = run(cluster("1P2D", Mode.PD, "prefill-0@10s..30s=error"), aMinute());

    assertThat(results).allMatch(TurnResult::isAnswered);
    assertThat(results)
        .filteredOn(r -> isBetween(r.sentNanos(), 10, 29))
        .isNotEmpty()
        .allMatch(r -> r.route() == Route.DECODE_DIRECT);
    assertThat(results)
        .filteredOn(r -> r.sentNanos() > 30 * SECOND)
        .allMatch(r -> r.route() == Route.DISAGGREGATED && r.tries() == 1);
  }

  @Test
  void longQueue_isNotTakenForSilence() {
    List<TurnResult> results = run(cluster("1P1D", Mode.PD), atOnce(200, 5_440, 10));

    assertThat(results).allMatch(r -> r.isAnswered() && r.tries() == 1);
    assertThat(results).anyMatch(r -> r.ttftMillis() > 25_000);
  }

  @Test
  void handoffsThatWaitForRoom_areNotTakenForSilence() {
    List<TurnResult> results = run(cluster("4P1D", Mode.PD), atOnce(300, 4_000, 500));

    assertThat(results).hasSize(300).allMatch(r -> r.isAnswered() && r.tries() == 1);
    assertThat(results).anyMatch(r -> r.ttftMillis() > 40_000);
  }

  @Test
  void queueBeyondTheDeadline_endsTurnsThen() {
    List<TurnResult> results = run(cluster("1P1D", Mode.PD), atOnce(1_000, 5_440, 10));

    List<TurnResult> late = results.stream().filter(r -> !r.isAnswered()).toList();
    assertThat(late).hasSizeBetween(100, 900);
    assertThat(late).allMatch(r -> r.outcome() == Outcome.FAILED && r.endNanos() == 120 * SECOND);
  }

  @Test
  void withoutDeadlines_everyTurnIsAnswered() {
    ClusterSpec patient = cluster("1P1D", Mode.PD).withRules(ClusterSpec.NO_DEADLINES);

    List<TurnResult> results = run(patient, atOnce(1_000, 5_440, 10));

    assertThat(results).hasSize(1_000).allMatch(TurnResult::isAnswered);
    assertThat(results).anyMatch(r -> r.ttftMillis() > 120_000);
  }

  @Test
  void turnThatNeverFits_isRefused() {
    List<TurnResult> results = run(cluster("1P1D", Mode.PD), atOnce(1, 1_000_000, 10));

    assertThat(results).singleElement().matches(r -> r.outcome() == Outcome.REFUSED);
  }

  @Test
  void reservation_isWhatTheRequestLimits_orAGuess() {
    assertThat(mostReserved(new Turn(1_000, 20, 0, 0, Content.of(1)))).isEqualTo(1_020);
    assertThat(mostReserved(new Turn(1_000, 20, 0, 0, Content.of(1), 500))).isEqualTo(1_500);
    assertThat(mostReserved(new Turn(1_000, 20, 0, 0, Content.of(1), 9_000))).isEqualTo(2_024);
    assertThat(mostReserved(new Turn(1_000, 20, 0, 0, Content.of(1), Turn.NO_LIMIT)))
        .isEqualTo(1_256);
  }

  private static long mostReserved(Turn turn) {
    long[] most = {0};
    Session session = new Session("s", 0, 0, Answers.MISS, List.of(turn));
    Replay replay = new Replay(cluster("1R", Mode.PPD), List.of(session).iterator(), 1, r -> {});
    VirtualEngine engine = replay.engines().getFirst();
    replay.run(() -> most[0] = Math.max(most[0], tokens(replay, engine)));
    return most[0];
  }

  private static long tokens(Replay replay, VirtualEngine engine) {
    return replay.world().load().inflightTokens(new NodeId(engine.spec.name()));
  }
}
