package io.turnpike.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.gateway.Admission.Permit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class AdmissionTest {

  @Test
  void turnsOverTheLimit_areRefused_untilOneEnds() {
    Admission admission = new Admission(2);
    Permit first = admission.admit();
    assertThat(admission.admit()).isNotNull();
    assertThat(admission.admit()).isNull();
    assertThat(admission.refusal().status()).isEqualTo(429);
    assertThat(first).isNotNull();
    first.release();
    assertThat(admission.admit()).isNotNull();
  }

  @Test
  void permit_isGivenBackOnce() {
    Admission admission = new Admission(2);
    Permit first = admission.admit();
    assertThat(first).isNotNull();
    assertThat(admission.admit()).isNotNull();
    first.release();
    first.release();
    assertThat(admission.turns()).isEqualTo(1);
  }

  @Test
  void nobodyIsLetIn_whileDraining() {
    Admission admission = new Admission(2);
    AtomicBoolean idle = new AtomicBoolean();
    Permit first = admission.admit();
    admission.drain(() -> idle.set(true));
    assertThat(admission.admit()).isNull();
    assertThat(admission.refusal().status()).isEqualTo(503);
    assertThat(idle).isFalse();
    assertThat(first).isNotNull();
    first.release();
    assertThat(admission.turns()).isZero();
    assertThat(idle).isTrue();
  }

  /** Whatever the order of comings and goings: never over the limit, and none is lost. */
  @Property(tries = 200)
  void permits_neverLeak(@ForAll List<Boolean> steps) {
    Admission admission = new Admission(3);
    Deque<Permit> inside = new ArrayDeque<>();
    for (boolean comes : steps) {
      if (comes) {
        Permit permit = admission.admit();
        assertThat(permit == null).isEqualTo(inside.size() == 3);
        if (permit != null) {
          inside.add(permit);
        }
      } else if (!inside.isEmpty()) {
        inside.poll().release();
      }
      assertThat(admission.turns()).isEqualTo(inside.size());
    }
  }
}
