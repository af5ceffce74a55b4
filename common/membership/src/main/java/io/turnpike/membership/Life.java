package io.turnpike.membership;

import io.turnpike.node.Epoch;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which life of its process an engine is in, named so that whoever watches it gives the same life
 * the same name.
 *
 * <pre>
 *  s1795221502.37   by the start that the engine tells on its metrics page
 *  l0               it tells none (several API servers, a page that is late), and its port was
 *                   never seen closed
 *  l1795221502370   it tells none, and its port was last seen closed before that millisecond
 * </pre>
 *
 * Behind each follows {@code -} and the engine's own id, where it registered with one. A count of
 * lives was rejected: two watchers that began at different times never agree on it.
 */
final class Life {

  private static final Pattern TOLD = Pattern.compile("s([0-9.]+)(-.*)?");
  private static final Pattern SEEN = Pattern.compile("l([0-9]{1,18})([.-].*)?");

  private @Nullable String start;
  private long endedMillis;
  private boolean ended;

  /** The engine answered; the name of the life that did. */
  Epoch answered(@Nullable String toldStart, @Nullable String engineId, Instant now) {
    if (toldStart != null) {
      start = toldStart;
    } else if (ended) {
      start = null;
      endedMillis = Math.max(now.toEpochMilli(), endedMillis + 1);
    }
    ended = false;
    return name(engineId);
  }

  private Epoch name(@Nullable String engineId) {
    String suffix = engineId == null ? "" : "-" + engineId;
    return new Epoch((start == null ? "l" + endedMillis : "s" + start) + suffix);
  }

  /** Its process is gone: what answers next is another life. */
  void end() {
    ended = true;
  }

  /** Takes over what somebody who watched before called it. */
  void remember(Epoch epoch) {
    Matcher told = TOLD.matcher(epoch.value());
    if (told.matches()) {
      start = told.group(1);
    } else {
      endedMillis = millis(epoch);
    }
  }

  /**
   * The name that this life has if another watcher saw its beginning later than this one; null if
   * the present name holds.
   */
  @Nullable Epoch agreedWith(Epoch theirs, @Nullable String engineId) {
    if (start != null || millis(theirs) <= endedMillis) {
      return null;
    }
    endedMillis = millis(theirs);
    ended = false;
    return name(engineId);
  }

  private static long millis(Epoch epoch) {
    Matcher seen = SEEN.matcher(epoch.value());
    return seen.matches() ? Long.parseLong(seen.group(1)) : 0;
  }
}
