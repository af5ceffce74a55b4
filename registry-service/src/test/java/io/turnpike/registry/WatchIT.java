package io.turnpike.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.connector.Connectors;
import io.turnpike.membership.ClusterSource;
import io.turnpike.membership.EngineHttp;
import io.turnpike.membership.NodeSpec;
import io.turnpike.membership.RedisNodeMirror;
import io.turnpike.membership.RegistryClusterSource;
import io.turnpike.membership.StaticClusterSource;
import io.turnpike.node.Cluster;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import io.turnpike.node.Suspicion;
import io.turnpike.redis.RedisLink;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.Disposable;

/** Gateways follow the registry through its restarts, with a real Redis as its mirror. */
@ExtendWith(OutputCaptureExtension.class)
class WatchIT {

  private static final NodeId NODE = new NodeId("d0");

  private final TestEngine engine = TestEngine.start();
  private final EngineHttp engines = new EngineHttp(null);
  private final MirrorRedis redis;

  WatchIT() throws IOException {
    redis = MirrorRedis.start(freePort());
  }

  @AfterEach
  void close() throws IOException {
    engine.close();
    engines.close();
    redis.close();
  }

  @Test
  void source_followsTheRegistry_andKeepsTheLastTableWhileItIsDown() throws Exception {
    int port = freePort();
    RunningRegistry first = registry(port);
    try (RegistryClusterSource source = source(port, null)) {
      Eventually.until("ready", () -> state(source) == NodeState.READY);
      Eventually.until("load arrives", () -> Objects.requireNonNull(node(source)).load() != null);
      first.call("POST", "/v1/nodes/d0/drain", null);
      Eventually.until("draining", () -> state(source) == NodeState.DRAINING);
      first.call("POST", "/v1/nodes/d0/undrain", null);
      Eventually.until("ready", () -> state(source) == NodeState.READY);

      first.close();
      Eventually.until("lost", () -> !source.isConnected());
      assertThat(state(source)).as("the last table stays").isEqualTo(NodeState.READY);

      try (RunningRegistry second = registry(port)) {
        Eventually.until("connected again", source::isConnected);
        assertThat(state(source)).as("never an empty table").isEqualTo(NodeState.READY);
        second.call("DELETE", "/v1/nodes/d0", null);
        Eventually.until("left", () -> node(source) == null);
      }
    } finally {
      first.close();
    }
  }

  @Test
  void source_startsFromTheMirror_whileTheRegistryIsDown() throws Exception {
    int port = freePort();
    try (RunningRegistry registry = registry(port)) {
      Eventually.until("ready", () -> registry.is("d0", NodeState.READY));
      Eventually.until("mirrored", () -> redis.state(NODE) == NodeState.READY);
    }
    try (RedisLink link = redis.link();
        RegistryClusterSource source = source(port, link)) {
      Eventually.until("known from the mirror", () -> state(source) == NodeState.READY);
      assertThat(source.isConnected()).isFalse();
      assertThat(source.trouble()).endsWith("; the nodes are those of its mirror in Redis");
    }
  }

  @Test
  void suitesWithNamespacesOfTheirOwn_shareNoTable_inOneRedis() throws Exception {
    String other = "--turnpike.registry.namespace=other";
    try (RunningRegistry first = bare(freePort());
        RunningRegistry second = bare(freePort(), other)) {
      register(first);
      Eventually.until("mirrored", () -> redis.state(NODE) == NodeState.READY);
      register("d1", second);
      Eventually.until("mirrored too", () -> redis.table("other").contains("\"d1\""));
    }
    assertThat(redis.table("registry")).contains("\"d0\"").doesNotContain("\"d1\"");
    assertThat(redis.table("other")).doesNotContain("\"d0\"");
    try (RunningRegistry again = bare(freePort(), other)) {
      assertThat(again.node("d1")).isNotNull();
      assertThat(again.node("d0")).as("another suite's").isNull();
    }
    try (RedisLink link = redis.link();
        RegistryClusterSource source = source(freePort(), link, "other")) {
      Eventually.until("known from the mirror", () -> !source.current().nodes().isEmpty());
      assertThat(node(source)).isNull();
    }
  }

