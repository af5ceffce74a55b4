package io.turnpike.gateway;

import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Lets no new turns in once the service is told to stop; those under way go on while Boot waits.
 */
final class GracefulEnd implements ApplicationListener<ContextClosedEvent> {

  private final Admission admission;

  GracefulEnd(Admission admission) {
    this.admission = admission;
  }

  @Override
  public void onApplicationEvent(ContextClosedEvent closing) {
    admission.drain();
  }
}
