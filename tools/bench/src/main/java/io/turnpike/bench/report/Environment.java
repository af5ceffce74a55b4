package io.turnpike.bench.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a result was measured with: the machine's kind and the versions, no names. */
public final class Environment {

  private Environment() {}

  /**
   * As it goes into result files.
   *
   * @param arguments of the command that measures
   */
  public static Map<String, Object> of(List<String> arguments) {
    Map<String, Object> json = new LinkedHashMap<>();
    String version = Environment.class.getPackage().getImplementationVersion();
    json.put("turnpike", version == null ? "development" : version);
    json.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
    json.put(
        "os",
        "%s %s, %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch")));
    json.put("cores", Runtime.getRuntime().availableProcessors());
    json.put("command", "turnpike bench " + String.join(" ", arguments));
    return json;
  }
}
