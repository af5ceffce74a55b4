package io.turnpike.gateway;

import io.turnpike.configuration.TurnpikeService;
import io.turnpike.engine.EngineHealth;
import io.turnpike.engine.InflightLoad;
import io.turnpike.fixtures.gateway.Eventually;
import io.turnpike.fixtures.gateway.ScriptedEngine;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.membership.ClusterSource;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.receipt.Receipt;
import io.turnpike.receipt.Receipts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.blockhound.BlockHound;

/** A whole gateway service on free ports, as its main method starts it. */
public final class RunningGateway implements AutoCloseable {

  static {
    // The table of nodes is changed under one lock for microseconds, by whoever brings the news.
    BlockHound.builder()
        .loadIntegrations()
        .allowBlockingCallsInside("io.turnpike.membership.MembershipDriver", "probed")
        .allowBlockingCallsInside("io.turnpike.membership.MembershipDriver", "failureReported")
        .install();
  }

  private final ConfigurableApplicationContext context;

  private RunningGateway(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /** Starts a service; {@code properties} are {@code name=value}. */
  public static RunningGateway start(Class<?> application, String... properties) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--management.server.address=127.0.0.1"));
    Arrays.stream(properties).map(property -> "--" + property).forEach(arguments::add);
    return new RunningGateway(TurnpikeService.run(application, arguments.toArray(String[]::new)));
  }

  /** Starts a service and waits until all nodes that it was told of are ready. */
  public static RunningGateway startReady(Class<?> application, String... properties) {
    RunningGateway gateway = start(application, properties);
    gateway.awaitReady();
    return gateway;
  }

  /** Waits until all nodes are ready. */
  public void awaitReady() {
    ClusterSource clusters = bean(ClusterSource.class);
    Eventually.until(
        "nodes are ready",
        () ->
            !clusters.current().nodes().isEmpty()
                && clusters.current().nodes().stream().allMatch(Node::isReady));
  }

  /** An engine list as the service is told. */
  public static String list(ScriptedEngine... engines) {
    return Arrays.stream(engines).map(ScriptedEngine::listed).collect(Collectors.joining(","));
  }

  /** The port of turns and control endpoints. */
  public int port() {
    return Integer.parseInt(property("local.server.port"));
  }

  /** The management port. */
  public int managementPort() {
    return Integer.parseInt(property("local.management.port"));
  }

  private String property(String name) {
    return Objects.requireNonNull(context.getEnvironment().getProperty(name));
  }

  /** A part of the service. */
  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /** The receipt of the turn that ended last; waits for it. */
  public Receipt receipt(Wire.Answer answer) {
    Receipts receipts = bean(Receipts.class);
    String id = answer.header("x-turnpike-receipt");
    Eventually.until("the receipt of " + id, () -> receipts.find(id) != null);
    return Objects.requireNonNull(receipts.find(id));
  }

  /** Waits until so many turns have ended since the receipts were cleared; returns the last. */
  public Receipt receipt(int number) {
    Receipts receipts = bean(Receipts.class);
    Eventually.until("receipt " + number, () -> receipts.total() >= number);
    return receipts.latest().getLast();
  }

  /** Forgets receipts and failures, so that a test does not see those before it. */
  public void forget() {
    bean(Receipts.class).clear();
    bean(EngineHealth.class).keepOnly(Set.of(), Set.of());
  }

  /** Tokens under way on a node. */
  public long inflight(ScriptedEngine engine) {
    return bean(InflightLoad.class).inflightTokens(new NodeId(engine.name()));
  }

  /** Stops the service in order, as a signal does. */
  @Override
  public void close() {
    context.close();
  }
}
