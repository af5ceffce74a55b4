package io.turnpike.launcher.job;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What clients talk to.
 *
 * @param port where they do
 * @param command how somebody else's proxy is started, with its placeholders; null: Turnpike's own
 *     registry and proxies
 * @param gateway what is said of Turnpike's own
 */
public record Scheduler(int port, @Nullable String command, Gateway gateway) {

  /** The original's. */
  static final int DEFAULT_PORT = 8021;

  /**
   * Turnpike's own proxies.
   *
   * @param host the address that they listen on
   * @param mode {@code pd} or {@code ppd}
   * @param proxies how many; the first has the scheduler's port
   * @param redis {@code embedded}, {@code none} or a URL
   * @param properties Spring properties of registry and proxies
   */
  public record Gateway(
      String host, String mode, int proxies, String redis, Map<String, String> properties) {

    static final Gateway STANDARD = new Gateway("127.0.0.1", "ppd", 1, "embedded", Map.of());

    public Gateway {
      properties = java.util.Collections.unmodifiableMap(new TreeMap<>(properties));
    }
  }
}
