package io.turnpike.simulator.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.simulator.engine.EngineRequest;
import io.turnpike.simulator.engine.EngineStats;
import io.turnpike.simulator.engine.Finished;
import io.turnpike.simulator.engine.Prompt;
import io.turnpike.simulator.handoff.Handoff;
import org.junit.jupiter.api.Test;

/** The line of every ten seconds. */
class StatsLineTest {

  private static final long TEN_SECONDS = 10_000_000_000L;

  private final StatsLine line = new StatsLine(true, 0);

  @Test
  void anIdleEngine_saysNothing_afterSayingSoOnce() {
    assertThat(line.next(stats(0, 0, 0, 0), TEN_SECONDS)).isNull();
    assertThat(line.next(stats(100, 0, 0, 50), 2 * TEN_SECONDS)).isNotNull();
    assertThat(line.next(stats(100, 0, 0, 50), 3 * TEN_SECONDS))
        .contains("Avg prompt throughput: 0.0 tokens/s");
    assertThat(line.next(stats(100, 0, 0, 50), 4 * TEN_SECONDS)).isNull();
    assertThat(line.next(stats(100, 0, 0, 51), 5 * TEN_SECONDS)).isNotNull();
  }

  @Test
  void throughput_isOfComputedTokens_sinceTheLineBefore() {
    line.next(stats(1_000, 0, 0, 1_000), TEN_SECONDS);
    assertThat(line.next(stats(4_000, 500, 1_500, 1_300), 2 * TEN_SECONDS))
        .isEqualTo(
            "Engine 000: Avg prompt throughput: 100.0 tokens/s, Avg generation throughput: 30.0"
                + " tokens/s, Running: 3 reqs, Waiting: 2 reqs, GPU KV cache usage: 75.0%");
  }

  @Test
  void hitRates_areOfWhatEachCacheWasAskedFor() {
    line.add(finished(100, 60, 0));
    line.add(finished(100, 0, 100));
    line.add(finished(100, 100, 0));
    assertThat(line.next(stats(300, 160, 100, 3), TEN_SECONDS))
        .endsWith("Prefix cache hit rate: 53.3%, External prefix cache hit rate: 71.4%");
  }

  @Test
  void withoutConnector_thereIsNoExternalCache() {
    StatsLine alone = new StatsLine(false, 0);
    alone.add(finished(100, 60, 0));
    assertThat(alone.next(stats(100, 60, 0, 1), TEN_SECONDS))
        .endsWith(", Prefix cache hit rate: 60.0%");
  }

  private static EngineStats stats(long prompt, long hits, long external, long generated) {
    return new EngineStats(3, 2, 0, 100, 25, prompt, hits, external, generated, 0, 0, 0, 0, 0);
  }

  private static Finished finished(int prompt, int cached, int external) {
    EngineRequest request =
        new EngineRequest("r", new Prompt(prompt, new long[prompt / 16]), 1, Handoff.NONE);
    return new Finished(request, Finished.Reason.LENGTH, 1, cached, external, 0, null);
  }
}
