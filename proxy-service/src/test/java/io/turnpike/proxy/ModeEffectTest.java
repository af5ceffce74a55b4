package io.turnpike.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.turnpike.connector.Connectors;
import io.turnpike.cost.CostBook;
import io.turnpike.gateway.SharedState;
import io.turnpike.node.Cluster;
import io.turnpike.node.Connector;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import io.turnpike.routing.Mode;
import io.turnpike.routing.RoutingPolicy;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ModeEffectTest {

  private final Logger logger = (Logger) LoggerFactory.getLogger(ModeEffect.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final ModeSwitch modes =
      new ModeSwitch(
          new SharedState(null, "test", InstantSource.system()),
          Mode.PPD,
          false,
          RoutingPolicy::of);
  private Cluster cluster = Cluster.EMPTY;
  private final ModeEffect effect =
      new ModeEffect(modes, () -> cluster, node -> node.connector().decodesAlone(), CostBook.EMPTY);

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void listenNoMore() {
    logger.detachAppender(lines);
  }

  @Test
  void ppdOverP2pNccl_isSaidToHaveNoEffect() {
    cluster = Cluster.of(List.of(decode("d1", Connectors.P2P_NCCL)));
    assertThat(effect.note())
        .startsWith("ppd has no effect here: p2p-nccl decode nodes serve no turn without")
        .endsWith("turnpike.engine.patched-p2p=true");
  }

  @Test
  void nodesWithoutTheEffect_areNamed_whereOthersHaveIt() {
    cluster =
        Cluster.of(
            List.of(
                decode("d1", Connectors.P2P_NCCL),
                decode("d2", Connectors.NIXL),
                decode("d3", Connectors.P2P_NCCL)));
    assertThat(effect.note()).startsWith("ppd has no effect on d1, d3: p2p-nccl decode nodes");
  }

  @Test
  void nothingIsSaid_whereTheModeWorks_orIsPd_orNobodyIsThere() {
    assertThat(effect.note()).isNull();
    cluster = Cluster.of(List.of(decode("d", Connectors.NIXL)));
    assertThat(effect.note()).isNull();
    cluster = Cluster.of(List.of(decode("d", Connectors.P2P_NCCL)));
    switchTo(Mode.PD);
    assertThat(effect.note()).isNull();
  }

  @Test
  void adaptiveWithoutCosts_isSaidToGoByARule() {
    switchTo(Mode.ADAPTIVE);
    assertThat(effect.note()).startsWith("adaptive knows no costs");
    CostBook known = ProfiledCosts.of(new CostSettings("h100-llama-3.1-8b", 40));
    assertThat(new ModeEffect(modes, () -> cluster, node -> true, known).note()).isNull();
  }

  @Test
  void theLog_hearsOfItOnceAChange() {
    effect.look();
    cluster = Cluster.of(List.of(decode("d", Connectors.P2P_NCCL)));
    effect.look();
    effect.look();
    switchTo(Mode.PD);
    effect.look();
    effect.look();
    assertThat(lines.list)
        .extracting(line -> line.getLevel() + " " + line.getMessage())
        .containsExactly("WARN mode without effect", "INFO mode has its effect");
  }

  private void switchTo(Mode mode) {
    assertThat(modes.switchTo(mode).block(Duration.ofSeconds(5))).isNotNull();
  }

  private static Node decode(String id, Connector connector) {
    @Nullable String zmq = connector.needsZmqAddress() ? "127.0.0.1:2" : null;
    return new Node(
        new NodeId(id),
        Role.DECODE,
        URI.create("http://127.0.0.1:1"),
        connector,
        NodeState.READY,
        new Epoch("s1"),
        List.of(),
        zmq,
        null,
        null);
  }
}
