package io.turnpike.launcher;

import io.turnpike.launcher.plan.Nearest;
import io.turnpike.launcher.process.LogFile;
import io.turnpike.launcher.stack.StateFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The end of a log, and what follows.
 *
 * @param console where it is shown
 * @param lines how many from the end
 * @param follow whether to go on with what is written from now on
 */
record LogView(Console console, int lines, boolean follow) {

  /** The log of the process of that name; an exit code. */
  int show(StateFolder state, String name) throws IOException, InterruptedException {
    List<String> names = state.logNames();
    if (!names.contains(name)) {
      String near = Nearest.to(name, names);
      console.fault(
          "no log '"
              + name
              + "' (expected: "
              + (near == null ? "one of " + String.join(", ", names) : near + "?")
              + ")");
      return Turnpike.USAGE;
    }
    show(state.log(name));
    return 0;
  }

  /** One log file. */
  void show(Path log) throws IOException, InterruptedException {
    long end = LogFile.last(log, lines, console::line);
    if (follow) {
      LogFile.follow(log, end, console::print);
    }
  }
}
