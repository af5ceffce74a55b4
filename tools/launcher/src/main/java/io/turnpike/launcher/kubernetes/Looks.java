package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.stack.StackException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Looks at a cluster once a second until something is so. A server that cannot be asked now is no
 * answer, and said once. Watching was rejected: a list a second costs a server little, and needs no
 * way back after a cut.
 */
final class Looks {

  private static final Duration EVERY = Duration.ofSeconds(1);

  /** One look. */
  @FunctionalInterface
  interface Look {
    boolean isSo() throws InterruptedException;
  }

  private final Consumer<String> out;
  private final Duration every;
  private boolean away;

  /**
   * Looks on behalf of somebody.
   *
   * @param out gets a line for people when the server is away
   */
  Looks(Consumer<String> out) {
    this(out, EVERY);
  }

  Looks(Consumer<String> out, Duration every) {
    this.out = out;
    this.every = every;
  }

  /** Returns when it is so. */
  void until(Look look) throws InterruptedException {
    while (!isSo(look)) {
      TimeUnit.MILLISECONDS.sleep(every.toMillis());
    }
  }

  /** Returns when it is so; when that takes too long, a fault. */
  void until(Look look, Duration patience, Supplier<StackException> late)
      throws InterruptedException {
    long begun = System.nanoTime();
    while (!isSo(look)) {
      if (System.nanoTime() - begun > patience.toNanos()) {
        throw late.get();
      }
      TimeUnit.MILLISECONDS.sleep(every.toMillis());
    }
  }

  private boolean isSo(Look look) throws InterruptedException {
    try {
      boolean so = look.isSo();
      away = false;
      return so;
    } catch (UnreachableException e) {
      if (!away) {
        out.accept(e.text() + "; tried again until it answers");
      }
      away = true;
      return false;
    }
  }
}
