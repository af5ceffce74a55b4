package io.turnpike.membership;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.turnpike.node.Node;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What a gateway and a registry read of a registry, and a registry of engines' pages. */
class TableFuzzTest {

  /** A table, then the same as a change; nodes that were read are written and read again. */
  @FuzzTest(maxExecutions = 1_000_000)
  void table(byte[] input) {
    try {
      JsonNode json = NodeCodec.parse(new String(input, UTF_8));
      WatchedTable table = new WatchedTable();
      List<Node> nodes = table.snapshot(json).nodes();
      for (Node node : nodes) {
        Node again = NodeCodec.read(NodeCodec.write(node, null));
        assertThat(again).isEqualTo(node);
      }
      table.change(json);
    } catch (IllegalArgumentException refused) {
      assertThat(refused.getMessage()).isNotEmpty();
    }
  }

  /** The watch, cut anywhere, is the same events. */
  @FuzzTest(maxExecutions = 1_000_000)
  void events(byte[] input) {
    if (input.length == 0) {
      return;
    }
    int part = 1 + (input[0] & 0x3f);
    byte[] stream = Arrays.copyOfRange(input, 1, input.length);
    List<ServerEvents.Event> cut = new ArrayList<>();
    ServerEvents reader = new ServerEvents();
    for (int from = 0; from < stream.length; from += part) {
      int to = Math.min(stream.length, from + part);
      cut.addAll(reader.feed(Arrays.copyOfRange(stream, from, to)));
    }
    assertThat(cut).isEqualTo(new ServerEvents().feed(stream));
  }

  /** A metrics page never throws, and its numbers are numbers. */
  @FuzzTest(maxExecutions = 1_000_000)
  void metrics(byte[] page) {
    EngineMetrics metrics = EngineMetrics.parse(page, Instant.EPOCH);
    assertThat(metrics.load().kvUsage()).isBetween(0.0, 1.0);
    assertThat(metrics.load().running()).isNotNegative();
    Life life = new Life();
    assertThat(life.answered(metrics.processStart(), null, Instant.EPOCH).value()).isNotEmpty();
  }
}
