package io.turnpike.launcher.stack;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells engines that load from those that will never be ready though their process lives. vLLM can
 * lose a port (its own, the NIXL side channel's, torch's) and hang: the thread that wanted it ends,
 * the others wait for ever. Its log says so; an engine that is not ready {@link #BOUND} after such
 * a line is given up. Other errors in a log mean nothing: vLLM survives many of them.
 *
 * <p>Not thread-safe.
 */
final class DoomedEngines {

  /** Longer than the end of an engine that does notice; that one is named by its exit code. */
  static final Duration BOUND = Duration.ofSeconds(15);

  /** As Python's sockets, ZeroMQ, torch and vLLM's own supervisor say it. */
  private static final Pattern FATAL =
      Pattern.compile(
          "Address already in use|EADDRINUSE|EngineCore failed to start"
              + "|Engine core initialization failed");

  private final LongSupplier ticker;
  private final Map<String, Long> firstSeen = new HashMap<>();
  private final Map<String, String> lines = new HashMap<>();

  /**
   * @param ticker nanoseconds, as {@link System#nanoTime}
   */
  DoomedEngines(LongSupplier ticker) {
    this.ticker = ticker;
  }

  /**
   * What is wrong with an engine that is not ready, once it is certain; null until then.
   *
   * @param engine its name
   * @param log the end of its log
   */
  @Nullable String fault(String engine, List<String> log) {
    if (!firstSeen.containsKey(engine)) {
      for (String line : log) {
        if (FATAL.matcher(line).find()) {
          firstSeen.put(engine, ticker.getAsLong());
          lines.put(engine, line.strip());
          break;
        }
      }
    }
    Long since = firstSeen.get(engine);
    if (since == null || ticker.getAsLong() - since < BOUND.toNanos()) {
      return null;
    }
    return "%s will not become ready: its log said, %d s ago: %s"
        .formatted(engine, BOUND.toSeconds(), lines.get(engine));
  }
}
