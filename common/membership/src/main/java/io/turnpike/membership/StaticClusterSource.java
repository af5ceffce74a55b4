package io.turnpike.membership;

import io.turnpike.node.Cluster;
import io.turnpike.node.Epoch;
import io.turnpike.node.NodeId;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import reactor.core.Disposable;

/** A table out of a fixed list, for gateways without a registry: probes the engines by itself. */
public final class StaticClusterSource implements ClusterSource {

  private final MembershipDriver driver;
  private final TableListeners listeners = new TableListeners();

  private StaticClusterSource(MembershipDriver driver) {
    this.driver = driver;
    driver.listen((published, _) -> listeners.tell(published.table()));
  }

  /**
   * Begins to probe these nodes.
   *
   * @param engines how they are asked; closed by its owner
   * @throws IllegalArgumentException naming the node that contradicts another
   */
  public static StaticClusterSource start(List<NodeSpec> nodes, EngineHttp engines) {
    MembershipDriver driver =
        new MembershipDriver(
            MembershipRules.DEFAULTS.alone(),
            new EngineProbe(engines),
            new SteadyTime(InstantSource.system()));
    try {
      nodes.forEach(node -> announce(driver, node));
      driver.start();
    } catch (RuntimeException e) {
      driver.close();
      throw e;
    }
    return new StaticClusterSource(driver);
  }

  private static void announce(MembershipDriver driver, NodeSpec node) {
    switch (driver.announce(Registration.fixed(node))) {
      case Outcome.Conflict conflict -> throw new IllegalArgumentException(conflict.message());
      case Outcome.Full full ->
          throw new IllegalArgumentException(
              "nodes: too many (expected: at most %d)".formatted(full.maxNodes()));
      case Outcome.Applied _, Outcome.UnknownNode _ -> {}
    }
  }

  @Override
  public Cluster current() {
    return driver.published().table();
  }

  @Override
  public Disposable onChange(Consumer<Cluster> listener) {
    return listeners.add(listener);
  }

  @Override
  public void report(NodeId node, Epoch epoch, String what) {
    driver.failureReported(new FailureReport(node, epoch, "this", what));
  }

  /** Completes when every engine was asked once. */
  public CompletableFuture<Void> settled() {
    return driver.settled();
  }

  @Override
  public void close() {
    driver.close();
  }
}
