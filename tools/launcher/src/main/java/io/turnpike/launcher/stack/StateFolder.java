package io.turnpike.launcher.stack;

import io.turnpike.launcher.plan.Nearest;
import io.turnpike.launcher.plan.PlanException;
import io.turnpike.launcher.process.PidFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a stack keeps on disk: {@code plan.yaml}, {@code pids/}, {@code logs/} of the last run,
 * {@code registry-nodes.yaml}, {@code redis/}, {@code admin-key}.
 *
 * @param path the folder, {@code .turnpike} by default
 */
public record StateFolder(Path path) {

  public StateFolder {
    path = path.toAbsolutePath().normalize();
  }

  /** The plan of the last run. */
  public Path plan() {
    return path.resolve("plan.yaml");
  }

  /** The URL of the gateway to talk to, for tools that read no plan. */
  Path gateway() {
    return path.resolve("gateway");
  }

  Path pids() {
    return path.resolve("pids");
  }

  Path redis() {
    return path.resolve("redis");
  }

  Path registryNodes() {
    return path.resolve("registry-nodes.yaml");
  }

  /** The key of control endpoints, which a gateway makes once it needs one. */
  Path adminKey() {
    return path.resolve("admin-key");
  }

  /** That key, or null while none was needed. */
  public @Nullable String readAdminKey() {
    try {
      String key = Files.readString(adminKey()).strip();
      return key.isEmpty() ? null : key;
    } catch (IOException e) {
      return null;
    }
  }

  /** One file a process. */
  public Path logs() {
    return path.resolve("logs");
  }

  /** The log of the process of that name. */
  public Path log(String name) {
    return logs().resolve(name + ".log");
  }

  /** Names of the processes that have a log, sorted. */
  public List<String> logNames() {
    try (var files = Files.list(logs())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".log"))
          .map(name -> name.substring(0, name.length() - ".log".length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** The log of a process, or a fault that says which there are. */
  public Path knownLog(String process) {
    List<String> names = logNames();
    if (!names.contains(process)) {
      throw new PlanException(
          "no log '%s' (expected: %s)".formatted(process, Nearest.expected(process, names)));
    }
    return log(process);
  }

  /** Processes of the last run, whether they still run or not. */
  public List<PidFile> processes() {
    return PidFile.all(pids());
  }

  /** Whether any process of the last run is alive. */
  public boolean isRunning() {
    return processes().stream().anyMatch(PidFile::isAlive);
  }

  /** Writes a file of the state folder. */
  void write(Path file, String text) {
    try {
      Files.createDirectories(path);
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** The plan of the last run, or null. */
  public @Nullable String readPlan() {
    try {
      return Files.readString(plan());
    } catch (IOException e) {
      return null;
    }
  }

  /** The URL of the gateway to talk to; empty when there is none. */
  public String readGateway() {
    try {
      return Files.readString(gateway()).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** Forgets the logs of the run before. */
  void clearLogs() {
    for (String name : logNames()) {
      try {
        Files.deleteIfExists(log(name));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot delete " + log(name), e);
      }
    }
  }

  /** Keeps a second up or down out; released by closing, or by the end of this process. */
  Lock lock() {
    try {
      Files.createDirectories(path);
      FileChannel channel =
          FileChannel.open(
              path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw new StackException(
            "another ./turnpike is starting or stopping this stack (wait for it to end)");
      }
      return new Lock(channel);
    } catch (IOException e) {
      throw new StackException(path + " cannot be written: " + e.getMessage());
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** The held lock. */
  record Lock(FileChannel channel) implements AutoCloseable {
    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
