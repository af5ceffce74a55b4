package io.turnpike.launcher;

import io.turnpike.launcher.stack.StateFolder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the stack keeps its pid files and logs. */
final class StateOption {

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "State folder: pid files, logs, the plan of the last run."
              + " Default: $TURNPIKE_STATE, else .turnpike in the project.")
  private @Nullable Path state;

  /** The folder that was asked for. */
  StateFolder folder() {
    if (state != null) {
      return new StateFolder(state);
    }
    String fromEnvironment = System.getenv("TURNPIKE_STATE");
    return new StateFolder(
        fromEnvironment == null || fromEnvironment.isBlank()
            ? root().resolve(".turnpike")
            : Path.of(fromEnvironment));
  }

  /** The project's folder, which the shell script tells. */
  static Path root() {
    return Path.of(System.getProperty("turnpike.root", ""));
  }
}
