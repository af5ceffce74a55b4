package io.turnpike.gateway;

import io.turnpike.node.Cluster;
import io.turnpike.node.Node;
import io.turnpike.node.NodeState;
import io.turnpike.node.Suspicion;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Writes what changed between one table of nodes and the next, as this gateway sees it: joined,
 * ready, suspect and why, draining, restarted, left. For tables that the registry sends; a gateway
 * with a list of its own has these lines from its own watch. Thread-safe.
 */
final class NodeLog implements Consumer<Cluster> {

  /** Lines for one table; a change of everything is not worth a thousand of them. */
  static final int MAX_LINES = 32;

  private static final Logger LOG = LoggerFactory.getLogger(NodeLog.class);

  private final AtomicReference<Cluster> seen = new AtomicReference<>(Cluster.EMPTY);

  /**
   * One difference.
   *
   * @param why of a suspect node; null otherwise
   */
  record Difference(Node node, String change, @Nullable Suspicion why) {}

  @Override
  public void accept(Cluster now) {
    List<Difference> differences = differences(seen.getAndSet(now), now);
    differences.stream().limit(MAX_LINES).forEach(NodeLog::line);
    if (differences.size() > MAX_LINES) {
      LOG.atWarn().addKeyValue("lines", differences.size() - MAX_LINES).log("lines left out");
    }
  }

  /** What people want to hear of; not loads, models or versions. */
  static List<Difference> differences(Cluster before, Cluster now) {
    List<Difference> found = new ArrayList<>();
    for (Node node : now.nodes()) {
      Node known = before.node(node.id());
      if (known == null) {
        found.add(new Difference(node, "joined", node.suspicion()));
      } else if (!known.epoch().isGuessed() && !known.epoch().equals(node.epoch())) {
        found.add(new Difference(node, "restarted", node.suspicion()));
      } else if (known.state() != node.state()
          || !Objects.equals(known.suspicion(), node.suspicion())) {
        found.add(new Difference(node, node.state().word(), node.suspicion()));
      }
    }
    for (Node node : before.nodes()) {
      if (now.node(node.id()) == null) {
        found.add(new Difference(node, "left", null));
      }
    }
    return found;
  }

  private static void line(Difference difference) {
    Node node = difference.node();
    var line =
        LOG.atLevel(node.state() == NodeState.SUSPECT ? Level.WARN : Level.INFO)
            .addKeyValue("node", node.id())
            .addKeyValue("change", difference.change())
            .addKeyValue("role", node.role().word())
            .addKeyValue("state", node.state().word())
            .addKeyValue("url", node.url());
    if (difference.why() != null) {
      line = line.addKeyValue("why", difference.why().word());
    }
    line.log("Node changed");
  }
}
