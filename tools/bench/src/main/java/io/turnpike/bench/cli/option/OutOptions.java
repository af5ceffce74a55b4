package io.turnpike.bench.cli.option;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Whether files of an earlier run are replaced. */
public final class OutOptions {

  @Option(
      names = "--overwrite",
      description =
          "Replace files of an earlier run. Default: they are kept, the new get a number.")
  private boolean overwrite;

  /**
   * The name for a run's files, with a number where files of an earlier run have it; then says so.
   *
   * @param name that was asked for, without endings
   * @param endings of the files that will be written
   */
  public Path free(Path name, List<String> endings, PrintWriter err) throws IOException {
    Path folder = name.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Path free = name;
    for (int number = 2; !overwrite && isTaken(free, endings); number++) {
      free = name.resolveSibling(name.getFileName() + "-" + number);
    }
    if (!free.equals(name)) {
      err.printf(
          "%s.* is there from an earlier run and is kept: writing %s.* (--overwrite replaces it)%n",
          name, free);
    }
    return free;
  }

  private static boolean isTaken(Path name, List<String> endings) {
    return endings.stream().anyMatch(ending -> Files.exists(Path.of(name + ending)));
  }
}
