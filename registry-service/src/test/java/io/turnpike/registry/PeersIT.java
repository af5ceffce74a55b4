package io.turnpike.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.membership.RegistryClusterSource;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.registry.zmq.Pings;
import io.turnpike.registry.zmq.RawPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two registries that know of each other, without Redis, and a gateway that knows both. */
class PeersIT {

  private final TestEngine engine = TestEngine.start();
  private final List<Integer> ports = new CopyOnWriteArrayList<>();
  private @Nullable RunningRegistry one;
  private @Nullable RunningRegistry other;

  @BeforeEach
  void start() throws IOException {
    ports.addAll(List.of(freePort(), freePort()));
    one = registry(0);
    other = registry(1);
  }

  @AfterEach
  void close() {
    engine.close();
    one().close();
    other().close();
  }

  @Test
  void engineThatRegistersAtOne_isReadyAtBoth_andMayGoOnAtTheOther() {
    register(one(), "d0");
    Eventually.until("ready at both", () -> readyAtBoth("d0"));
    assertThat(Objects.requireNonNull(one().node("d0")).epoch())
        .isEqualTo(Objects.requireNonNull(other().node("d0")).epoch());
    assertThat(other().call("POST", "/v1/nodes/d0/heartbeat", null).status()).isEqualTo(200);

    other().call("POST", "/v1/nodes/d0/drain", null);
    Eventually.until("drained at both", () -> one().is("d0", NodeState.DRAINING));
    one().call("DELETE", "/v1/nodes/d0", null);
    Eventually.until("gone at both", () -> other().node("d0") == null);
  }

  @Test
  void engineThatPingsOne_isReadyAtBoth() {
    try (RawPeer peer = RawPeer.dealer(other().zmqEndpoint())) {
      peer.send(RawPeer.frame(0, Pings.p2p("D", engine.address(), "127.0.0.1:21001")));
      Eventually.until("ready at both", () -> readyAtBoth(engine.address()));
    }
  }

  @Test
  void gatewayWatchesTheOther_whenOneIsKilled_andNobodyIsForgotten() {
    register(one(), "d0");
    Eventually.until("ready at both", () -> readyAtBoth("d0"));
    List<URI> both = List.of(url(0), url(1));
    try (RegistryClusterSource source =
        RegistryClusterSource.start(new RegistryClusterSource.Settings(both, null, null))) {
      Eventually.until("known", () -> isReady(source));
      List<Boolean> seen = new CopyOnWriteArrayList<>();
      source.onChange(table -> seen.add(table.node(new NodeId("d0")) != null));

      one().close();
      Eventually.until("the other is watched", () -> !seen.isEmpty() && source.isConnected());
      other().call("POST", "/v1/nodes/d0/drain", null);
      Eventually.until("its word counts", () -> !isReady(source));
      other().call("POST", "/v1/nodes/d0/undrain", null);
      Eventually.until("and again", () -> isReady(source));

      one = registry(0);
      Eventually.until("told all by the other", () -> one().is("d0", NodeState.READY));
      other().close();
      Eventually.until("back at the first", () -> !source.isConnected());
      Eventually.until("watched", source::isConnected);
      assertThat(isReady(source)).isTrue();
      assertThat(seen).as("never forgotten").doesNotContain(false);
    }
  }

  @Test
  void registryThatIsItsOwnPeer_saysSoToNobody() {
    register(one(), "d0");
    Eventually.until("ready at both", () -> readyAtBoth("d0"));
    assertThat(one().call("GET", "/v1/registrations", null).body().toString()).contains("\"d0\"");
    Eventually.until("answers", () -> one().gauge("turnpike.registry.peers", "answering") == 1);
    assertThat(one().gauge("turnpike.registry.peers", "silent")).isZero();
    other().close();
    Eventually.until("silent", () -> one().gauge("turnpike.registry.peers", "silent") == 1);
  }

  private void register(RunningRegistry registry, String id) {
    String body = "{\"role\":\"decode\",\"url\":\"%s\"}".formatted(engine.url());
    assertThat(registry.call("PUT", "/v1/nodes/" + id, body).status()).isEqualTo(200);
  }

  private boolean readyAtBoth(String id) {
    return one().is(id, NodeState.READY) && other().is(id, NodeState.READY);
  }

  private static boolean isReady(RegistryClusterSource source) {
    Node node = source.current().node(new NodeId("d0"));
    return node != null && node.isReady();
  }

  /** Both are given the same list, in which each stands itself. */
  private RunningRegistry registry(int index) {
    return RunningRegistry.start(
        "--server.port=" + ports.get(index),
        "--turnpike.registry.peers=" + url(0) + "," + url(1),
        "--turnpike.registry.lease=60s");
  }

  private URI url(int index) {
    return URI.create("http://127.0.0.1:" + ports.get(index));
  }

  private RunningRegistry one() {
    return Objects.requireNonNull(one);
  }

  private RunningRegistry other() {
    return Objects.requireNonNull(other);
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }
}
