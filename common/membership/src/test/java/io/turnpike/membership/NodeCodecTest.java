package io.turnpike.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.turnpike.connector.Connectors;
import io.turnpike.membership.MembershipDriver.Published;
import io.turnpike.membership.Registration.Origin;
import io.turnpike.node.Cluster;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeLoad;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import io.turnpike.node.Suspicion;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class NodeCodecTest {

  private static final Node FULL =
      new Node(
          new NodeId("p1"),
          Role.PREFILL,
          URI.create("http://10.0.0.1:8100"),
          Connectors.P2P_NCCL,
          NodeState.SUSPECT,
          new Epoch("s1.5-e"),
          List.of("m", "lora"),
          "10.0.0.1:21001",
          "0.13.0",
          new NodeLoad(1, 2, 0.5, 30, 20, Instant.parse("2026-01-01T00:00:00.123Z")),
          Suspicion.REFUSED);
  private static final Node BARE =
      new Node(
          new NodeId("r1"),
          Role.REPLICA,
          URI.create("http://[::1]:8300"),
          Connectors.NONE,
          NodeState.JOINING,
          Epoch.UNKNOWN,
          List.of(),
          null,
          null,
          null);

  @Test
  void table_comesBackAsItWas() {
    Registration registration =
        new Registration(
            new NodeSpec(FULL.id(), FULL.role(), FULL.url(), FULL.connector(), FULL.zmqAddress()),
            Origin.LEASED,
            "e",
            "note");
    String text =
        NodeCodec.writeTable(
                new Published(7, Cluster.of(List.of(FULL, BARE)), true),
                Map.of(FULL.id(), registration))
            .toString();

    JsonNode json = NodeCodec.parse(text);
    assertThat(NodeCodec.readTable(json, (_, why) -> fail(why))).containsExactly(FULL, BARE);
    assertThat(NodeCodec.isComplete(json)).isTrue();
    assertThat(json.path("version").asLong()).isEqualTo(7);
    assertThat(NodeCodec.readRegistration(json.path("nodes").path(0))).isEqualTo(registration);
  }

  @ParameterizedTest
  @CsvSource({
    "'{\"complete\":true,\"nodes\":[]}', true",
    "'{\"complete\":false,\"nodes\":[{}]}', false",
    "'{\"nodes\":[{}]}', true",
    "'{\"nodes\":[]}', false"
  })
  void isComplete_isWhatTheRegistrySays_andAnEmptyTableIsNot_ifItSaysNothing(
      String text, boolean complete) {
    assertThat(NodeCodec.isComplete(NodeCodec.parse(text))).isEqualTo(complete);
  }

  @Test
  void writeRegistration_comesBackAsItWas() {
    Registration registration =
        new Registration(
            new NodeSpec(FULL.id(), FULL.role(), FULL.url(), FULL.connector(), FULL.zmqAddress()),
            Origin.LEASED,
            "e",
            "note");
    assertThat(NodeCodec.readRegistration(NodeCodec.writeRegistration(registration)))
        .isEqualTo(registration);
  }

  @Test
  void standing_comesBackAsItWas_alsoByAWholeTable() {
    Registration withheld =
        new Registration(
            new NodeSpec(FULL.id(), FULL.role(), FULL.url(), FULL.connector(), FULL.zmqAddress()),
            Origin.DISCOVERED,
            "uid",
            "its pod ends",
            Registration.Standing.WITHHELD);
    assertThat(NodeCodec.readRegistration(NodeCodec.writeRegistration(withheld)))
        .isEqualTo(withheld);
    assertThat(NodeCodec.readRegistration(NodeCodec.write(FULL, withheld))).isEqualTo(withheld);
  }

  @Test
  void write_isTheFormThatTheHeaderShows() {
    Registration registration =
        Registration.fixed(
            new NodeSpec(BARE.id(), BARE.role(), BARE.url(), BARE.connector(), null));
    assertThat(NodeCodec.write(BARE, registration).toString())
        .isEqualTo(
            """
            {"id":"r1","role":"replica","url":"http://[::1]:8300","connector":"none",\
            "state":"joining","epoch":"unknown","models":[],"zmq_address":null,"version":null,\
            "load":null,"origin":"static","engine_id":null,"note":null}\
            """);
    assertThat(NodeCodec.write(FULL, null).toString())
        .isEqualTo(
            """
            {"id":"p1","role":"prefill","url":"http://10.0.0.1:8100","connector":"p2p-nccl",\
            "state":"suspect","epoch":"s1.5-e","models":["m","lora"],\
            "zmq_address":"10.0.0.1:21001","version":"0.13.0","load":{"running":1,"waiting":2,\
            "kv_usage":0.5,"prefix_query_tokens":30,"prefix_hit_tokens":20,\
            "at":"2026-01-01T00:00:00.123Z"},"suspicion":"refused"}\
            """);
  }

  @Test
  void read_ignoresMembersItDoesNotKnow() {
    ObjectNode json = NodeCodec.write(FULL, null).put("future", 1);
    assertThat(NodeCodec.read(json)).isEqualTo(FULL);
  }

  @Test
  void suspicion_isAWordBesideTheState_thatOldReadersDoNotSeeAndNewOnesMayNotKnow() {
    assertThat(NodeCodec.write(FULL, null).path("suspicion").asString()).isEqualTo("refused");
    assertThat(NodeCodec.write(BARE, null).has("suspicion")).isFalse();
    ObjectNode later = NodeCodec.write(FULL, null).put("suspicion", "haunted");
    assertThat(NodeCodec.read(later).suspicion()).isNull();
    for (Suspicion suspicion : Suspicion.values()) {
      ObjectNode json = NodeCodec.write(FULL, null).put("suspicion", suspicion.word());
      assertThat(NodeCodec.read(json).suspicion()).isEqualTo(suspicion);
    }
  }

  @ParameterizedTest
  @CsvSource({"role", "url", "connector", "state", "epoch", "id"})
  void read_namesTheMember_whenItIsMissingOrWrong(String member) {
    ObjectNode missing = NodeCodec.write(FULL, null);
    missing.remove(member);
    assertThatThrownBy(() -> NodeCodec.read(missing))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(member)
        .hasMessageContaining("expected");
    ObjectNode wrong = NodeCodec.write(FULL, null).put(member, "no way");
    assertThatThrownBy(() -> NodeCodec.read(wrong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(member);
  }

  @Test
  void readRegistration_namesTheOrigin_whenItIsNone() {
    ObjectNode json = NodeCodec.write(FULL, null).put("origin", "heard of");
    assertThatThrownBy(() -> NodeCodec.readRegistration(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("origin: \"heard of\" (expected: pinged, leased, discovered, static)");
  }

  @Test
  void message_repeatsWhatIsWrong_upTo80Characters() {
    String wrong = "w".repeat(80);
    ObjectNode json = NodeCodec.write(FULL, null).put("role", wrong);
    assertThatThrownBy(() -> NodeCodec.read(json)).hasMessageContaining("\"" + wrong + "\"");
    json.put("role", wrong + "w");
    assertThatThrownBy(() -> NodeCodec.read(json)).hasMessageContaining("\"" + wrong + "…\"");
  }

  @Test
  void engineId_isShortAndWithoutBlanks() {
    ObjectNode json = NodeCodec.write(FULL, null).put("origin", "pinged");
    json.put("engine_id", "e".repeat(64));
    assertThat(NodeCodec.readRegistration(json).engineId()).hasSize(64);
    for (String bad : List.of("", "e".repeat(65), "a b", "a\u0000", "a\u007f")) {
      json.put("engine_id", bad);
      assertThatThrownBy(() -> NodeCodec.readRegistration(json))
          .hasMessageStartingWith("engine_id: ");
    }
  }

  @Test
  void change_isNamedInLowerCase() {
    assertThat(Change.Kind.values())
        .extracting(Change.Kind::word)
        .containsExactly("joined", "state", "epoch", "updated", "load", "left");
  }

  @Test
  void parse_refusesWhatIsNoJson() {
    assertThatThrownBy(() -> NodeCodec.parse("{")).isInstanceOf(IllegalArgumentException.class);
  }
}
