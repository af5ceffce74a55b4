package io.turnpike.registry;

import io.turnpike.configuration.StartRefused;
import io.turnpike.membership.MembershipDriver;
import io.turnpike.membership.NodeSpec;
import io.turnpike.membership.Outcome;
import io.turnpike.membership.Registration;
import io.turnpike.registry.kubernetes.PodDiscovery;
import io.turnpike.registry.peer.PeerExchange;
import io.turnpike.registry.zmq.PingListener;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parts of the registry in the order in which they start: what the operator listed, what the
 * mirror remembers and peers know, which pods there are, then time and probes, then what engines
 * say.
 */
final class Registry implements AutoCloseable {

  private final List<NodeSpec> listed;
  private final MembershipDriver driver;
  private final Sources sources;

  /**
   * Where it hears of nodes, besides its own list.
   *
   * @param mirror null without Redis
   * @param peers other registries
   * @param pods engines that run as pods; null where these are not watched
   * @param pings engines themselves
   */
  record Sources(
      @Nullable MirrorKeeper mirror,
      PeerExchange peers,
      @Nullable PodDiscovery pods,
      PingListener pings) {}

  Registry(List<NodeSpec> listed, MembershipDriver driver, Sources sources) {
    this.listed = listed;
    this.driver = driver;
    this.sources = sources;
  }

  /**
   * Starts all.
   *
   * @throws StartRefused if a listed node contradicts another, pods may not be seen, or the socket
   *     cannot be bound
   */
  void start() {
    listed.forEach(this::list);
    MirrorKeeper mirror = sources.mirror();
    if (mirror != null) {
      mirror.restore();
      mirror.start();
    }
    sources.peers().start();
    PodDiscovery pods = sources.pods();
    if (pods != null) {
      pods.start();
    }
    driver.start();
    sources.pings().start();
  }

  private void list(NodeSpec node) {
    switch (driver.announce(Registration.fixed(node))) {
      case Outcome.Conflict conflict ->
          throw new StartRefused(RegistryProperties.PREFIX + ".nodes: " + conflict.message());
      case Outcome.Full full ->
          throw StartRefused.property(
              RegistryProperties.PREFIX + ".nodes", "too many", "at most " + full.maxNodes());
      case Outcome.Applied _, Outcome.UnknownNode _ -> {}
    }
  }

  /** Whether engines can reach it. */
  boolean isListening() {
    return sources.pings().isListening();
  }

  @Override
  public void close() {
    sources.pings().close();
    PodDiscovery pods = sources.pods();
    if (pods != null) {
      pods.close();
    }
    sources.peers().close();
    driver.close();
    MirrorKeeper mirror = sources.mirror();
    if (mirror != null) {
      mirror.close();
    }
  }
}