  @Test
  void source_saysInOneSentence_whyItKnowsNoNodes(CapturedOutput output) throws Exception {
    int port = freePort();
    String unreachable = "the registry at http://127.0.0.1:" + port + " cannot be reached";
    try (RegistryClusterSource alone = source(port, null)) {
      assertThat(alone.trouble())
          .isEqualTo(unreachable + ", and there is no Redis where its mirror could be");
    }
    try (RedisLink link = redis.link();
        RegistryClusterSource source = source(port, link)) {
      String nothing = unreachable + ", and its mirror in Redis has no nodes";
      Eventually.until("known", () -> nothing.equals(source.trouble()));
      Eventually.until(
          "said", () -> output.getAll().contains("No node is known, turns are answered 503"));
      assertThat(output.getAll()).containsOnlyOnce(nothing);
      try (RunningRegistry registry = registry(port)) {
        Eventually.until("ready", () -> state(source) == NodeState.READY);
        assertThat(source.trouble()).isNull();
        assertThat(registry.isListening()).isTrue();
      }
      Eventually.until("lost", () -> source.trouble() != null);
      assertThat(source.trouble()).isEqualTo(unreachable + "; its last table stays");
    }
  }

  @Test
  void registry_forgetsNothing_whenItRestarts() throws Exception {
    int port = freePort();
    try (RunningRegistry first = bare(port);
        RegistryClusterSource source = source(port, null)) {
      String body = "{\"role\":\"decode\",\"url\":\"%s\"}".formatted(engine.url());
      first.call("PUT", "/v1/nodes/d0", body);
      Eventually.until("ready", () -> state(source) == NodeState.READY);
      first.call("POST", "/v1/nodes/d0/drain", null);
      Eventually.until("draining", () -> state(source) == NodeState.DRAINING);
      Eventually.until("mirrored", () -> redis.state(NODE) == NodeState.DRAINING);
    }
    try (RunningRegistry second = bare(port)) {
      assertThat(second.is("d0", NodeState.DRAINING)).as("drained stays drained").isTrue();
      second.call("POST", "/v1/nodes/d0/undrain", null);
      Eventually.until("ready", () -> second.is("d0", NodeState.READY));
    }
  }

  @Test
  void registryThatRestartsWithNothing_makesNoGatewayForget() throws Exception {
    int port = freePort();
    String[] alone = {
      "--server.port=" + port, "--turnpike.registry.lease=4s", "--turnpike.registry.ping-suspect=4s"
    };
    try (RegistryClusterSource source = source(port, null)) {
      try (RunningRegistry first = RunningRegistry.start(alone)) {
        register(first);
        Eventually.until("ready", () -> state(source) == NodeState.READY);
      }
      List<Cluster> heard = new CopyOnWriteArrayList<>();
      source.onChange(heard::add);
      try (RunningRegistry second = RunningRegistry.start(alone)) {
        Eventually.until("watched again", () -> source.isConnected() && !heard.isEmpty());
        assertThat(state(source)).as("it knows nobody yet").isEqualTo(NodeState.READY);
        assertThat(second.node("d0")).isNull();
        Eventually.until("nobody said that it is there", () -> node(source) == null);
      }
    }
  }

  @Test
  void mirror_isWrittenAnew_whenRedisLostIt() throws Exception {
    try (RunningRegistry _ = registry(freePort())) {
      Eventually.until("mirrored", () -> redis.state(NODE) == NodeState.READY);
      redis.flush();
      Eventually.until("mirrored again", () -> redis.state(NODE) == NodeState.READY);
    }
  }

  @Test
  void mirror_isReadBeforeItIsWritten_whenRedisComesLate() throws Exception {
    try (RunningRegistry first = bare(freePort())) {
      register(first);
      Eventually.until("mirrored", () -> redis.state(NODE) == NodeState.READY);
    }
    byte[] kept = redis.dump();
    redis.stop();
    try (RunningRegistry second = bare(freePort())) {
      assertThat(second.node("d0")).as("no Redis").isNull();
      redis.startAgain();
      redis.restore(kept);
      Eventually.until("known again", () -> second.is("d0", NodeState.READY));
      Eventually.until("mirrored", () -> redis.state(NODE) == NodeState.READY);
    }
  }

  private void register(RunningRegistry registry) {
    register("d0", registry);
  }

  private void register(String id, RunningRegistry registry) {
    String body = "{\"role\":\"decode\",\"url\":\"%s\"}".formatted(engine.url());
    assertThat(registry.call("PUT", "/v1/nodes/" + id, body).status()).isEqualTo(200);
  }

  @Test
  void registry_worksOn_whenRedisIsGone() throws Exception {
    redis.stop();
    try (RunningRegistry registry = registry(freePort())) {
      Eventually.until("ready", () -> registry.is("d0", NodeState.READY));
    }
  }

  @Test
  void report_reachesTheRegistry() throws Exception {
    int port = freePort();
    try (RunningRegistry registry = registry(port);
        RegistryClusterSource source = source(port, null)) {
      Eventually.until("ready", () -> state(source) == NodeState.READY);
      engine.answerHealthWith(503);
      Node node = Objects.requireNonNull(node(source));
      source.report(NODE, node.epoch(), "refused");
      Eventually.until("suspect", () -> state(source) == NodeState.SUSPECT);
      engine.answerHealthWith(200);
      Eventually.until("ready again", () -> state(source) == NodeState.READY);
      assertThat(registry.is("d0", NodeState.READY)).isTrue();
    }
  }

