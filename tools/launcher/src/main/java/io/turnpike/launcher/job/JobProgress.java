package io.turnpike.launcher.job;

import io.turnpike.launcher.stack.Component;
import io.turnpike.launcher.stack.Progress;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Says how a job's start goes, a line at a time: who can be used, and for each of the others the
 * last line of its log whenever that is another one. Not thread-safe.
 */
public final class JobProgress implements Progress {

  /** A log that runs is quoted no more often. */
  static final Duration PAUSE = Duration.ofSeconds(5);

  private final LongSupplier ticker;
  private final Consumer<String> out;
  private final long startNanos;
  private final Map<String, String> said = new HashMap<>();
  private Map<String, Component> waiting = new LinkedHashMap<>();
  private long lastLookNanos;

  /**
   * @param ticker nanoseconds, as {@link System#nanoTime}
   * @param out gets the lines
   */
  public JobProgress(LongSupplier ticker, Consumer<String> out) {
    this.ticker = ticker;
    this.out = out;
    this.startNanos = ticker.getAsLong();
    this.lastLookNanos = startNanos;
  }

  @Override
  public void waiting(int total, List<Component> now) {
    Map<String, Component> still = new LinkedHashMap<>();
    now.forEach(component -> still.put(component.name(), component));
    tellReady(still);
    waiting = still;
    if (ticker.getAsLong() - lastLookNanos >= PAUSE.toNanos()) {
      lastLookNanos = ticker.getAsLong();
      now.forEach(this::quote);
    }
  }

  /** Says of the last ones that they can be used. */
  public void done() {
    tellReady(Map.of());
    waiting = Map.of();
  }

  private void tellReady(Map<String, Component> still) {
    waiting.forEach(
        (name, component) -> {
          if (!still.containsKey(name)) {
            say(name, "ready, " + component.url());
          }
        });
  }

  private void quote(Component component) {
    String line = component.lastLine().strip();
    if (!line.isEmpty() && !line.equals(said.put(component.name(), line))) {
      say(component.name(), line);
    }
  }

  private void say(String name, String what) {
    double seconds = (ticker.getAsLong() - startNanos) / 1e9;
    out.accept(String.format(Locale.ROOT, "%6.1f s  %-12s %s", seconds, name, what));
  }
}
