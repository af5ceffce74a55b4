package io.turnpike.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.connector.Connectors;
import io.turnpike.node.Cluster;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a gateway makes of what registries say. */
class WatchedTableTest {

  private final WatchedTable table = new WatchedTable();

  @Test
  void completeSnapshot_replacesTheTable() {
    table.snapshot(snapshot(true, node("a"), node("b")));
    assertThat(ids(table.snapshot(snapshot(true, node("c"))))).containsExactly("c");
    assertThat(ids(table.snapshot(snapshot(true)))).as("nobody is left").isEmpty();
  }

  @Test
  void snapshotOfARegistryThatHasJustBegun_replacesNothing() {
    table.snapshot(snapshot(true, node("a"), node("b")));
    assertThat(ids(table.snapshot(snapshot(false)))).containsExactly("a", "b");
    ObjectNode drained = node("b").put("state", "draining");
    Cluster after = table.snapshot(snapshot(false, drained, node("c")));
    assertThat(ids(after)).containsExactly("a", "b", "c");
    assertThat(after.node(new NodeId("b")))
        .as("what it says is newer")
        .matches(node -> node.state() == NodeState.DRAINING);
    assertThat(ids(table.change(change(node("a").put("state", "gone")))))
        .as("who leaves, leaves")
        .containsExactly("b", "c");
    assertThat(ids(table.snapshot(snapshot(true, node("c"))))).containsExactly("c");
  }

  @ParameterizedTest
  @CsvSource({"connector, mooncake-2", "state, paused", "role, verifier", "url, unix:/x"})
  void unknownWord_losesThatNode_notTheOthers(String member, String word) {
    JsonNode snapshot = snapshot(true, node("a"), node("b").put(member, word), node("c"));
    assertThat(ids(table.snapshot(snapshot))).containsExactly("a", "c");
    assertThat(table.leftOut()).isEqualTo(1);
    assertThat(table.whyLeftOut()).startsWith(member + ": ").contains(word);
    assertThat(ids(table.change(change(node("d"))))).as("the feed goes on").contains("d");
  }

  @Test
  void nodeThatIsNotUnderstoodAnyMore_getsNoTurns_untilItIsAgain() {
    table.snapshot(snapshot(true, node("a"), node("b")));
    ObjectNode strange = node("b").put("connector", "mooncake-2");
    assertThat(ids(table.change(change(strange, node("c"))))).containsExactly("a", "c");
    assertThat(table.leftOut()).isEqualTo(1);
    assertThat(ids(table.change(change(node("b"))))).containsExactly("a", "b", "c");
    assertThat(table.leftOut()).isZero();
    assertThat(table.whyLeftOut()).isNull();
  }

  @Test
  void nodeThatIsNotUnderstood_isForgotten_alsoByAnIncompleteSnapshot() {
    table.snapshot(snapshot(true, node("a"), node("b")));
    JsonNode incomplete = snapshot(false, node("b").put("state", "paused"));
    assertThat(ids(table.snapshot(incomplete))).containsExactly("a");
  }

  @Test
  void nodeWithoutAName_isLeftOut() {
    table.snapshot(snapshot(true, node("a")));
    assertThat(ids(table.change(change(node("b").put("id", "no name"), node("c").remove("id")))))
        .containsExactly("a");
    assertThat(table.leftOut()).isEqualTo(2);
  }

  @Test
  void whatIsNoTable_changesNothing() {
    table.snapshot(snapshot(true, node("a")));
    JsonNode nothing = JsonMapper.shared().createObjectNode();
    assertThatThrownBy(() -> table.snapshot(nothing)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> table.change(nothing)).isInstanceOf(IllegalArgumentException.class);
    assertThat(ids(table.change(change()))).containsExactly("a");
  }

  private static List<String> ids(Cluster cluster) {
    return cluster.nodes().stream().map(node -> node.id().value()).toList();
  }

  private static JsonNode snapshot(boolean complete, ObjectNode... nodes) {
    ObjectNode json = JsonMapper.shared().createObjectNode().put("complete", complete);
    json.putArray("nodes").addAll(List.of(nodes));
    return json;
  }

  private static JsonNode change(JsonNode... nodes) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.putArray("changes")
        .addAll(
            Stream.of(nodes)
                .map(node -> JsonMapper.shared().createObjectNode().set("node", node))
                .toList());
    return json;
  }

  private static ObjectNode node(String id) {
    return NodeCodec.write(
        new Node(
            new NodeId(id),
            Role.DECODE,
            URI.create("http://10.0.0.1:8200"),
            Connectors.NIXL,
            NodeState.READY,
            new Epoch("s1"),
            List.of("m"),
            null,
            null,
            null),
        null);
  }
}
