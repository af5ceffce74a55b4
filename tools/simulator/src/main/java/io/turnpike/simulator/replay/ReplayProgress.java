package io.turnpike.simulator.replay;

import java.io.PrintWriter;
import java.util.function.Consumer;

/** Where a long replay is, as a line that overwrites itself; silent without a terminal. */
final class ReplayProgress implements Consumer<TurnResult>, AutoCloseable {

  private static final long EVERY_NANOS = 200_000_000;
  private static final int BAR = 24;
  private static final String CLEAR = "\r\u001b[2K";

  private final PrintWriter err;
  private final String name;
  private final long turns;
  private final boolean terminal;
  private long ended;
  private long shownNanos = System.nanoTime();

  @SuppressWarnings("SystemConsoleNull") // Since JDK 25 it is null again without a terminal.
  ReplayProgress(PrintWriter err, String name, long turns) {
    this.err = err;
    this.name = name;
    this.turns = turns;
    var console = System.console();
    terminal = console != null && console.isTerminal();
  }

  @Override
  public void accept(TurnResult result) {
    ended++;
    if (terminal && ended % 64 == 0 && System.nanoTime() - shownNanos > EVERY_NANOS) {
      shownNanos = System.nanoTime();
      int filled = (int) (BAR * ended / Math.max(1, turns));
      err.printf(
          "%s%s [%s%s] %d of %d turns, %.0f s of its time",
          CLEAR,
          name,
          "#".repeat(filled),
          ".".repeat(BAR - filled),
          ended,
          turns,
          result.endNanos() / 1e9);
      err.flush();
    }
  }

  @Override
  public void close() {
    if (terminal) {
      err.print(CLEAR);
      err.flush();
    }
  }
}
