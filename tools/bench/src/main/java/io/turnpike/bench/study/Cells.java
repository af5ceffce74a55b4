package io.turnpike.bench.study;

import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.load.Tally;
import java.io.IOException;

/** Where cells are measured. One thread; {@link #stop} from any. */
public interface Cells extends AutoCloseable {

  /** Sees the turns of a cell while they are measured. */
  interface Watcher {

    /** Nobody looks. */
    Watcher NONE =
        new Watcher() {
          @Override
          public void began(Cell cell, int turn, Tally tally) {}

          @Override
          public void ended() {}
        };

    /** A turn of all conversations has begun; the tally fills meanwhile. */
    void began(Cell cell, int turn, Tally tally);

    /** It has ended. */
    void ended();
  }

  /** Gets a mode ready with conversations that are not counted and share nothing with cells. */
  void warmUp(Cell like, int conversations) throws IOException, InterruptedException;

  /** Measures a cell; fewer turns than asked for only after {@link #stop}. */
  Outcome measure(Cell cell, Goodput goodput, Watcher watcher)
      throws IOException, InterruptedException;

  /** How they are measured. */
  Conditions conditions();

  /** Ends the cell under way soon. */
  void stop();

  @Override
  void close();
}
