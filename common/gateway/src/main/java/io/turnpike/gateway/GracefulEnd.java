package io.turnpike.gateway;

import io.turnpike.admission.Admission;
import java.util.concurrent.Executor;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Lets no new turns in once the service is told to stop and whoever sends them had time to notice
 * that it is no more ready, and keeps the web server until those under way have ended, or Boot's
 * time for that is over ({@code spring.lifecycle.timeout-per-shutdown-phase}).
 */
final class GracefulEnd implements SmartLifecycle {

  private final Admission admission;
  private final Executor afterDelay;
  private volatile boolean running;

  /**
   * Of a gateway.
   *
   * @param afterDelay runs what it is given when others have noticed
   */
  GracefulEnd(Admission admission, Executor afterDelay) {
    this.admission = admission;
    this.afterDelay = afterDelay;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop(Runnable done) {
    running = false;
    afterDelay.execute(() -> admission.drain(done));
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
