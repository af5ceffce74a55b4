package io.turnpike.launcher.stack;

import io.turnpike.launcher.process.Launch;
import io.turnpike.launcher.process.LogFile;
import java.net.URI;
import java.util.List;

/**
 * One process of a stack.
 *
 * @param role what the table calls it: redis, registry, proxy, replication, prefill, decode,
 *     replica, scheduler
 * @param url where others reach it
 * @param launch how it is started
 * @param ready answers 200 to a GET as soon as it can be used; {@code redis:} is asked for a PONG,
 *     {@code tcp:} only for a connection
 * @param patience how long that may take
 * @param begin when it is started
 */
public record Component(
    String role, URI url, Launch launch, URI ready, Patience patience, Begin begin) {

  /** How long a start may take. */
  public enum Patience {
    /** Our own programs: seconds, minutes on a busy machine. */
    BOUNDED,
    /** Engines that load a model: as long as they live. */
    UNBOUNDED
  }

  /** When a process is started. */
  public enum Begin {
    /** With all others. */
    AT_ONCE,
    /** When all others can be used: somebody else's proxy, which may ask its engines at once. */
    LAST
  }

  /** A component that is started with all others. */
  Component(String role, URI url, Launch launch, URI ready, Patience patience) {
    this(role, url, launch, ready, patience, Begin.AT_ONCE);
  }

  /** Its name in pid files, logs and tables. */
  public String name() {
    return launch.name();
  }

  /** The last line of its log; empty when there is none. */
  public String lastLine() {
    List<String> lines = LogFile.last(launch.log(), 1);
    return lines.isEmpty() ? "" : lines.getFirst();
  }
}
