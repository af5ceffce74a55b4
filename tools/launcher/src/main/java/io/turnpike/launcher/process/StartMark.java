package io.turnpike.launcher.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Tells one life of a pid from the next. On Linux the start in clock ticks with the machine's boot
 * id, which no step of the clock changes; elsewhere the start time.
 */
final class StartMark {

  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private StartMark() {}

  /** The mark of the process that runs under that pid now, or null when none runs. */
  static @Nullable String of(long pid) {
    if (ProcStat.available()) {
      ProcStat stat = ProcStat.of(pid);
      return stat == null || !stat.isRunning() ? null : "ticks:" + stat.startTicks() + "@" + boot();
    }
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .flatMap(handle -> handle.info().startInstant())
        .map(start -> "ms:" + start.toEpochMilli())
        .orElse(null);
  }

  /** Whether a mark in ticks was made since this machine started. */
  static boolean isOfThisBoot(String mark) {
    return mark.startsWith("ticks:") && mark.endsWith("@" + boot());
  }

  /** The ticks in a mark, or -1. */
  static long ticks(String mark) {
    return mark.startsWith("ticks:")
        ? Long.parseLong(mark.substring("ticks:".length(), mark.indexOf('@')))
        : -1;
  }

  private static String boot() {
    try {
      return Files.readString(BOOT_ID).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
