package io.turnpike.bench.run;

import io.turnpike.bench.load.Tally;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * Where a long run is: a bar that overwrites itself on a terminal, a plain line now and then
 * without one. Reads the tally without a lock, so figures may lag a request. Used by one thread.
 */
public final class Progress implements AutoCloseable {

  private static final long TERMINAL_MILLIS = 200;
  private static final long PLAIN_MILLIS = 5_000;
  private static final int BAR = 24;

  private final Thread painter;
  private final PrintWriter err;
  private final boolean terminal;
  private volatile boolean closed;

  /** Of so many requests; shown until it is closed. */
  @SuppressWarnings("SystemConsoleNull") // Since JDK 25 it is null again without a terminal.
  public Progress(PrintWriter err, String what, int total, Tally tally) {
    this.err = err;
    var console = System.console();
    terminal = console != null && console.isTerminal();
    painter = Thread.ofPlatform().daemon().name("progress").start(() -> paint(what, total, tally));
  }

  private void paint(String what, int total, Tally tally) {
    try {
      while (!closed) {
        Thread.sleep(terminal ? TERMINAL_MILLIS : PLAIN_MILLIS);
        if (!closed) {
          show(line(what, total, tally));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static String line(String what, int total, Tally tally) {
    long ended = tally.successes() + tally.failed();
    int filled = (int) (BAR * Math.min(ended, total) / Math.max(1, total));
    return String.format(
        Locale.ROOT,
        "%s [%s%s] %d/%d  %.1f/s  TTFT %.0f ms  failed %d%s",
        what,
        "#".repeat(filled),
        ".".repeat(BAR - filled),
        ended,
        total,
        tally.perSecond(ended),
        tally.ttft().mean(),
        tally.failed(),
        left(total - ended, tally.perSecond(ended)));
  }

  private static String left(long requests, double perSecond) {
    return requests < 1 || perSecond <= 0
        ? ""
        : "  "
            + Estimate.words(Duration.ofMillis(Math.round(1000 * requests / perSecond)))
            + " left";
  }

  private void show(String line) {
    if (terminal) {
      err.print("\r\u001b[2K" + line);
      err.flush();
    } else {
      err.println(line);
    }
  }

  @Override
  public void close() {
    closed = true;
    painter.interrupt();
    if (terminal) {
      err.print("\r\u001b[2K");
      err.flush();
    }
  }
}
