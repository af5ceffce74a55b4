package io.turnpike.launcher.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Ends processes with all that came from them: first politely, after a bound by force. */
public final class Termination {

  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration AFTER_KILL = Duration.ofSeconds(10);

  private Termination() {}

  /**
   * Ends them all at the same time and returns when they are gone.
   *
   * @param patience between SIGTERM and SIGKILL
   * @return names of those that could not be ended
   */
  public static List<String> end(Collection<PidFile> processes, Duration patience) {
    for (PidFile process : processes) {
      process.members().forEach(ProcessHandle::destroy);
    }
    await(processes, patience);
    for (PidFile process : processes) {
      process.members().forEach(ProcessHandle::destroyForcibly);
    }
    await(processes, AFTER_KILL);
    List<String> left = new ArrayList<>();
    for (PidFile process : processes) {
      if (!process.members().isEmpty()) {
        left.add(process.name());
      }
    }
    return left;
  }

  /** Ends one process, without what came from it: that is its own business. */
  public static void endAlone(PidFile process, Duration patience) {
    ProcessHandle.of(process.pid())
        .filter(_ -> process.isAlive())
        .ifPresent(ProcessHandle::destroy);
    await(process::isAlive, patience);
    if (process.isAlive()) {
      ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
      await(process::isAlive, AFTER_KILL);
    }
  }

  private static void await(Collection<PidFile> processes, Duration bound) {
    await(() -> processes.stream().anyMatch(process -> !process.members().isEmpty()), bound);
  }

  private static void await(BooleanSupplier running, Duration bound) {
    long deadline = System.nanoTime() + bound.toNanos();
    while (System.nanoTime() < deadline && running.getAsBoolean()) {
      try {
        TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
