package io.turnpike.launcher.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A process that we started, as a file remembers it.
 *
 * @param name what it is called in the plan
 * @param pid of what we started, which is also its session's id where there is {@code setsid}
 * @param mark tells this process from a later one with the same pid
 */
public record PidFile(String name, long pid, String mark) {

  private static final String SUFFIX = ".pid";

  /** This very process, under a name. */
  public static PidFile ofThisProcess(String name) {
    long pid = ProcessHandle.current().pid();
    return new PidFile(name, pid, String.valueOf(StartMark.of(pid)));
  }

  /** Writes it so that nobody ever reads half of it. */
  public void write(Path folder) {
    try {
      Files.createDirectories(folder);
      Path draft = folder.resolve(name + SUFFIX + ".draft");
      Files.writeString(draft, pid + "\n" + mark + "\n");
      Files.move(draft, folder.resolve(name + SUFFIX), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the pid file of " + name, e);
    }
  }

  /** All pid files of a folder, by name; unreadable ones count as not there. */
  public static List<PidFile> all(Path folder) {
    List<PidFile> all = new ArrayList<>();
    try (var files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (Path file : files) {
        PidFile pidFile = read(file);
        if (pidFile != null) {
          all.add(pidFile);
        }
      }
    } catch (NoSuchFileException e) {
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read pid files in " + folder, e);
    }
    all.sort(Comparator.comparing(PidFile::name));
    return all;
  }

  private static @Nullable PidFile read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    String fileName = file.getFileName().toString();
    String name = fileName.substring(0, fileName.length() - SUFFIX.length());
    try {
      return lines.size() < 2
          ? null
          : new PidFile(name, Long.parseLong(lines.get(0)), lines.get(1));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** Forgets it. */
  public void delete(Path folder) {
    try {
      Files.deleteIfExists(folder.resolve(name + SUFFIX));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete the pid file of " + name, e);
    }
  }

  /** Whether the very process that we started still runs: not a stranger with its pid. */
  public boolean isAlive() {
    return mark.equals(StartMark.of(pid));
  }

  /** The pid of the program itself, which a shell may watch over. */
  public long program() {
    return ProcessHandle.of(pid)
        .filter(process -> process.info().command().orElse("").endsWith("sh"))
        .flatMap(shell -> shell.children().findFirst())
        .map(ProcessHandle::pid)
        .orElse(pid);
  }

  /**
   * The process and all that came from it and still runs; never a stranger. Children that survived
   * it are found by their session (Linux); elsewhere only the children of a living process are.
   */
  List<ProcessHandle> members() {
    if (!ProcStat.available()) {
      return isAlive()
          ? ProcessHandle.of(pid).stream().flatMap(PidFile::withChildren).toList()
          : List.of();
    }
    ProcStat holder = ProcStat.of(pid);
    boolean recycled = holder != null && holder.startTicks() != StartMark.ticks(mark);
    if (recycled || !StartMark.isOfThisBoot(mark)) {
      return List.of();
    }
    // While a session has members its id is given to nobody else, so these are ours.
    return ProcStat.all().stream()
        .filter(stat -> stat.session() == pid || stat.pid() == pid)
        .filter(stat -> stat.startTicks() >= StartMark.ticks(mark) && stat.isRunning())
        .flatMap(stat -> ProcessHandle.of(stat.pid()).stream())
        .toList();
  }

  private static java.util.stream.Stream<ProcessHandle> withChildren(ProcessHandle process) {
    return java.util.stream.Stream.concat(
        java.util.stream.Stream.of(process), process.descendants());
  }
}
