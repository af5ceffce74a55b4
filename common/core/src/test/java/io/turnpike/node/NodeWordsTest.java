package io.turnpike.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.connector.Connectors;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeWordsTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "z", "A", "Z", "0", "9", "10.0.0.1:8100", "[::1]:80", "a_b-c.d"})
  void nodeId_takesAddressesAndNames(String value) {
    assertThat(new NodeId(value)).hasToString(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "`", "{", "@", "/", "a b", "a\r\nb", "a;", "ä"})
  void nodeId_takesNothingElse(String value) {
    assertThat(NodeId.isValid(value)).isFalse();
    assertThatThrownBy(() -> new NodeId(value)).hasMessageStartingWith("node id: \"" + value);
  }

  @Test
  void nodeId_hasABound_andDoesNotRepeatWhatIsTooLong() {
    assertThat(NodeId.isValid("a".repeat(128))).isTrue();
    assertThat(NodeId.isValid("a".repeat(129))).isFalse();
    assertThatThrownBy(() -> new NodeId("a".repeat(129)))
        .hasMessageContaining("\"" + "a".repeat(32) + "…\"");
    String longest = "a".repeat(127) + ";";
    assertThatThrownBy(() -> new NodeId(longest)).hasMessageContaining("\"" + longest + "\"");
  }

  @Test
  void epoch_isShortAndWithoutBlanks() {
    assertThat(new Epoch("e".repeat(128)).toString()).hasSize(128);
    for (String bad : List.of("", "e".repeat(129), "a b", "a\n")) {
      assertThatThrownBy(() -> new Epoch(bad)).hasMessageStartingWith("epoch: ");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "unknown, true",
    "l1767225600000.1, true",
    "l1767225600000.1-engine, true",
    "s1795221502.37, false",
    "s1795221502.37-l, false"
  })
  void epoch_isGuessed_untilTheEngineHasToldOfItsProcess(String value, boolean guessed) {
    assertThat(new Epoch(value).isGuessed()).isEqualTo(guessed);
  }

  @Test
  void suspicion_isFoundByItsWord_andOneOfALaterReleaseIsNone() {
    assertThat(Suspicion.values())
        .extracting(Suspicion::word)
        .containsExactly("refused", "failed", "timed-out", "pings-missing", "reported");
    assertThat(Suspicion.values())
        .allSatisfy(one -> assertThat(Suspicion.of(one.word())).contains(one));
    assertThat(Suspicion.of("haunted")).isEmpty();
  }

  @Test
  void words_areLowerCase() {
    assertThat(NodeState.values())
        .extracting(NodeState::word)
        .containsExactly("joining", "ready", "suspect", "draining", "gone");
    assertThat(Role.values())
        .extracting(Role::word)
        .containsExactly("prefill", "decode", "replica", "any");
  }

  @Test
  void cluster_isSorted_andListsNobodyTwice() {
    Node one = Nodes.node("d1", Role.DECODE, Connectors.NIXL);
    Node two = Nodes.node("d2", Role.DECODE, Connectors.NIXL);
    assertThat(Cluster.of(List.of(two, one)).nodes()).containsExactly(one, two);
    assertThat(Cluster.of(List.of(one))).asString().startsWith("Cluster[Node[id=d1");
    assertThatThrownBy(() -> Cluster.of(List.of(one, one))).hasMessageContaining("listed twice");
  }
}
