package io.turnpike.membership;

import static io.turnpike.membership.Probes.ID;
import static io.turnpike.membership.Probes.SPEC;
import static io.turnpike.membership.Probes.START;
import static io.turnpike.membership.Probes.URL;
import static io.turnpike.membership.Probes.good;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.connector.Connectors;
import io.turnpike.membership.Registration.Origin;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a registry takes back of the one before it. */
class MembershipMirrorTest {

  @Test
  void restore_isSuspectUntilProbed_andKeepsTheEpoch() {
    Node before = known(NodeState.READY);
    Membership next = new Membership(MembershipRules.DEFAULTS);
    next.restore(new Registration(SPEC, Origin.PINGED, null, null), before, START);
    assertThat(next.table().nodes())
        .singleElement()
        .satisfies(
            node -> {
              assertThat(node.state()).isEqualTo(NodeState.SUSPECT);
              assertThat(node.epoch()).isEqualTo(before.epoch());
            });
    next.probed(ID, good("1", START), START);
    assertThat(next.table().ready(Role.PREFILL)).hasSize(1);
  }

  @Test
  void restore_keepsDrainedNodesDrained() {
    Membership next = new Membership(MembershipRules.DEFAULTS);
    next.announce(Registration.fixed(SPEC), START);
    next.restore(Registration.fixed(SPEC), known(NodeState.DRAINING), START);
    next.probed(ID, good("1", START), START);
    assertThat(next.table().nodes()).singleElement().matches(n -> n.state() == NodeState.DRAINING);
  }

  @ParameterizedTest
  @CsvSource({"READY, SUSPECT", "SUSPECT, SUSPECT", "JOINING, JOINING", "DRAINING, DRAINING"})
  void restore_trustsNothingThatItHasNotSeen(NodeState kept, NodeState now) {
    Membership next = new Membership(MembershipRules.DEFAULTS);
    Outcome outcome = next.restore(Registration.fixed(SPEC), known(kept), START);
    assertThat(outcome.changes())
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.kind()).isEqualTo(Change.Kind.JOINED);
              assertThat(change.reason()).isEqualTo("mirror");
              assertThat(change.node().state()).isEqualTo(now);
            });
  }

  @Test
  void restore_isRefused_whenThereIsNoRoom() {
    Membership next = new Membership(atMost(1));
    URI other = URI.create("http://10.0.0.2:8100");
    NodeSpec spec = new NodeSpec(new NodeId("a"), Role.DECODE, other, Connectors.NIXL, null);
    assertThat(next.restore(Registration.fixed(spec), known(NodeState.READY), START))
        .isInstanceOf(Outcome.Applied.class);
    assertThat(next.restore(Registration.fixed(SPEC), known(NodeState.READY), START))
        .isEqualTo(new Outcome.Full(1));
  }

  @Test
  void restore_tellsAListedNodeWhatItWas_andSaysWhatChanged() {
    Membership next = new Membership(MembershipRules.DEFAULTS);
    next.announce(Registration.fixed(SPEC), START);
    Outcome outcome = next.restore(Registration.fixed(SPEC), known(NodeState.DRAINING), START);
    assertThat(outcome.changes())
        .singleElement()
        .satisfies(change -> assertThat(change.node().state()).isEqualTo(NodeState.DRAINING));
  }

  @Test
  void restore_thatComesLate_takesNothingBackThatWasSeenSince() {
    Membership next = new Membership(MembershipRules.DEFAULTS);
    next.announce(Registration.fixed(SPEC), START);
    next.probed(ID, good("9", START), START);
    Node seen = next.table().nodes().getFirst();
    next.restore(Registration.fixed(SPEC), known(NodeState.READY), START);
    assertThat(next.table().nodes()).containsExactly(seen);
    next.restore(Registration.fixed(SPEC), known(NodeState.DRAINING), START);
    assertThat(next.table().nodes()).singleElement().matches(n -> n.state() == NodeState.DRAINING);
    next.undrain(ID, START);
    next.restore(Registration.fixed(SPEC), known(NodeState.DRAINING), START);
    assertThat(next.table().nodes()).as("an operator said so since").containsExactly(seen);
    next.remove(ID, START);
    assertThat(next.restore(Registration.fixed(SPEC), known(NodeState.READY), START))
        .as("removed since")
        .isEqualTo(new Outcome.UnknownNode(ID));
  }

  @ParameterizedTest
  @CsvSource({"10.0.0.1:8100, http://10.0.0.9:8100", "x, http://10.0.0.1:8100"})
  void restore_isRefused_whenTheNodeIsThereUnderOtherNames(String id, URI url) {
    Membership next = new Membership(MembershipRules.DEFAULTS);
    next.announce(Registration.fixed(SPEC), START);
    NodeSpec other = new NodeSpec(new NodeId(id), Role.PREFILL, url, Connectors.NIXL, null);
    assertThat(next.restore(Registration.fixed(other), known(NodeState.READY), START))
        .isEqualTo(new Outcome.Conflict("node \"" + id + "\" is there under other names"));
    assertThat(next.table().nodes()).singleElement().matches(node -> node.url().equals(URL));
  }

  private static MembershipRules atMost(int nodes) {
    Duration second = Duration.ofSeconds(1);
    return new MembershipRules(
        second, second, second, second, second, 3, nodes, MembershipRules.Lives.SEEN);
  }

  private static Node known(NodeState state) {
    return new Node(
        ID,
        Role.PREFILL,
        URL,
        Connectors.NIXL,
        state,
        new Epoch("s1"),
        List.of("m"),
        null,
        "0.32.0",
        null);
  }
}
