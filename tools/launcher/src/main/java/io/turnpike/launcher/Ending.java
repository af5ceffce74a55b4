package io.turnpike.launcher;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * While it is open, Ctrl-C and SIGTERM interrupt a thread and wait until it has cleaned up, which
 * closing says.
 */
final class Ending implements AutoCloseable {

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook;

  private Ending(Thread worker, Duration cleanUp) {
    this.hook =
        new Thread(
            () -> {
              worker.interrupt();
              try {
                done.await(cleanUp.toSeconds(), TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  /**
   * Begins to listen, on behalf of a thread.
   *
   * @param cleanUp how long that may take
   */
  static Ending of(Thread worker, Duration cleanUp) {
    Ending ending = new Ending(worker, cleanUp);
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
