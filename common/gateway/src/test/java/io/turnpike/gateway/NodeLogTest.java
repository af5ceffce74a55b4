package io.turnpike.gateway;

import static io.turnpike.engine.TestNodes.in;
import static io.turnpike.engine.TestNodes.node;
import static io.turnpike.engine.TestNodes.restarted;
import static io.turnpike.engine.TestNodes.suspect;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.turnpike.connector.Connectors;
import io.turnpike.node.Cluster;
import io.turnpike.node.Node;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import io.turnpike.node.Suspicion;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class NodeLogTest {

  private static final Node D = node("d", Role.DECODE, Connectors.NIXL);

  private final Logger logger = (Logger) LoggerFactory.getLogger(NodeLog.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

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
  void aLife_isALineForEachState() {
    NodeLog log = new NodeLog();
    log.accept(Cluster.of(List.of(in(NodeState.JOINING, D))));
    log.accept(Cluster.of(List.of(D)));
    log.accept(Cluster.of(List.of(D)));
    log.accept(Cluster.of(List.of(suspect(Suspicion.TIMED_OUT, D))));
    log.accept(Cluster.of(List.of(suspect(Suspicion.REFUSED, D))));
    log.accept(Cluster.of(List.of(restarted(D))));
    log.accept(Cluster.of(List.of(in(NodeState.DRAINING, restarted(D)))));
    log.accept(Cluster.EMPTY);
    assertThat(lines.list)
        .extracting(NodeLogTest::text)
        .containsExactly(
            "INFO joined",
            "INFO ready",
            "WARN suspect timed-out",
            "WARN suspect refused",
            "INFO restarted",
            "INFO draining",
            "INFO left");
  }

  @Test
  void aTableOfManyNewNodes_isNotALineForEach() {
    new NodeLog()
        .accept(
            Cluster.of(
                IntStream.range(0, NodeLog.MAX_LINES + 5)
                    .mapToObj(i -> node("d" + i, Role.DECODE, Connectors.NIXL))
                    .toList()));
    assertThat(lines.list).hasSize(NodeLog.MAX_LINES + 1);
    assertThat(lines.list.getLast().getKeyValuePairs()).singleElement().hasToString("lines=\"5\"");
  }

  private static String text(ILoggingEvent line) {
    StringBuilder text = new StringBuilder(line.getLevel().toString());
    line.getKeyValuePairs().stream()
        .filter(pair -> pair.key.equals("change") || pair.key.equals("why"))
        .forEach(pair -> text.append(' ').append(pair.value));
    return text.toString();
  }
}
