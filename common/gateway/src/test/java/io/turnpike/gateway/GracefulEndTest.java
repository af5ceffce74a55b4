package io.turnpike.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.admission.Admission;
import io.turnpike.caller.Limits;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A gateway that is told to stop. */
class GracefulEndTest {

  private final Admission admission = new Admission(Limits.NONE, Limits.NONE, () -> 0);
  private final Queue<Runnable> delayed = new ArrayDeque<>();
  private final AtomicBoolean ended = new AtomicBoolean();

  @Test
  void turnsAreTaken_untilBalancersHaveNoticed() {
    GracefulEnd end = new GracefulEnd(admission, delayed::add);
    end.start();
    end.stop(() -> ended.set(true));
    assertThat(end.isRunning()).isFalse();
    assertThat(admission.isDraining()).isFalse();
    assertThat(ended).isFalse();
    delayed.remove().run();
    assertThat(admission.isDraining()).isTrue();
    assertThat(ended).isTrue();
  }

  @Test
  void withoutADelay_noneAreTakenAtOnce() {
    new GracefulEnd(admission, Runnable::run).stop();
    assertThat(admission.isDraining()).isTrue();
  }
}
