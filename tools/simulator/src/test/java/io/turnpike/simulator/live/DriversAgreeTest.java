package io.turnpike.simulator.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.turnpike.cost.EngineProfile;
import io.turnpike.cost.HandoffCosts;
import io.turnpike.routing.Mode;
import io.turnpike.simulator.engine.EngineCore;
import io.turnpike.simulator.engine.EngineOptions;
import io.turnpike.simulator.engine.EngineRequest;
import io.turnpike.simulator.engine.Finished;
import io.turnpike.simulator.engine.Prompt;
import io.turnpike.simulator.handoff.Handoff;
import io.turnpike.simulator.profile.Profiles;
import io.turnpike.simulator.replay.ClusterSpec;
import io.turnpike.simulator.replay.Replay;
import io.turnpike.simulator.replay.TurnResult;
import io.turnpike.simulator.workload.Content;
import io.turnpike.simulator.workload.Session;
import io.turnpike.simulator.workload.Turn;
import io.turnpike.simulator.workload.WorkloadSpec.Answers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * The engine behind the HTTP server, on a clock that the test turns, and the virtual-time replay
 * give the same latencies for the same load.
 */
class DriversAgreeTest {

  private static final int REQUESTS = 12;
  private static final EngineProfile PROFILE = Profiles.builtIn(Profiles.DEFAULT);

  private final AtomicLong clock = new AtomicLong();
  private final Map<String, long[]> times = new HashMap<>();

  /** When, how long, how many tokens. */
  private static Turn turn(int number) {
    int in = 100 + 733 * number % 5000;
    int out = 5 + 37 * number % 90;
    return new Turn(in, out, number * 130_000_000L, 0, Content.of(number));
  }

  @Test
  void serverEngine_andReplay_giveTheSameTimes() {
    List<TurnResult> replayed = replay();
    serve();

    assertThat(replayed).hasSize(REQUESTS);
    for (TurnResult result : replayed) {
      long[] served = times.getOrDefault(result.session(), new long[2]);
      double ttft = (served[0] - result.dueNanos()) / 1e6;
      double tpot = (served[1] - served[0]) / 1e6 / (result.outputTokens() - 1);
      assertThat(result.ttftMillis()).isCloseTo(ttft, withinPercentage(5));
      assertThat(result.tpotMillis()).isCloseTo(tpot, withinPercentage(5));
    }
  }

  private static List<TurnResult> replay() {
    List<Session> sessions = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      Turn turn = turn(i);
      sessions.add(new Session("s" + i, turn.atNanos(), 0, Answers.MISS, List.of(turn)));
    }
    List<TurnResult> results = new ArrayList<>();
    ClusterSpec cluster = ClusterSpec.of("1R", PROFILE, Mode.PPD);
    new Replay(cluster, sessions.iterator(), 1, results::add).run();
    return results;
  }

  private void serve() {
    EngineCore core = new EngineCore(PROFILE, EngineOptions.DEFAULT.with(HandoffCosts.P2P_NCCL));
    try (EngineDriver driver = new EngineDriver(core, 1, clock::get, lease -> {})) {
      for (int i = 0; i < REQUESTS; i++) {
        Turn turn = turn(i);
        turnClockTo(driver, turn.atNanos());
        Prompt prompt = new Prompt(turn.promptTokens(), turn.content().chain(turn.promptTokens()));
        String id = "s" + i;
        driver.submit(
            new EngineRequest(id, prompt, turn.outputTokens(), Handoff.NONE), new Times(id));
      }
      turnClockTo(driver, Long.MAX_VALUE);
    }
  }

  /** Stops at each event on the way; each question also wakes the driver. */
  private void turnClockTo(EngineDriver driver, long target) {
    long next = next(driver);
    while (next < target) {
      clock.set(next);
      long done = next;
      do {
        next = next(driver);
      } while (next <= done);
    }
    if (target != Long.MAX_VALUE) {
      clock.set(target);
    }
  }

  private static long next(EngineDriver driver) {
    return driver.call((core, now) -> core.nextEventNanos()).join();
  }

  private final class Times implements SequenceListener {
    private final long[] firstAndLast = new long[2];

    Times(String id) {
      times.put(id, firstAndLast);
    }

    @Override
    public void onToken(int index, long nowNanos) {
      firstAndLast[index == 0 ? 0 : 1] = nowNanos;
    }

    @Override
    public void onFinished(Finished finished, long nowNanos) {}

    @Override
    public void onEngineDead() {
      throw new AssertionError("the engine died");
    }
  }
}
