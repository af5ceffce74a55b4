package io.turnpike.simulator.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which of the faults under way hits a request, and how often. */
class FaultsTest {

  private final List<String> engine = new ArrayList<>();
  private final Faults faults =
      new Faults(
          new EngineFaults() {
            @Override
            public void dropKv() {
              engine.add("drop-kv");
            }

            @Override
            public void die() {
              engine.add("die");
            }

            @Override
            public void exit() {
              engine.add("exit");
            }
          });

  @Test
  void aFault_hitsAsOftenAsAsked() {
    faults.add(FaultTest.fault("status"), 2);
    assertThat(take()).isNotEqualTo(Disturbance.NONE);
    assertThat(take()).isNotEqualTo(Disturbance.NONE);
    assertThat(take()).isEqualTo(Disturbance.NONE);
  }

  @Test
  void aFaultWithoutCount_hitsUntilItIsTakenBack() {
    faults.add(FaultTest.fault("status"), 0);
    for (int i = 0; i < 1_000; i++) {
      assertThat(take()).isNotEqualTo(Disturbance.NONE);
    }
    assertThat(faults.clear()).isEqualTo(1);
    assertThat(take()).isEqualTo(Disturbance.NONE);
  }

  @Test
  void faults_hitInTheOrderInWhichTheyCame_oneARequest() {
    faults.add(FaultTest.fault("die"), 1);
    faults.add(FaultTest.fault("abort"), 1);
    assertThat(take()).isEqualTo(new Disturbance(FaultTest.fault("die")));
    assertThat(take()).isEqualTo(new Disturbance(FaultTest.fault("abort")));
  }

  @Test
  void aFaultForOtherRequests_staysForThem() {
    faults.add(FaultTest.fault("die"), 1);
    assertThat(faults.take("GET", "/v1/models")).isEqualTo(Disturbance.NONE);
    assertThat(faults.take("POST", "/tokenize")).isEqualTo(Disturbance.NONE);
    assertThat(take()).isEqualTo(new Disturbance(FaultTest.fault("die")));
  }

  @Test
  void theEngine_hearsOfItsOwnFaults_whenTheyHit() {
    faults.add(FaultTest.fault("drop-kv"), 1);
    faults.add(FaultTest.fault("engine-dead"), 1);
    faults.add(FaultTest.fault("exit"), 1);
    faults.add(FaultTest.fault("die"), 1);
    assertThat(engine).isEmpty();
    for (int i = 0; i < 4; i++) {
      take();
    }
    assertThat(engine).containsExactly("drop-kv", "die", "exit");
  }

  @Test
  void moreThanTheBound_areRefused() {
    for (int i = 0; i < Faults.MAX_FAULTS; i++) {
      assertThat(faults.add(FaultTest.fault("die"), 1)).isTrue();
    }
    assertThat(faults.add(FaultTest.fault("die"), 1)).isFalse();
    take();
    assertThat(faults.add(FaultTest.fault("die"), 1)).isTrue();
  }

  private Disturbance take() {
    return faults.take("POST", "/v1/chat/completions");
  }
}
