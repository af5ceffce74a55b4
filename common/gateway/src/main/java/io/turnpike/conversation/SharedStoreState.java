package io.turnpike.conversation;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the shared store can be relied on; says so in the log once per change. Thread-safe. */
final class SharedStoreState {

  /** After so many failed or late lookups in a row the store counts as down. */
  static final int TROUBLES_UNTIL_DOWN = 5;

  private static final Logger log = LoggerFactory.getLogger(Conversations.class);

  private final AtomicInteger troubles = new AtomicInteger();

  boolean isUp() {
    return troubles.get() < TROUBLES_UNTIL_DOWN;
  }

  void answered() {
    if (troubles.get() != 0 && troubles.getAndSet(0) >= TROUBLES_UNTIL_DOWN) {
      log.info("The shared conversation store answers again");
    }
  }

  void trouble(String what) {
    int now = troubles.updateAndGet(n -> Math.min(n + 1, TROUBLES_UNTIL_DOWN + 1));
    if (now == TROUBLES_UNTIL_DOWN) {
      log.atWarn()
          .addKeyValue("reason", what)
          .log("The shared conversation store is down: going on with what this process knows");
    }
  }
}
