package io.turnpike.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.turn.InflightLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What this gateway has under way on each node, as decisions see it. The series of a node come and
 * go with it; those of more than {@value #MAX_NODES} nodes are one, {@code other}.
 *
 * <ul>
 *   <li>{@code turnpike.node.inflight.turns{node,role}}: turns that have a place there.
 *   <li>{@code turnpike.node.inflight.tokens{node,role}}: tokens that they hold there, prompts and
 *       expected answers.
 * </ul>
 */
final class NodeMetrics {

  private static final int MAX_NODES = 64;
  private static final String OTHER = "other";

  private final InflightLoad load;
  private final MultiGauge turns;
  private final MultiGauge tokens;

  NodeMetrics(MeterRegistry registry, InflightLoad load) {
    this.load = load;
    this.turns = MultiGauge.builder("turnpike.node.inflight.turns").register(registry);
    this.tokens = MultiGauge.builder("turnpike.node.inflight.tokens").register(registry);
  }

  /** These are the nodes now. */
  void show(List<Node> nodes) {
    turns.register(rows(nodes, load::inflightTurns), true);
    tokens.register(rows(nodes, load::inflightTokens), true);
  }

  private static List<Row<?>> rows(List<Node> nodes, ToLongFunction<NodeId> count) {
    List<Row<?>> rows = new ArrayList<>();
    for (Node node : nodes.subList(0, Math.min(MAX_NODES, nodes.size()))) {
      Tags tags = Tags.of("node", node.id().value(), "role", node.role().word());
      rows.add(Row.of(tags, () -> count.applyAsLong(node.id())));
    }
    if (nodes.size() > MAX_NODES) {
      List<Node> others = List.copyOf(nodes.subList(MAX_NODES, nodes.size()));
      rows.add(
          Row.of(
              Tags.of("node", OTHER, "role", OTHER),
              () -> others.stream().mapToLong(node -> count.applyAsLong(node.id())).sum()));
    }
    return rows;
  }
}
