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
 */
public record Environment(String turnpike, String java, String os, int cores, String command) {

  /**
   * The one that this runs in.
   *
   * @param arguments of the command that measures
   */
  public static Environment of(List<String> arguments) {
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
        "turnpike bench " + String.join(" ", arguments));
  }
}
