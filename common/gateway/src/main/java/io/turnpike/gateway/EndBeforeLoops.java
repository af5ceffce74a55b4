package io.turnpike.gateway;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Closes what works on the event loops once the web server has stopped, and before the loops end: a
 * loop that is still given tasks waits for the last of them until its time is over.
 */
final class EndBeforeLoops implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(EndBeforeLoops.class);

  private final List<AutoCloseable> users;
  private volatile boolean running;

  EndBeforeLoops(List<AutoCloseable> users) {
    this.users = List.copyOf(users);
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    for (AutoCloseable user : users) {
      try {
        user.close();
      } catch (Exception failed) {
        LOG.atWarn().setCause(failed).log("something could not be closed");
      }
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** The event loops' own phase is 0, and higher ones stop first. */
  @Override
  public int getPhase() {
    return 1;
  }
}
