package io.turnpike.simulator.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.cost.EngineLimits;
import io.turnpike.cost.EngineProfile;
import io.turnpike.cost.FrontEndCosts;
import io.turnpike.cost.HandoffCosts;
import io.turnpike.simulator.engine.EngineCore.TransferEnd;
import io.turnpike.simulator.engine.EngineOptions.TokenEvents;
import io.turnpike.simulator.handoff.Handoff;
import io.turnpike.simulator.handoff.KvSource;
import io.turnpike.simulator.handoff.Lease;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * One engine under everything a driver may do, in random order: the laws of {@link
 * EngineCore#verify} after every event, and each request ends exactly once.
 */
class EngineInvariantsTest {

  private static final int SEEDS = 3000;
  private static final int ACTIONS = 60;
  private static final int MOST_EVENTS = 100_000;

  @Test
  void lawsHoldAfterEveryEvent_whateverTheDriverDoes() {
    long preempted = 0;
    long expired = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Run run = new Run(seed);
      try {
        run.play();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
      preempted += run.engine.stats().preemptions();
      expired += run.engine.stats().expiredLeases();
    }
    assertThat(preempted).as("the runs reach preemption").isGreaterThan(SEEDS / 10);
    assertThat(expired).as("the runs reach expiry").isGreaterThan(SEEDS / 10);
  }

  private static final class Run implements EngineListener {
    final Random random;
    final EngineCore engine;
    final Map<String, Integer> ends = new HashMap<>();
    final List<String> submitted = new ArrayList<>();
    final List<String> late = new ArrayList<>();
    long now;
    int events;

    Run(int seed) {
      random = new Random(seed);
      FrontEndCosts front =
          random.nextBoolean() ? FrontEndCosts.FREE : new FrontEndCosts(3, 2, 0, 4);
      EngineLimits limits =
          new EngineLimits(
              16 + random.nextInt(100), 1 + random.nextInt(6), 16L * (12 + random.nextInt(20)), 1);
      EngineProfile profile = new EngineProfile("random", "", Engines.COSTS, front, limits);
      TokenEvents tokens = random.nextBoolean() ? TokenEvents.EVERY : TokenEvents.FIRST;
      engine =
          new EngineCore(
              profile,
              new EngineOptions(new HandoffCosts(5, 1, 2, 0.1), 300 * Engines.MILLI, tokens));
    }

    void play() {
      for (int action = 0; action < ACTIONS; action++) {
        advanceTo(now + random.nextInt(60) * Engines.MILLI + random.nextInt(3));
        act();
        engine.verify(now);
      }
      while (engine.nextEventNanos() != Long.MAX_VALUE || !late.isEmpty()) {
        late.forEach(id -> engine.deliver(id, TransferEnd.COMPLETE, now));
        late.clear();
        if (engine.nextEventNanos() != Long.MAX_VALUE) {
          advanceTo(Math.max(now, engine.nextEventNanos()));
        }
      }
      assertThat(ends.keySet()).containsExactlyInAnyOrderElementsOf(submitted);
      assertThat(ends.values()).allMatch(count -> count == 1);
      assertThat(engine.live()).isZero();
      assertThat(engine.freeBlocks()).isEqualTo(engine.stats().kvBlocks());
    }

    private void advanceTo(long target) {
      while (engine.nextEventNanos() <= target) {
        assertThat(++events).as("the run ends").isLessThan(MOST_EVENTS);
        long next = Math.max(now, engine.nextEventNanos());
        engine.advance(next, this);
        now = next;
        engine.verify(now);
      }
      now = target;
    }

    private void act() {
      String some = submitted.isEmpty() ? "none" : submitted.get(random.nextInt(submitted.size()));
      switch (random.nextInt(10)) {
        case 0 -> engine.abort(some, now);
        case 1 -> engine.claim(some);
        case 2 -> engine.release(some, now);
        case 3 -> engine.heartbeat(some, now);
        case 4 -> {
          if (!late.isEmpty()) {
            TransferEnd end = random.nextBoolean() ? TransferEnd.COMPLETE : TransferEnd.FAILED;
            engine.deliver(late.remove(random.nextInt(late.size())), end, now);
          }
        }
        default -> submit();
      }
    }

    private void submit() {
      String id = "r" + submitted.size();
      int tokens = 1 + random.nextInt(120);
      int maxTokens = 1 + random.nextInt(40);
      Prompt prompt = Engines.prompt(random.nextInt(4), tokens);
      Handoff handoff =
          switch (random.nextInt(4)) {
            case 0 -> Handoff.PRODUCE;
            case 1 -> new Handoff.Consume(random.nextInt(tokens + 1), source(id));
            default -> Handoff.NONE;
          };
      GeneratedBlocks generated =
          random.nextBoolean() ? GeneratedBlocks.NEVER_FOUND : block -> block + 7_000_000L;
      submitted.add(id);
      engine.submit(new EngineRequest(id, prompt, maxTokens, handoff, generated), now);
    }

    private KvSource source(String id) {
      return (tokens, at) -> {
        if (random.nextBoolean()) {
          return at + random.nextInt(50) * Engines.MILLI;
        }
        late.add(id);
        return KvSource.LATER;
      };
    }

    @Override
    public void onFinished(Finished finished, long nowNanos) {
      ends.merge(finished.request().id(), 1, Integer::sum);
    }

    @Override
    public void onLeaseExpired(Lease lease, long nowNanos) {
      assertThat(nowNanos).isEqualTo(lease.endNanos());
    }
  }
}
