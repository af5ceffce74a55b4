package io.turnpike.gateway;

import io.turnpike.membership.ClusterSource;
import io.turnpike.node.Cluster;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import java.net.URI;
import java.util.HashSet;
import java.util.Set;
import reactor.core.Disposable;

/**
 * Hears of every new table of nodes: legs on nodes that are lost end at once, and what was
 * remembered of nodes that left and lives that ended is forgotten.
 */
final class TableWatch implements Disposable {

  private final EnginesOfTurns engines;
  private final LiveTurns live;
  private final NodeMetrics metrics;
  private final Disposable listening;

  TableWatch(EnginesOfTurns engines, ClusterSource clusters, LiveTurns live, NodeMetrics metrics) {
    this.engines = engines;
    this.live = live;
    this.metrics = metrics;
    this.listening = clusters.onChange(this::changed);
    changed(clusters.current());
  }

  private void changed(Cluster now) {
    live.tableChanged(now);
    Set<NodeId> ids = new HashSet<>();
    Set<Epoch> epochs = new HashSet<>();
    Set<URI> urls = new HashSet<>();
    for (Node node : now.nodes()) {
      ids.add(node.id());
      epochs.add(node.epoch());
      urls.add(node.url());
    }
    engines.health().keepOnly(ids, epochs);
    engines.load().keepOnly(ids);
    engines.signs().keepOnly(ids);
    engines.clients().keepOnly(urls);
    metrics.show(now.nodes());
  }

  @Override
  public void dispose() {
    listening.dispose();
  }
}
