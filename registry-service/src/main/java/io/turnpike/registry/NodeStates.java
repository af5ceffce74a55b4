package io.turnpike.registry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.turnpike.membership.Change;
import io.turnpike.membership.MembershipDriver;
import io.turnpike.membership.MembershipDriver.Published;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import java.util.ArrayList;
import java.util.List;

/**
 * The state of each node, as {@code turnpike.registry.node.state{node,role,state}}: 1 for the state
 * it is in, 0 for the others. Series come and go with their nodes; beyond the first {@value
 * #MAX_NODES} of the table there are none. Heard under the driver's lock, which guards it.
 */
final class NodeStates implements MembershipDriver.Listener {

  static final int MAX_NODES = 64;

  private final MembershipDriver driver;
  private final MultiGauge states;
  private List<Shown> shown = List.of();

  private record Shown(NodeId id, Role role) {}

  NodeStates(MeterRegistry meters, MembershipDriver driver) {
    this.driver = driver;
    this.states = MultiGauge.builder("turnpike.registry.node.state").register(meters);
  }

  @Override
  public void onChanges(Published published, List<Change> changes) {
    if (changes.stream().allMatch(change -> change.kind() == Change.Kind.LOAD)) {
      return;
    }
    List<Shown> now =
        published.table().nodes().stream()
            .limit(MAX_NODES)
            .map(node -> new Shown(node.id(), node.role()))
            .toList();
    if (!now.equals(shown)) {
      shown = now;
      states.register(rows(now), true);
    }
  }

  private List<Row<?>> rows(List<Shown> nodes) {
    List<Row<?>> rows = new ArrayList<>();
    for (Shown node : nodes) {
      for (NodeState state : NodeState.values()) {
        if (state != NodeState.GONE) {
          Tags tags =
              Tags.of("node", node.id.value(), "role", node.role.word(), "state", state.word());
          rows.add(Row.of(tags, () -> isIn(state, node.id) ? 1 : 0));
        }
      }
    }
    return rows;
  }

  private boolean isIn(NodeState state, NodeId id) {
    Node node = driver.published().table().node(id);
    return node != null && node.state() == state;
  }
}
