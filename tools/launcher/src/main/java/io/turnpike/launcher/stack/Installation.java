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
 */
public record Installation(Path root, Path java) {

  /** Every JVM: quick to start, small, silent about what Netty does. */
  private static final List<String> COMMON =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:+UseCompactObjectHeaders",
          "-Xshare:auto",
          "--sun-misc-unsafe-memory-access=allow");

  /** The project in that folder, run with the Java that runs us. */
  public static Installation at(Path root) {
    return new Installation(
        root.toAbsolutePath().normalize(), Path.of(System.getProperty("java.home"), "bin", "java"));
  }

  /** A runnable module's command line, without its own arguments. */
  List<String> command(String module, List<String> jvmFlags) {
    String name = Path.of(module).getFileName().toString();
    Path jar = root.resolve(module).resolve("target").resolve(name + ".jar");
    if (!Files.isRegularFile(jar)) {
      throw new StackException(
          jar + " is missing (build it: ./turnpike up does, or mvn -DskipTests package)");
    }
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    command.addAll(COMMON);
    command.addAll(jvmFlags);
    String extra = System.getenv("TURNPIKE_JAVA_OPTS");
    if (extra != null && !extra.isBlank()) {
      command.addAll(List.of(extra.strip().split("\\s+", -1)));
    }
    command.add("-jar");
    command.add(jar.toString());
    return command;
  }
}
