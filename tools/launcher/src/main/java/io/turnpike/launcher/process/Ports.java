package io.turnpike.launcher.process;

import java.io.IOException;
import java.lang.ProcessHandle.Info;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Says whether TCP ports are free, and who listens on them if not. */
public final class Ports {

  private static final String LISTEN = "0A";
  private static final int LOWEST = 20_000;
  private static final int FIRST_GIVEN_OUT = 32_768;

  private Ports() {}

  /**
   * The process that listens on a port.
   *
   * @param pid its pid
   * @param command the program's name, and the jar's where there is one
   */
  public record Holder(long pid, String command) {}

  /** Whether a server could listen on that loopback port now. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * That many different free ports; another process may still take one before it is used. They lie
   * below those that systems give out by themselves (Linux 32768 and up, macOS 49152 and up),
   * because a real engine binds its side channel only minutes after its start.
   */
  public static List<Integer> free(int count) {
    int width = FIRST_GIVEN_OUT - LOWEST;
    List<Integer> free =
        ThreadLocalRandom.current()
            .ints(10L * width, LOWEST, FIRST_GIVEN_OUT)
            .distinct()
            .filter(Ports::isFree)
            .limit(count)
            .boxed()
            .toList();
    if (free.size() < count) {
      throw new IllegalStateException(
          "fewer than " + count + " free ports from " + LOWEST + " to " + FIRST_GIVEN_OUT);
    }
    return free;
  }

  /** Who listens on that port; empty when nobody does or we may not see it. */
  public static Optional<Holder> holder(int port) {
    if (!ProcStat.available()) {
      return lsof(port);
    }
    Set<String> sockets = new HashSet<>();
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      sockets.addAll(listening(lines(Path.of(table)), port));
    }
    return sockets.isEmpty() ? Optional.empty() : owner(sockets);
  }

  /** Links of the sockets that listen on a port, out of the lines of {@code /proc/net/tcp}. */
  static Set<String> listening(List<String> lines, int port) {
    String suffix = String.format(":%04X", port);
    Set<String> sockets = new HashSet<>();
    for (String line : lines) {
      String[] fields = line.strip().split("\\s+", -1);
      if (fields.length > 9 && fields[1].endsWith(suffix) && fields[3].equals(LISTEN)) {
        sockets.add("socket:[" + fields[9] + "]");
      }
    }
    return sockets;
  }

  private static Optional<Holder> owner(Set<String> sockets) {
    return ProcStat.all().stream()
        .map(ProcStat::pid)
        .filter(pid -> holds(pid, sockets))
        .findFirst()
        .map(Ports::named);
  }

  private static boolean holds(long pid, Set<String> sockets) {
    try (var links = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (Path link : links) {
        if (sockets.contains(Files.readSymbolicLink(link).toString())) {
          return true;
        }
      }
    } catch (IOException | RuntimeException e) {
      return false; // It ended meanwhile, or is not ours to see.
    }
    return false;
  }

  private static Optional<Holder> lsof(int port) {
    try {
      Process lsof =
          new ProcessBuilder("lsof", "-nP", "-iTCP:" + port, "-sTCP:LISTEN", "-t")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      List<String> pids = lsof.inputReader().lines().toList();
      return pids.isEmpty()
          ? Optional.empty()
          : Optional.of(named(Long.parseLong(pids.getFirst().strip())));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Holder named(long pid) {
    Optional<Info> info = ProcessHandle.of(pid).map(ProcessHandle::info);
    String program = info.flatMap(Info::command).map(Ports::fileName).orElse("?");
    List<String> arguments = List.of(info.flatMap(Info::arguments).orElse(new String[0]));
    int jar = arguments.indexOf("-jar") + 1;
    boolean named = jar > 0 && jar < arguments.size();
    return new Holder(pid, named ? program + " " + fileName(arguments.get(jar)) : program);
  }

  private static String fileName(String path) {
    return String.valueOf(Path.of(path).getFileName());
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
