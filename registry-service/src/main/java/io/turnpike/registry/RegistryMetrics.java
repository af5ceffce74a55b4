package io.turnpike.registry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.turnpike.membership.Change;
import io.turnpike.membership.MembershipDriver;
import io.turnpike.membership.MembershipDriver.ProbeOutcome;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import io.turnpike.redis.RedisLink;
import io.turnpike.registry.kubernetes.PodDiscovery;
import io.turnpike.registry.peer.PeerExchange;
import io.turnpike.registry.zmq.DropReason;
import io.turnpike.registry.zmq.PingListener;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The registry's metrics, all of them.
 *
 * <table>
 *   <caption>Names in Prometheus form</caption>
 *   <tr><td>{@code turnpike_registry_nodes{role,state}}</td>
 *       <td>nodes now; alert when no ready prefill or decode is left, or one is suspect for long
 *   <tr><td>{@code turnpike_registry_node_state{node,role,state}}</td>
 *       <td>each node's state ({@link NodeStates})
 *   <tr><td>{@code turnpike_registry_changes_total{kind}}</td>
 *       <td>changes of the table but load; a high rate of {@code state} is flapping
 *   <tr><td>{@code turnpike_registry_pings_total{outcome}}</td>
 *       <td>packets on the ZMQ socket: {@code accepted} or why it was dropped; each packet counts
 *       once, so the sum is all that came in; alert on any drop
 *   <tr><td>{@code turnpike_registry_probe_seconds{outcome}}</td>
 *       <td>probes of engines, by what came of them
 *   <tr><td>{@code turnpike_registry_watchers}</td>
 *       <td>open watches; fewer than there are gateways means that one routes on an old table
 *   <tr><td>{@code turnpike_registry_mirror_writes_total{outcome}}</td>
 *       <td>writes to Redis, {@code done} or {@code failed}; alert when only failed ones grow
 *   <tr><td>{@code turnpike_registry_peers{state}}</td>
 *       <td>other registries that this one knows of, {@code answering} or {@code silent}; alert on
 *       any that is silent
 *   <tr><td>{@code turnpike_registry_pods_lost_seconds}</td>
 *       <td>how long the API server of Kubernetes has not been in touch; 0 while it is, and where
 *       pods are not watched; alert when it is more than a minute
 *   <tr><td>{@code turnpike_registry_complete}</td>
 *       <td>1 once it believes that it knows all nodes there are, 0 soon after a start
 *   <tr><td>{@code turnpike_redis_connected}</td>
 *       <td>1 while the connection to Redis stands, else 0; there only where Redis is used
 * </table>
 */
final class RegistryMetrics implements PingListener.Observer {

  private final MeterRegistry meters;
  private final Counter accepted;
  private final Map<DropReason, Counter> dropped = new EnumMap<>(DropReason.class);
  private final Map<Change.Kind, Counter> changes = new EnumMap<>(Change.Kind.class);
  private final Map<ProbeOutcome, Timer> probes = new EnumMap<>(ProbeOutcome.class);
  private final Counter mirrorDone;
  private final Counter mirrorFailed;

  RegistryMetrics(MeterRegistry meters, MembershipDriver driver, IntSupplier watchers) {
    this.meters = meters;
    accepted = pings(meters, "accepted");
    for (DropReason reason : DropReason.values()) {
      dropped.put(reason, pings(meters, reason.word()));
    }
    for (Change.Kind kind : Change.Kind.values()) {
      changes.put(
          kind,
          Counter.builder("turnpike.registry.changes").tag("kind", kind.word()).register(meters));
    }
    for (ProbeOutcome outcome : ProbeOutcome.values()) {
      probes.put(
          outcome,
          Timer.builder("turnpike.registry.probe").tag("outcome", outcome.word()).register(meters));
    }
    mirrorDone = mirrorWrites(meters, "done");
    mirrorFailed = mirrorWrites(meters, "failed");
    Gauge.builder("turnpike.registry.watchers", watchers::getAsInt).register(meters);
    Gauge.builder("turnpike.registry.complete", driver, d -> d.published().complete() ? 1 : 0)
        .register(meters);
    for (Role role : Role.values()) {
      for (NodeState state : NodeState.values()) {
        if (state != NodeState.GONE) {
          nodes(meters, driver, role, state);
        }
      }
    }
    driver.listen((_, made) -> made.forEach(this::count));
    driver.listen(new NodeStates(meters, driver));
    driver.listenToProbes(this::probed);
  }

  private static Counter pings(MeterRegistry meters, String outcome) {
    return Counter.builder("turnpike.registry.pings").tag("outcome", outcome).register(meters);
  }

  private static Counter mirrorWrites(MeterRegistry meters, String outcome) {
    return Counter.builder("turnpike.registry.mirror.writes")
        .tag("outcome", outcome)
        .register(meters);
  }

  private static void nodes(
      MeterRegistry meters, MembershipDriver driver, Role role, NodeState state) {
    Gauge.builder(
            "turnpike.registry.nodes",
            driver,
            d ->
                d.published().table().nodes().stream()
                    .filter(node -> node.role() == role && node.state() == state)
                    .count())
        .tag("role", role.word())
        .tag("state", state.word())
        .register(meters);
  }

  private void count(Change change) {
    Counter counter = changes.get(change.kind());
    if (counter != null && change.kind() != Change.Kind.LOAD) {
      counter.increment();
    }
  }

  private void probed(ProbeOutcome outcome, Duration took) {
    Timer timer = probes.get(outcome);
    if (timer != null) {
      timer.record(took);
    }
  }

  @Override
  public void accepted() {
    accepted.increment();
  }

  @Override
  public void dropped(DropReason reason) {
    Counter counter = dropped.get(reason);
    if (counter != null) {
      counter.increment();
    }
  }

  /** Says from now on which peers answer. */
  void watch(PeerExchange peers) {
    Gauge.builder("turnpike.registry.peers", peers, PeerExchange::answering)
        .tag("state", "answering")
        .register(meters);
    Gauge.builder("turnpike.registry.peers", peers, PeerExchange::silent)
        .tag("state", "silent")
        .register(meters);
  }

  /** Says from now on whether pods are seen; null where they are not watched. */
  void watch(@Nullable PodDiscovery pods) {
    Gauge.builder(
            "turnpike.registry.pods.lost",
            () -> pods == null ? 0 : pods.lostFor().toMillis() / 1000.0)
        .baseUnit("seconds")
        .register(meters);
  }

  /** Says from now on whether Redis can be used. */
  void watch(RedisLink redis) {
    Gauge.builder("turnpike.redis.connected", redis, link -> link.isConnected() ? 1 : 0)
        .register(meters);
  }

  void mirrored(boolean done) {
    (done ? mirrorDone : mirrorFailed).increment();
  }
}
