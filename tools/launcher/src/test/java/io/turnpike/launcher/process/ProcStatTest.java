package io.turnpike.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcStatTest {

  @Test
  void fieldsAreCountedAfterTheName_whateverTheNameIs() {
    String line = "812 (a) b (c) S 1 812 811 0 -1 4194560 1 0 0 0 7 8 0 0 20 0 30 0 123456 1 2 3";

    ProcStat stat = ProcStat.parse(812, line);

    assertThat(stat).isEqualTo(new ProcStat(812, 'S', 811, 123456));
    assertThat(stat.isRunning()).isTrue();
  }

  @Test
  void aZombie_doesNotRun() {
    assertThat(new ProcStat(1, 'Z', 1, 1).isRunning()).isFalse();
  }
}
