package io.turnpike.bench.engine;

import io.turnpike.bench.engine.Engines.Engine;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What engines counted while something was measured, by role, in one or several spells. An engine
 * that could not be asked, or that began to count anew, makes its role unknown: nothing is guessed.
 * One thread.
 */
public final class CacheLedger {

  private final Map<String, @Nullable CacheCounts> byRole = new LinkedHashMap<>();
  private Map<Engine, @Nullable CacheCounts> before = Map.of();
  private boolean begun;

  /** Begins a spell. */
  public void begin(Engines engines) throws InterruptedException {
    before = engines.counts();
    begun = true;
  }

  /** Ends it. */
  public void end(Engines engines) throws InterruptedException {
    add(before, engines.counts());
  }

  void add(Map<Engine, @Nullable CacheCounts> from, Map<Engine, @Nullable CacheCounts> to) {
    for (Map.Entry<Engine, @Nullable CacheCounts> entry : to.entrySet()) {
      CacheCounts first = from.get(entry.getKey());
      CacheCounts last = entry.getValue();
      CacheCounts grown = first == null || last == null ? null : last.since(first);
      String role = entry.getKey().role();
      CacheCounts known = byRole.containsKey(role) ? byRole.get(role) : CacheCounts.ZERO;
      byRole.put(role, known == null || grown == null ? null : known.plus(grown));
    }
  }

  /** Whether there was a spell at all. */
  public boolean isBegun() {
    return begun;
  }

  /** What each role counted; null where it is not known. Empty without engines. */
  public Map<String, @Nullable CacheCounts> byRole() {
    return byRole;
  }
}
