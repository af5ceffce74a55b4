package io.turnpike.gateway;

import io.turnpike.engine.EngineClient;
import io.turnpike.engine.EngineHealth;
import io.turnpike.membership.ClusterSource;
import io.turnpike.node.Cluster;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** Forgets what was remembered about nodes that left and lives that ended, every few seconds. */
final class Housekeeping implements Disposable {

  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final ClusterSource clusters;
  private final EngineHealth health;
  private final EngineClient engines;
  private final Disposable rounds;
  private Cluster seen = Cluster.EMPTY;

  Housekeeping(ClusterSource clusters, EngineHealth health, EngineClient engines) {
    this.clusters = clusters;
    this.health = health;
    this.engines = engines;
    this.rounds = Flux.interval(INTERVAL).onBackpressureDrop().subscribe(tick -> round());
  }

  private void round() {
    Cluster now = clusters.current();
    if (now == seen) {
      return;
    }
    Set<NodeId> ids = new HashSet<>();
    Set<Epoch> epochs = new HashSet<>();
    for (Node node : now.nodes()) {
      ids.add(node.id());
      epochs.add(node.epoch());
    }
    health.keepOnly(ids, epochs);
    engines.keepOnly(ids);
    seen = now;
  }

  @Override
  public void dispose() {
    rounds.dispose();
  }
}
