package io.turnpike.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.turnpike.connector.Connectors;
import io.turnpike.cost.AnswerLengths;
import io.turnpike.engine.TestNodes;
import io.turnpike.node.Node;
import io.turnpike.node.Role;
import io.turnpike.turn.Effect;
import io.turnpike.turn.Effect.Burden;
import io.turnpike.turn.Effect.Slot;
import io.turnpike.turn.InflightLoad;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NodeMetricsTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final InflightLoad load = new InflightLoad(new AnswerLengths(), () -> 0);
  private final NodeMetrics metrics = new NodeMetrics(registry, load);

  private static Node node(int number) {
    return TestNodes.node("d" + number, Role.DECODE, Connectors.NIXL);
  }

  private InflightLoad.Reservation place(int node, long tokens) {
    Burden burden = new Burden(tokens, 0, 0, tokens);
    return load.reserve(new Effect.Reserve(Slot.ANSWER, node(node), burden));
  }

  private double value(String gauge, String node) {
    return registry.get("turnpike.node.inflight." + gauge).tag("node", node).gauge().value();
  }

  @Test
  void node_hasItsTurnsAndTokens_whileItIsThere() {
    metrics.show(List.of(node(1), node(2)));
    InflightLoad.Reservation place = place(2, 70);
    assertThat(value("turns", "d2")).isEqualTo(1);
    assertThat(value("tokens", "d2")).isEqualTo(70);
    assertThat(value("tokens", "d1")).isZero();
    place.release();
    assertThat(value("tokens", "d2")).isZero();
    metrics.show(List.of(node(1)));
    assertThat(registry.find("turnpike.node.inflight.tokens").tag("node", "d2").gauge()).isNull();
  }

  @Test
  void manyNodes_beyondTheFirst64_areOne() {
    metrics.show(IntStream.range(0, 70).mapToObj(NodeMetricsTest::node).toList());
    place(64, 5);
    place(69, 7);
    assertThat(registry.find("turnpike.node.inflight.tokens").gauges()).hasSize(65);
    assertThat(value("tokens", "other")).isEqualTo(12);
  }
}
