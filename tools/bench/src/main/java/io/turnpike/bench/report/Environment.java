package io.turnpike.bench.report;

import java.util.List;

/**
 * What a result was measured with: the machine's kind and the versions, no names.
 *
 * @param turnpike its version
 * @param java the virtual machine's
 * @param os the operating system's
 * @param cores processors that the load generator may use
 * @param command that measured
 * @param engines what kind they are, where it matters: {@code simulated engines}; else empty
 */
public record Environment(
    String turnpike, String java, String os, int cores, String command, String engines) {

  /**
   * The one that this runs in.
   *
   * @param arguments of the command that measures
   */
  public static Environment of(List<String> arguments) {
    return of(arguments, "");
  }

  /** The same for engines of that kind. */
  public static Environment of(List<String> arguments, String engines) {
    String version = Environment.class.getPackage().getImplementationVersion();
    return new Environment(
        version == null ? "development" : version,
        System.getProperty("java.vm.name") + " " + Runtime.version(),
        "%s %s, %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch")),
        Runtime.getRuntime().availableProcessors(),
        "turnpike bench " + String.join(" ", arguments),
        engines);
  }

  /** A line for people, or nothing. */
  public String engineLine() {
    return engines.isEmpty()
        ? ""
        : "Measured on %s: their model's times, no GPU's%n".formatted(engines);
  }
}
