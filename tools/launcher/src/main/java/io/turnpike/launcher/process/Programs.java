package io.turnpike.launcher.process;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds programs as a shell does. */
public final class Programs {

  private Programs() {}

  /** The folders in which bare names are looked for. */
  public static String searchPath() {
    String path = System.getenv("PATH");
    return path == null ? "" : path;
  }

  /** The program: a path as it stands, a bare name in the folders of PATH; null: not there. */
  public static @Nullable Path find(String program) {
    if (program.contains("/")) {
      return executable(Path.of(program));
    }
    for (String folder : searchPath().split(":", -1)) {
      Path file = executable(Path.of(folder.isEmpty() ? "." : folder, program));
      if (file != null) {
        return file;
      }
    }
    return null;
  }

  private static @Nullable Path executable(Path file) {
    return Files.isExecutable(file) && Files.isRegularFile(file) ? file.toAbsolutePath() : null;
  }
}
