package io.turnpike.simulator.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine that has something to do next. */
class EngineHeapTest {

  @Test
  void anIdleCluster_hasNothingToDo() {
    assertThat(new EngineHeap(3).nextNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(new EngineHeap(0).nextNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void tiesGoToTheLowerNumber() {
    EngineHeap heap = new EngineHeap(4);
    for (int engine = 3; engine >= 1; engine--) {
      heap.set(engine, 5);
    }
    assertThat(heap.first()).isEqualTo(1);
    heap.set(1, 6);
    assertThat(heap.first()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 32})
  void theFirst_isTheOneASearchFinds_whateverIsSet(int engines) {
    Random random = new Random(engines);
    EngineHeap heap = new EngineHeap(engines);
    long[] times = new long[engines];
    Arrays.fill(times, Long.MAX_VALUE);
    for (int i = 0; i < 5_000; i++) {
      int engine = random.nextInt(engines);
      times[engine] = random.nextInt(10) == 0 ? Long.MAX_VALUE : random.nextInt(50);
      heap.set(engine, times[engine]);
      int first = 0;
      for (int other = 1; other < engines; other++) {
        first = times[other] < times[first] ? other : first;
      }
      assertThat(heap.first()).isEqualTo(first);
      assertThat(heap.nextNanos()).isEqualTo(times[first]);
    }
  }
}
