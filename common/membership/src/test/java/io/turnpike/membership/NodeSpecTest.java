package io.turnpike.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.connector.Connectors;
import io.turnpike.node.Connector;
import io.turnpike.node.NodeId;
import io.turnpike.node.Role;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeSpecTest {

  @Test
  void parseList_readsUrlsWithAndWithoutId() {
    List<NodeSpec> specs = list("http://Host-1:8100/ , p2=http://[::1]:8101,p3=https://10.0.0.1");
    assertThat(specs)
        .extracting(spec -> spec.id().value(), spec -> spec.url().toString())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("host-1:8100", "http://host-1:8100"),
            org.assertj.core.groups.Tuple.tuple("p2", "http://[::1]:8101"),
            org.assertj.core.groups.Tuple.tuple("p3", "https://10.0.0.1:443"));
  }

  @Test
  void parseList_isEmpty_whenTheTextIs() {
    assertThat(list("  ")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:8100",
        "ftp://h:1",
        "http://h:1/v1",
        "http://u@h:1",
        "http://h:1?q",
        "http://h:0",
        "http://h:70000",
        "http://",
        "http://a b:1",
        "http://h:1,",
        ",http://h:1"
      })
  void parseList_namesTheVariableAndWhatWasExpected_whenWrong(String text) {
    assertThatThrownBy(() -> list(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("TURNPIKE_PREFILL_URLS: ")
        .hasMessageContaining("expected: http://host:port");
  }

  @ParameterizedTest
  @CsvSource({"b@d=http://h:1, node id", "=http://h:1, node id"})
  void parseList_namesTheId_whenItIsWrong(String text, String part) {
    assertThatThrownBy(() -> list(text)).hasMessageContaining(part);
  }

  @Test
  void parse_takesAnEqualsSignBehindTheSchemeForPartOfTheUrl_andOneBeforeForTheId() {
    assertThatThrownBy(() -> list("http://h:1?a=b"))
        .hasMessageContaining("\"http://h:1?a=b\" (expected: http://host:port");
    assertThatThrownBy(() -> list("p=localhost:1"))
        .hasMessageContaining("\"localhost:1\" (expected: http://host:port");
  }

  @Test
  void parseUrl_hasBounds() {
    String host = "hh" + ".h".repeat(250);
    String longest = "http://" + host + "h:8";
    assertThat(longest).hasSize(512);
    assertThat(NodeSpec.parseUrl("x", longest)).hasPort(8);
    assertThatThrownBy(() -> NodeSpec.parseUrl("x", longest + "0"))
        .hasMessageContaining("\"" + longest.substring(0, 80) + "…\"");
    assertThat(NodeSpec.parseUrl("x", "http://h:65535")).hasPort(65_535);
    assertThatThrownBy(() -> NodeSpec.parseUrl("x", "http://h:65536")).hasMessageContaining("x: ");
  }

  @Test
  void message_repeatsWhatIsWrong_upTo80Characters() {
    String wrong = "w".repeat(80);
    assertThatThrownBy(() -> list(wrong)).hasMessageContaining("\"" + wrong + "\"");
    assertThatThrownBy(() -> list(wrong + "w")).hasMessageContaining("\"" + wrong + "…\"");
  }

  @Test
  void parseList_refusesTheSameNodeTwice() {
    assertThatThrownBy(() -> list("a=http://h:1,a=http://h:2"))
        .hasMessage("TURNPIKE_PREFILL_URLS: node \"a\" is listed twice (expected: each node once)");
  }

  @ParameterizedTest
  @CsvSource({
    "p=http://h:1;zmq=10.0.0.1:21001, p, 10.0.0.1:21001",
    "http://h:1 ; zmq=Host:21001, h:1, host:21001",
    "p=http://h:1;zmq=[::1]:21001, p, [::1]:21001"
  })
  void parse_readsTheZmqAddress_ofP2pNccl(String text, String id, String address) {
    NodeSpec spec = NodeSpec.parse("x", text, Role.PREFILL, Connectors.P2P_NCCL);
    assertThat(spec.id().value()).isEqualTo(id);
    assertThat(spec.url()).isEqualTo(URI.create("http://h:1"));
    assertThat(spec.zmqAddress()).isEqualTo(address);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "p2p-nccl | p=http://h:1 | \"p=http://h:1\" has no zmq address (expected:"
            + " id=url;zmq=host:port for the connector p2p-nccl)",
        "p2p-nccl | p=http://h:1;mq=h:2 | \"p=http://h:1\" has ;mq=h:2 (expected:"
            + " id=url;zmq=host:port for the connector p2p-nccl)",
        "nixl | p=http://h:1;zmq=h:2 | \"p=http://h:1\" has ;zmq=h:2 (expected: id=url, for the"
            + " connector nixl)",
        "p2p-nccl | p=http://h:1;zmq=h | \"h\" (expected: host:port)",
        "p2p-nccl | p=http://h:1;zmq=u@h:2 | \"u@h:2\" (expected: host:port)",
        "p2p-nccl | p=http://h:1;zmq=h:70000 | \"http://h:70000\" (expected: http://host:port"
      })
  void parse_saysWhatIsWrongWithTheZmqAddress(String word, String text, String message) {
    Connector connector = Connectors.named(word).orElseThrow();
    assertThatThrownBy(() -> NodeSpec.parse("x", text, Role.PREFILL, connector))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("x: " + message);
  }

  @Test
  void parse_namesTheNodeByItsAddress() {
    NodeSpec spec = NodeSpec.parse("x", "http://h:1", Role.DECODE, Connectors.NIXL);
    assertThat(spec)
        .isEqualTo(
            new NodeSpec(
                new NodeId("h:1"), Role.DECODE, URI.create("http://h:1"), Connectors.NIXL, null));
  }

  private static List<NodeSpec> list(String text) {
    return NodeSpec.parseList("TURNPIKE_PREFILL_URLS", text, Role.PREFILL, Connectors.NIXL);
  }
}
