package io.turnpike.registry;

import io.turnpike.configuration.StartRefused;
import io.turnpike.membership.MembershipDriver;
import io.turnpike.membership.NodeSpec;
import io.turnpike.membership.Outcome;
import io.turnpike.membership.Registration;
import io.turnpike.registry.zmq.PingListener;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parts of the registry in the order in which they start: what the operator listed, what the
 * mirror remembers, then time and probes, then what engines say.
 */
final class Registry implements AutoCloseable {

  private final List<NodeSpec> listed;
  private final MembershipDriver driver;
  private final @Nullable MirrorKeeper mirror;
  private final PingListener pings;

  Registry(
      List<NodeSpec> listed,
      MembershipDriver driver,
      @Nullable MirrorKeeper mirror,
      PingListener pings) {
    this.listed = listed;
    this.driver = driver;
    this.mirror = mirror;
    this.pings = pings;
  }

  /**
   * Starts all.
   *
   * @throws StartRefused if a listed node contradicts another or the socket cannot be bound
   */
  void start() {
    listed.forEach(this::list);
    if (mirror != null) {
      mirror.restore();
      mirror.start();
    }
    driver.start();
    pings.start();
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
    return pings.isListening();
  }

  @Override
  public void close() {
    pings.close();
    driver.close();
    if (mirror != null) {
      mirror.close();
    }
  }
}
