package io.turnpike.simulator.log;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.turnpike.simulator.engine.EngineStats;
import io.turnpike.simulator.engine.Finished;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * vLLM's line of every ten seconds: throughput since the line before, load now, hit rates over the
 * last requests. An idle engine has none after the one that says so. Not thread-safe.
 */
public final class StatsLine {

  private final boolean hasConnector;
  private final HitRate prefix = new HitRate();
  private final HitRate external = new HitRate();
  private long sinceNanos;
  private long computed;
  private long generated;
  private boolean idle = true;

  /** {@code hasConnector}: whether there is another engine's cache to ask. */
  public StatsLine(boolean hasConnector, long nowNanos) {
    this.hasConnector = hasConnector;
    this.sinceNanos = nowNanos;
  }

  /** A request has ended. */
  public void add(Finished finished) {
    int prompt = finished.request().prompt().tokens();
    prefix.add(prompt, finished.cachedTokens());
    int missed = prompt - finished.cachedTokens();
    if (hasConnector && missed > 0) {
      external.add(missed, finished.externalTokens());
    }
  }

  /** The line for now; null when there is nothing to say. */
  public @Nullable String next(EngineStats stats, long nowNanos) {
    double seconds = Math.max(1, nowNanos - sinceNanos) / 1e9;
    long computedNow = stats.promptTokens() - stats.prefixHitTokens() - stats.externalTokens();
    double prompts = (computedNow - computed) / seconds;
    double answers = (stats.generatedTokens() - generated) / seconds;
    boolean wasIdle = idle;
    sinceNanos = nowNanos;
    computed = computedNow;
    generated = stats.generatedTokens();
    idle = prompts == 0 && answers == 0;
    return idle && wasIdle ? null : line(stats, prompts, answers);
  }

  private String line(EngineStats stats, double prompts, double answers) {
    StringBuilder line = new StringBuilder();
    add(line, "Engine 000: Avg prompt throughput: %.1f tokens/s", prompts);
    add(line, ", Avg generation throughput: %.1f tokens/s", answers);
    add(line, ", Running: %d reqs, Waiting: %d reqs", stats.running(), stats.waiting());
    add(line, ", GPU KV cache usage: %.1f%%", 100 * stats.kvUsage());
    if (!prefix.isEmpty()) {
      add(line, ", Prefix cache hit rate: %.1f%%", prefix.percent());
    }
    if (!external.isEmpty()) {
      add(line, ", External prefix cache hit rate: %.1f%%", external.percent());
    }
    return line.toString();
  }

  @FormatMethod
  private static void add(StringBuilder line, @FormatString String format, Object... values) {
    line.append(String.format(Locale.ROOT, format, values));
  }
}
