package io.turnpike.bench.study;

import io.turnpike.bench.client.Measurement;
import java.io.IOException;
import java.util.List;

/** Where cells are measured. One thread; {@link #stop} from any. */
public interface Cells extends AutoCloseable {

  /** Measures a cell; fewer turns than asked for only after {@link #stop}. */
  List<Measurement> measure(Cell cell) throws IOException, InterruptedException;

  /** What was measured: a server's address, or the model of virtual time. */
  String what();

  /** Ends the cell under way soon. */
  void stop();

  @Override
  void close();
}
