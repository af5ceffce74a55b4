package io.turnpike.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.connector.Connectors;
import io.turnpike.node.Cluster;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import io.turnpike.turn.SuspendedPair;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ProxyStatusTest {

  @Test
  void wire_isWhatScriptsRead() {
    Node decode =
        new Node(
            new NodeId("d"),
            Role.DECODE,
            URI.create("http://h:1"),
            Connectors.NIXL,
            NodeState.READY,
            new Epoch("s1.0"),
            List.of(),
            null,
            null,
            null);
    ProxyStatus status =
        new ProxyStatus(
            "pd",
            null,
            1,
            2,
            3,
            "up",
            "shared",
            List.of(ProxyStatus.ShownNode.of(decode)),
            ProxyStatus.Ready.of(Cluster.of(List.of(decode))),
            List.of(
                ProxyStatus.SuspendedPair.of(
                    new SuspendedPair(new NodeId("p"), decode.id(), 3, Duration.ofSeconds(5)),
                    Instant.parse("2026-01-01T00:00:00Z"))));
    assertThat(JsonMapper.shared().writeValueAsString(status))
        .isEqualTo(
            """
            {"mode":"pd","conversations":1,"turns_inflight":2,"turns_total":3,"redis":"up","limits":"shared",\
            "nodes":[{"id":"d","role":"decode","state":"ready","url":"http://h:1","epoch":"s1.0"}],\
            "ready":{"prefill":0,"decode":1,"replica":0,"any":0},\
            "suspended_pairs":[{"prefill":"p","decode":"d","lost":3,\
            "next_try":"2026-01-01T00:00:05Z"}]}\
            """);
  }
}