  @Test
  void staticSource_probesByItself() {
    NodeSpec spec = new NodeSpec(NODE, Role.DECODE, engine.url(), Connectors.NIXL, null);
    try (StaticClusterSource source = StaticClusterSource.start(List.of(spec), engines)) {
      Eventually.until("ready", () -> state(source) == NodeState.READY);
      engine.answerHealthWith(503);
      source.report(NODE, new Epoch("s1795221502.37"), "refused");
      Eventually.until("suspect", () -> state(source) == NodeState.SUSPECT);
      engine.answerHealthWith(200);
      Eventually.until("ready again", () -> state(source) == NodeState.READY);
    }
  }

  @Test
  void staticSource_tellsListeners_andThatAPortRefuses() {
    NodeSpec spec = new NodeSpec(NODE, Role.DECODE, engine.url(), Connectors.NIXL, null);
    List<Node> heard = new CopyOnWriteArrayList<>();
    try (StaticClusterSource source = StaticClusterSource.start(List.of(spec), engines)) {
      source.onChange(table -> heard.addAll(table.nodes()));
      Eventually.until("heard of it", () -> heard.stream().anyMatch(Node::isReady));
      engine.close();
      Eventually.until("heard that it refuses", () -> heard.stream().anyMatch(WatchIT::refuses));
    }
  }

  @Test
  void registrySource_tellsListeners_ofRestartsAndOfWhatLeft() throws Exception {
    int port = freePort();
    List<Cluster> heard = new CopyOnWriteArrayList<>();
    try (RunningRegistry registry = registry(port);
        RegistryClusterSource source = source(port, null)) {
      Disposable listening = source.onChange(heard::add);
      Eventually.until("ready", () -> state(source) == NodeState.READY);
      engine.restart("1795221999.5");
      Eventually.until(
          "heard of the restart", () -> anyNode(heard, n -> n.isReady() && isLife(n, "999.5")));
      engine.close();
      Eventually.until("heard that it refuses", () -> anyNode(heard, WatchIT::refuses));
      registry.call("DELETE", "/v1/nodes/d0", null);
      Eventually.until("heard that it left", () -> heard.getLast().nodes().isEmpty());
      assertThat(heard.getLast()).isSameAs(source.current());
      listening.dispose();
      int before = heard.size();
      String body = "{\"role\":\"decode\",\"url\":\"%s\"}".formatted(engine.url());
      registry.call("PUT", "/v1/nodes/d0", body);
      Eventually.until("back", () -> node(source) != null);
      assertThat(heard).as("nobody listens any more").hasSize(before);
    }
  }

  private static boolean anyNode(List<Cluster> tables, Predicate<Node> wanted) {
    return tables.stream().flatMap(table -> table.nodes().stream()).anyMatch(wanted);
  }

  private static boolean isLife(Node node, String start) {
    return node.epoch().value().contains(start);
  }

  private static boolean refuses(Node node) {
    return node.state() == NodeState.SUSPECT && node.suspicion() == Suspicion.REFUSED;
  }

  private RunningRegistry registry(int port) {
    return RunningRegistry.start(
        "--server.port=" + port,
        "--turnpike.redis.url=" + redis.url(),
        "--turnpike.registry.nodes[0].id=d0",
        "--turnpike.registry.nodes[0].role=decode",
        "--turnpike.registry.nodes[0].url=" + engine.url());
  }

  private RunningRegistry bare(int port) {
    return bare(port, "--turnpike.registry.namespace=registry");
  }

  private RunningRegistry bare(int port, String more) {
    return RunningRegistry.start(
        "--server.port=" + port,
        "--turnpike.redis.url=" + redis.url(),
        "--turnpike.registry.lease=60s",
        more);
  }

  private static RegistryClusterSource source(int port, @Nullable RedisLink redis) {
    return source(port, redis, MirrorRedis.NAMESPACE);
  }

  private static RegistryClusterSource source(
      int port, @Nullable RedisLink redis, String namespace) {
    RedisNodeMirror mirror = redis == null ? null : new RedisNodeMirror(redis, namespace);
    return RegistryClusterSource.start(
        new RegistryClusterSource.Settings(
            List.of(URI.create("http://127.0.0.1:" + port)), mirror, null));
  }

  private static @Nullable Node node(ClusterSource source) {
    return source.current().node(NODE);
  }

  private static @Nullable NodeState state(ClusterSource source) {
    Node node = node(source);
    return node == null ? null : node.state();
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }
}
