package io.turnpike.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ServerEventsTest {

  private static final String STREAM =
      "id:5\nevent:snapshot\ndata:{\"a\":\"ü\"}\n\n:alive\n\nevent: change\r\ndata: x\r\n\r\n"
          + "data:half";

  @Property
  void feed_findsTheSameEvents_howeverTheBytesAreCut(
      @ForAll @IntRange(min = 1, max = 90) int size) {
    byte[] bytes = STREAM.getBytes(StandardCharsets.UTF_8);
    ServerEvents reader = new ServerEvents();
    List<ServerEvents.Event> events = new ArrayList<>();
    for (int from = 0; from < bytes.length; from += size) {
      events.addAll(
          reader.feed(
              java.util.Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size))));
    }
    assertThat(events)
        .containsExactly(
            new ServerEvents.Event("snapshot", "{\"a\":\"ü\"}"),
            new ServerEvents.Event("change", " x"));
  }

  @Test
  void event_isBounded_itsWholeDataAndTheLineUnderWay() {
    int half = 8 << 20;
    byte[] line = ("data:" + "x".repeat(half) + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] rest = "x".repeat(half).getBytes(StandardCharsets.UTF_8);
    ServerEvents reader = new ServerEvents();
    assertThat(reader.feed(line)).isEmpty();
    assertThat(reader.feed(rest)).as("as large as may be").isEmpty();
    assertThatThrownBy(() -> reader.feed(new byte[] {'x'})).hasMessageContaining("too large");
  }
}
