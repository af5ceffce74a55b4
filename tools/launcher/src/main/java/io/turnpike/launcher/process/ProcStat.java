package io.turnpike.launcher.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of Linux's {@code /proc/PID/stat}.
 *
 * @param pid the process
 * @param state R, S, Z …
 * @param session its session id: the pid of the process that called {@code setsid}
 * @param startTicks when it started, in clock ticks since the machine did
 */
record ProcStat(long pid, char state, long session, long startTicks) {

  private static final Path PROC = Path.of("/proc");

  /** Whether this machine has a {@code /proc} to read. */
  static boolean available() {
    return Files.isReadable(PROC.resolve("self/stat"));
  }

  /** That process, or null when there is none. */
  static @Nullable ProcStat of(long pid) {
    try {
      Path file = PROC.resolve(pid + "/stat");
      return parse(pid, Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return null;
    }
  }

  /** All processes that can be seen. */
  static List<ProcStat> all() {
    List<ProcStat> all = new ArrayList<>();
    try (var entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path entry : entries) {
        ProcStat stat = of(Long.parseLong(entry.getFileName().toString()));
        if (stat != null) {
          all.add(stat);
        }
      }
    } catch (IOException e) {
      return all;
    }
    return all;
  }

  /** The command's name stands in brackets and may hold anything, brackets and blanks included. */
  static ProcStat parse(long pid, String line) {
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
    return new ProcStat(
        pid, fields[0].charAt(0), Long.parseLong(fields[3]), Long.parseLong(fields[19]));
  }

  /** Whether it runs; a zombie has ended and only waits to be noticed. */
  boolean isRunning() {
    return state != 'Z' && state != 'X';
  }
}
