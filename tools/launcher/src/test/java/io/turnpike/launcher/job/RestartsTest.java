package io.turnpike.launcher.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestartsTest {

  private final Restarts restarts = new Restarts();

  @Test
  void pausesGrow_untilItWasOftenEnough_forEachProcessByItself() {
    List<Duration> pauses = new ArrayList<>();
    for (int i = 0; i < Restarts.MOST; i++) {
      pauses.add(restarts.pause("decode-1", i));
    }

    assertThat(pauses).extracting(Duration::toSeconds).containsExactly(1L, 2L, 4L, 8L, 16L);
    assertThat(restarts.pause("decode-1", 10)).isNull();
    assertThat(restarts.pause("decode-2", 10)).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void whoeverHasLivedLongEnough_beginsAnew() {
    restarts.pause("p", 0);
    assertThat(restarts.pause("p", Restarts.FORGIVEN.toNanos() - 1)).hasSeconds(2);
    assertThat(restarts.pause("p", 2 * Restarts.FORGIVEN.toNanos() - 1)).hasSeconds(1);
  }
}
