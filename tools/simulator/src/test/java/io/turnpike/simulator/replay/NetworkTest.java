package io.turnpike.simulator.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkTest {

  private final Timeline timeline = new Timeline();
  private final Network network = new Network(timeline, 4, 1);
  private final List<String> done = new ArrayList<>();

  private void move(String name, int from, int to, double bytes, long at) {
    timeline.at(at, () -> network.move(from, to, bytes, at, () -> done.add(name + "@" + now)));
  }

  private long now;

  private void play() {
    while (timeline.size() > 0) {
      now = timeline.nextNanos();
      timeline.poll().run();
    }
  }

  @Test
  void transfersOverOneLink_shareItEvenly_andTakeWhatIsFreeAgain() {
    move("a", 0, 1, 100, 0);
    move("b", 0, 2, 100, 50);
    play();

    // a alone until 50; both at half speed until a ends at 150; b alone again.
    assertThat(done).containsExactly("a@150", "b@200");
  }

  @Test
  void transfersOverOtherLinks_doNotDisturbEachOther() {
    move("a", 0, 1, 100, 0);
    move("b", 2, 3, 100, 0);
    play();
    assertThat(done).containsExactly("a@100", "b@100");
  }

  @Test
  void timeline_keepsTheOrderOfTime_andOfSchedulingAtOneTime() {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      int number = i;
      timeline.at((i * 7919L) % 10, () -> order.add(number));
    }
    long before = -1;
    while (timeline.size() > 0) {
      assertThat(timeline.nextNanos()).isGreaterThanOrEqualTo(before);
      before = timeline.nextNanos();
      timeline.poll().run();
    }
    assertThat(order).hasSize(1000).doesNotHaveDuplicates();
    assertThat(order.subList(0, 100)).isSorted();
  }

  @Test
  void heap_alwaysNamesTheEngineThatIsDueFirst() {
    java.util.Random random = new java.util.Random(1);
    EngineHeap heap = new EngineHeap(50);
    long[] times = new long[50];
    java.util.Arrays.fill(times, Long.MAX_VALUE);
    for (int i = 0; i < 5000; i++) {
      int engine = random.nextInt(50);
      times[engine] = random.nextInt(5) == 0 ? Long.MAX_VALUE : random.nextInt(100);
      heap.set(engine, times[engine]);
      int least = 0;
      for (int j = 1; j < 50; j++) {
        least = times[j] < times[least] ? j : least;
      }
      assertThat(heap.first()).isEqualTo(least);
      assertThat(heap.nextNanos()).isEqualTo(times[least]);
    }
  }
}
