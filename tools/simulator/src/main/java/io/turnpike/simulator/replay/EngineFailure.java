package io.turnpike.simulator.replay;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An engine fails for a while.
 *
 * @param engine its name
 * @param kind how
 * @param fromNanos from when
 * @param toNanos until when; later than {@code fromNanos}
 */
record EngineFailure(String engine, Kind kind, long fromNanos, long toNanos) {

  /** How an engine fails. */
  enum Kind {
    /** Its process is gone: legs under way break off, KV is lost; it comes back in a new life. */
    REFUSE,
    /** It stands still: connections stay, nothing comes. Then it goes on where it stood. */
    HANG,
    /** It answers each new request with 500; what is under way goes on. */
    ERROR,
    /** It answers each new request with 503; what is under way goes on. */
    BUSY;

    /** Whether the registry's probes fail meanwhile. */
    boolean failsProbes() {
      return this == REFUSE || this == HANG;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Pattern WRITTEN =
      Pattern.compile("([a-z]+-\\d+)@(\\d+(?:\\.\\d+)?)s\\.\\.(\\d+(?:\\.\\d+)?)s=([a-z]+)");

  public EngineFailure {
    if (fromNanos < 0 || toNanos <= fromNanos) {
      throw new IllegalArgumentException(
          "failure of %s: %d to %d ns (expected: an end after its start)"
              .formatted(engine, fromNanos, toNanos));
    }
  }

  /**
   * Reads {@code ENGINE@FROMs..TOs=KIND}, like {@code decode-1@10s..30s=hang}.
   *
   * @throws IllegalArgumentException if it is written otherwise
   */
  static EngineFailure parse(String text) {
    Matcher written = WRITTEN.matcher(text);
    List<Kind> kinds = written.matches() ? named(written.group(4)) : List.of();
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException(
          "fail: \"%s\" (expected: ENGINE@FROMs..TOs=KIND, like decode-1@10s..30s=hang; KIND: %s)"
              .formatted(text, Arrays.stream(Kind.values()).map(Kind::word).toList()));
    }
    return new EngineFailure(
        written.group(1), kinds.getFirst(), nanos(written.group(2)), nanos(written.group(3)));
  }

  private static List<Kind> named(String word) {
    return Arrays.stream(Kind.values()).filter(kind -> kind.word().equals(word)).toList();
  }

  private static long nanos(String seconds) {
    return Math.round(Double.parseDouble(seconds) * 1e9);
  }

  boolean overlaps(EngineFailure other) {
    return engine.equals(other.engine) && fromNanos < other.toNanos && other.fromNanos < toNanos;
  }
}
