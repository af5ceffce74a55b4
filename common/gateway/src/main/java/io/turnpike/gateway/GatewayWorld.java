package io.turnpike.gateway;

import io.turnpike.engine.EngineHealth;
import io.turnpike.engine.NodeSigns;
import io.turnpike.membership.ClusterSource;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.routing.RoutingView;
import io.turnpike.turn.InflightLoad;
import io.turnpike.turn.Progress;
import io.turnpike.turn.TurnWorld;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The world as this gateway knows it at the moment. Thread-safe. */
record GatewayWorld(
    ClusterSource clusters,
    InflightLoad load,
    EngineHealth health,
    NodeSigns signs,
    LongSupplier ticker)
    implements TurnWorld {

  /** How old a sign of life may be. */
  private static final long FRESH_NANOS = Duration.ofSeconds(3).toNanos();

  @Override
  public RoutingView view() {
    return new RoutingView(clusters.current(), load, health);
  }

  @Override
  public long waitingTokens(NodeId node) {
    return load.waitingTokens(node);
  }

  @Override
  public @Nullable Progress progress(NodeId node) {
    return health.progress(node);
  }

  /** It answers the probes of whoever watches it, or sent some turn something just now. */
  @Override
  public boolean showsLife(Node node) {
    Node present = clusters.current().node(node.id());
    return (present != null && present.isReady() && present.epoch().equals(node.epoch()))
        || signs.within(node.id(), FRESH_NANOS, ticker.getAsLong());
  }
}
