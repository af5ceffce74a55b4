package io.turnpike.launcher.stack;

import io.turnpike.launcher.process.Launch;
import java.net.URI;

/**
 * One process of a stack.
 *
 * @param role what the table calls it: redis, registry, proxy, replication, prefill, decode,
 *     replica
 * @param url where others reach it
 * @param launch how it is started
 * @param ready answers 200 to a GET as soon as it can be used; {@code redis:} is asked for a PONG
 * @param patience how long that may take
 */
public record Component(String role, URI url, Launch launch, URI ready, Patience patience) {

  /** How long a start may take. */
  public enum Patience {
    /** Our own programs: seconds, minutes on a busy machine. */
    BOUNDED,
    /** Engines that load a model: as long as they live. */
    UNBOUNDED
  }

  /** Its name in pid files, logs and tables. */
  public String name() {
    return launch.name();
  }
}
