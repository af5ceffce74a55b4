package io.turnpike.launcher.stack;

import java.util.List;

/** Hears how a start goes; called from the starting thread. */
public interface Progress {

  /** Says nothing. */
  Progress SILENT = (total, waiting) -> {};

  /**
   * Called a few times a second.
   *
   * @param total how many components there are
   * @param waiting those that cannot be used yet
   */
  void waiting(int total, List<Component> waiting);
}
