package io.turnpike.launcher.process;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A process to be started.
 *
 * @param name what its pid file and log are called
 * @param command program and arguments
 * @param environment additions to our own environment
 * @param log where its output goes
 * @param folder its working folder; null: ours
 */
public record Launch(
    String name,
    List<String> command,
    Map<String, String> environment,
    Path log,
    @Nullable Path folder) {

  /** Ignored signals stay ignored through {@code exec}: the terminal's do not reach the process. */
  private static final List<String> DEAF =
      List.of("/bin/sh", "-c", "trap '' HUP INT QUIT; exec \"$@\"", "sh");

  public Launch {
    command = List.copyOf(command);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
  }

  /** A process that works in our own folder. */
  public Launch(String name, List<String> command, Map<String, String> environment, Path log) {
    this(name, command, environment, log, null);
  }

  /** The same in another folder. */
  public Launch in(@Nullable Path other) {
    return new Launch(name, command, environment, log, other);
  }

  /**
   * Starts it detached: it survives us, has no terminal, and its pid file is there on return.
   *
   * @param pidFolder where the pid file goes
   */
  public Running start(Path pidFolder) throws IOException {
    Files.createDirectories(log.toAbsolutePath().getParent());
    List<String> detached = new ArrayList<>(setsid());
    detached.addAll(DEAF);
    detached.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(detached)
            .redirectInput(Redirect.from(new File("/dev/null")))
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()));
    if (folder != null) {
      builder.directory(folder.toFile());
    }
    builder.environment().putAll(environment);
    Process process = builder.start();
    // A process that has ended at once has no mark any more; its file then names nobody.
    String mark = StartMark.of(process.pid());
    PidFile pidFile = new PidFile(name, process.pid(), mark == null ? "ended" : mark);
    pidFile.write(pidFolder);
    return new Running(pidFile, process, log);
  }

  /** {@code setsid} keeps the pid, because our child is no group leader. macOS has none. */
  private static List<String> setsid() {
    for (String folder : List.of("/usr/bin/", "/bin/")) {
      if (Files.isExecutable(Path.of(folder + "setsid"))) {
        return List.of(folder + "setsid");
      }
    }
    return List.of();
  }

  /**
   * A process that we have just started.
   *
   * @param pidFile how it is found later
   * @param process our handle on it, which knows its exit code
   * @param log its output
   */
  public record Running(PidFile pidFile, Process process, Path log) {

    /** What it is called. */
    public String name() {
      return pidFile.name();
    }

    /** Whether it has ended, by itself or killed. */
    public boolean isDead() {
      return !process.isAlive();
    }
  }
}
