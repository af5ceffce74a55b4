package io.turnpike.launcher.stack;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hears how a start goes; called from the starting thread. */
public interface Progress {

  /** Says nothing. */
  Progress SILENT = (ready, total, waitingFor, lastLine) -> {};

  /**
   * Called a few times a second.
   *
   * @param ready how many components can be used
   * @param total how many there are
   * @param waitingFor names of the others
   * @param lastLine the last log line of the first of them that takes its time, or null
   */
  void waiting(int ready, int total, List<String> waitingFor, @Nullable String lastLine);
}
