package io.turnpike.launcher;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * While it is open, Ctrl-C and SIGTERM interrupt a thread and wait until it has cleaned up, which
 * closing says.
 */
final class Ending implements AutoCloseable {

  /** How long cleaning up may take. */
  private static final Duration CLEAN_UP = Duration.ofSeconds(60);

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook;

  private Ending(Thread worker) {
    this.hook =
        new Thread(
            () -> {
              worker.interrupt();
              try {
                done.await(CLEAN_UP.toSeconds(), TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  /** Begins to listen, on behalf of that thread. */
  static Ending of(Thread worker) {
    Ending ending = new Ending(worker);
    Runtime.getRuntime().addShutdownHook(ending.hook);
    return ending;
  }

  @Override
  public void close() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      Thread.currentThread().interrupt(); // The JVM is ending, because of Ctrl-C.
    }
  }
}
