package io.turnpike.launcher.job;

import io.turnpike.launcher.process.Launch;
import io.turnpike.launcher.process.LogFile;
import io.turnpike.launcher.stack.Stack;
import io.turnpike.launcher.stack.StackException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks after a job that is up: whatever ends is started again, an engine under a fresh id, so that
 * the registry sees another epoch. Not thread-safe.
 */
public final class JobWatch {

  private static final Duration LOOK = Duration.ofMillis(300);
  private static final int LOG_LINES = 20;

  private final Stack stack;
  private final boolean restarts;
  private final Restarts counted = new Restarts();
  private final Consumer<String> out;

  /**
   * A watch over a job.
   *
   * @param restarts whether anything is started again
   * @param out gets a line for each end and each return
   */
  public JobWatch(Stack stack, boolean restarts, Consumer<String> out) {
    this.stack = stack;
    this.restarts = restarts;
    this.out = out;
  }

  /** Returns when the job is lost, with what was its end and the log lines that explain it. */
  public StackException untilLost() throws InterruptedException {
    while (true) {
      Launch.@Nullable Running dead =
          stack.running().stream().filter(Launch.Running::isDead).findFirst().orElse(null);
      if (dead == null) {
        TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
        continue;
      }
      String end = dead.name() + " ended with exit code " + dead.process().exitValue();
      Duration pause = restarts ? counted.pause(dead.name(), System.nanoTime()) : null;
      if (pause == null) {
        String often = restarts ? ", " + (Restarts.MOST + 1) + " times in a row" : "";
        return new StackException(end + often, LogFile.last(dead.log(), LOG_LINES));
      }
      out.accept(end + " and is started again in " + pause.toSeconds() + " s");
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
      revive(dead);
    }
  }

  /** A process that ends again before it is ready is met at the next look. */
  private void revive(Launch.Running dead) throws InterruptedException {
    long startNanos = System.nanoTime();
    try {
      if (stack.revive(dead)) {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        out.accept(String.format(Locale.ROOT, "%s is back after %.1f s", dead.name(), seconds));
      }
    } catch (StackException e) {
      out.accept(e.text());
    }
  }
}
