package io.turnpike.simulator.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.simulator.replay.Alarms.Alarm;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlarmsTest {

  private final Alarms alarms = new Alarms();
  private final List<String> rung = new ArrayList<>();
  private final Alarm one = new Alarm(() -> rung.add("one"));
  private final Alarm other = new Alarm(() -> rung.add("other"));

  private void ringAll() {
    while (alarms.nextNanos() != Long.MAX_VALUE) {
      rung.add(Long.toString(alarms.nextNanos()));
      alarms.ring();
    }
  }

  @Test
  void ring_inOrderOfTime_eachOnce() {
    alarms.set(one, 20);
    alarms.set(other, 10);

    ringAll();

    assertThat(rung).containsExactly("10", "other", "20", "one");
  }

  @Test
  void set_putsOff_andBringsForward() {
    alarms.set(one, 20);
    alarms.set(other, 30);
    alarms.set(one, 50);
    alarms.set(other, 5);
    alarms.set(other, 7);

    ringAll();

    assertThat(rung).containsExactly("7", "other", "50", "one");
  }

  @Test
  void stop_forGood() {
    alarms.set(one, 20);
    one.stop();

    assertThat(alarms.nextNanos()).isEqualTo(Long.MAX_VALUE);
  }
}
