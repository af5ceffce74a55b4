package io.turnpike.gateway;

import io.turnpike.admission.Admission;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Lets no new turns in once the service is told to stop, and keeps the web server until those under
 * way have ended, or Boot's time for that is over ({@code
 * spring.lifecycle.timeout-per-shutdown-phase}).
 */
final class GracefulEnd implements SmartLifecycle {

  private final Admission admission;
  private volatile boolean running;

  GracefulEnd(Admission admission) {
    this.admission = admission;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop(Runnable done) {
    running = false;
    admission.drain(done);
  }

  @Override
  public void stop() {
    stop(() -> {});
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Before the web server: lifecycles of a higher phase stop first. */
  @Override
  public int getPhase() {
    return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 1;
  }
}
