package io.turnpike.launcher.stack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the built programs and Java are.
 *
 * @param root the project's folder
 * @param java the java program
 * @param archives whether class archives are used
 */
public record Installation(Path root, Path java, Archives archives) {

  /** Every JVM: quick to start, small, silent about what Netty does. */
  private static final List<String> COMMON =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:+UseCompactObjectHeaders",
          "-Xss512k",
          "-XX:+ExitOnOutOfMemoryError",
          "--sun-misc-unsafe-memory-access=allow");

  /** An archive that is missing, stale or half written is of no consequence. */
  private static final String NO_ARCHIVE_WARNINGS = "-Xlog:cds*=off,aot*=off";

  /**
   * Class archives next to the jars ({@code NAME.jsa}). With one a service needs about a third less
   * CPU to start. The JVM checks by itself whether it fits jar and Java.
   */
  public enum Archives {
    /** Used, and made by the first process of each program when it ends. */
    ON,
    /** Neither. */
    OFF
  }

  /** Whether a process makes the archive of its program. */
  enum Archive {
    MAKE,
    USE
  }

  /** The project in that folder, run with the Java that runs us. */
  public static Installation at(Path root) {
    return new Installation(
        root.toAbsolutePath().normalize(),
        Path.of(System.getProperty("java.home"), "bin", "java"),
        Archives.ON);
  }

  /**
   * A runnable module's command line in an installation on another machine, without its own
   * arguments.
   *
   * @param java the program there
   * @param folder the project's folder there
   */
  public static List<String> elsewhere(
      String java, String folder, String module, List<String> jvmFlags) {
    List<String> command = new ArrayList<>(List.of(java));
    command.addAll(COMMON);
    command.addAll(jvmFlags);
    command.add("-jar");
    command.add(folder + "/" + module + "/target/" + Path.of(module).getFileName() + ".jar");
    return command;
  }

  /** A runnable module's command line, without its own arguments. */
  List<String> command(String module, Archive archive, List<String> jvmFlags) {
    String name = Path.of(module).getFileName().toString();
    Path target = root.resolve(module).resolve("target");
    Path jar = target.resolve(name + ".jar");
    if (!Files.isRegularFile(jar)) {
      throw new StackException(
          jar + " is missing (build it: ./turnpike up does, or mvn -DskipTests package)");
    }
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    command.addAll(COMMON);
    command.addAll(jvmFlags);
    if (archives == Archives.ON) {
      command.add("-XX:SharedArchiveFile=" + target.resolve(name + ".jsa"));
      command.add(NO_ARCHIVE_WARNINGS);
      if (archive == Archive.MAKE) {
        command.add("-XX:+AutoCreateSharedArchive");
      }
    }
    String extra = System.getenv("TURNPIKE_JAVA_OPTS");
    if (extra != null && !extra.isBlank()) {
      command.addAll(List.of(extra.strip().split("\\s+", -1)));
    }
    command.add("-jar");
    command.add(jar.toString());
    return command;
  }
}
