package io.turnpike.bench.run;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ctrl-C: stops what runs, then waits for its report before the process ends. */
public final class Interruption implements AutoCloseable {

  private static final long MOST_SECONDS = 20;

  private final CountDownLatch reported = new CountDownLatch(1);
  private final Thread hook;

  /** From now on, until it is closed. */
  public Interruption(Runnable stop) {
    hook =
        new Thread(
            () -> {
              stop.run();
              try {
                boolean done = reported.await(MOST_SECONDS, TimeUnit.SECONDS);
                assert done;
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** The report is written. */
  @Override
  public void close() {
    reported.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending: that is what the hook waited for.
    }
  }
}
