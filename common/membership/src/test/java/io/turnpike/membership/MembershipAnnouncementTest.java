package io.turnpike.membership;

import static io.turnpike.membership.Probes.ID;
import static io.turnpike.membership.Probes.SPEC;
import static io.turnpike.membership.Probes.START;
import static io.turnpike.membership.Probes.URL;
import static io.turnpike.membership.Probes.good;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.connector.Connectors;
import io.turnpike.membership.Registration.Origin;
import io.turnpike.node.Connector;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who says that a node is there, and for how long that holds. */
class MembershipAnnouncementTest {

  private final Membership membership = new Membership(MembershipRules.DEFAULTS);

  @Test
  void announce_ofAListedNode_isTaken_ifItSaysTheSame() {
    membership.announce(Registration.fixed(SPEC), START);
    assertThat(membership.announce(leased(SPEC, null), START))
        .isEqualTo(new Outcome.Applied(ID, List.of()));
    assertThat(membership.registrations()).containsEntry(ID, Registration.fixed(SPEC)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "PREFILL, http://10.0.0.9:8100, nixl",
    "DECODE, http://10.0.0.1:8100, nixl",
    "PREFILL, http://10.0.0.1:8100, shared-storage"
  })
  void announce_ofAListedNode_isRefused_ifItSaysOtherwise(Role role, URI url, String word) {
    Connector how = Connectors.named(word).orElseThrow();
    membership.announce(Registration.fixed(SPEC), START);
    assertThat(membership.announce(leased(new NodeSpec(ID, role, url, how, null), null), START))
        .isEqualTo(
            new Outcome.Conflict(
                "node \"10.0.0.1:8100\" is listed in the configuration with other properties"));
    assertThat(node().url()).isEqualTo(URL);
  }

  @Test
  void pingOfAnEngineThatDoesBoth_leavesItTheRoleThatIsListed() {
    NodeSpec listed = new NodeSpec(new NodeId("any-1"), Role.ANY, URL, Connectors.P2P_NCCL, "a:1");
    membership.announce(Registration.fixed(listed), START);
    NodeSpec said = new NodeSpec(ID, Role.PREFILL, URL, Connectors.P2P_NCCL, "10.0.0.1:21001");
    membership.announce(new Registration(said, Origin.PINGED, null, null), START);
    assertThat(membership.table().nodes())
        .singleElement()
        .extracting(Node::role, Node::zmqAddress)
        .containsExactly(Role.ANY, "10.0.0.1:21001");
  }

  @Test
  void announce_isRefused_whenTheAddressIsAnotherNodes() {
    membership.announce(Registration.fixed(SPEC), START);
    NodeSpec other = new NodeSpec(new NodeId("x"), Role.PREFILL, URL, Connectors.NIXL, null);
    assertThat(membership.announce(leased(other, null), START))
        .isInstanceOf(Outcome.Conflict.class);
  }

  @Test
  void announce_isRefused_whenThereAreTooMany() {
    for (int i = 0; i < MembershipRules.DEFAULTS.maxNodes(); i++) {
      NodeId id = new NodeId("n" + i);
      URI url = URI.create("http://10.1.0.1:" + (1000 + i));
      membership.announce(
          Registration.fixed(new NodeSpec(id, Role.DECODE, url, Connectors.NIXL, null)), START);
    }
    assertThat(membership.announce(leased(SPEC, null), START)).isEqualTo(new Outcome.Full(1024));
    assertThat(membership.table().nodes()).hasSize(1024);
  }

  @Test
  void announce_ofAnotherLife_takesNoAnswerOfTheOneBefore() {
    membership.announce(leased(SPEC, "a"), START);
    membership.probed(ID, good("1", START), START);
    Instant later = START.plusSeconds(5);
    membership.announce(leased(SPEC, "b"), later);
    assertThat(node().state()).isEqualTo(NodeState.JOINING);
    membership.probed(ID, good("1", later.minusMillis(1)), later);
    assertThat(node().state()).as("asked before it was announced").isEqualTo(NodeState.JOINING);
    membership.probed(ID, good("1", later), later);
    assertThat(node().state()).isEqualTo(NodeState.READY);
    assertThat(node().epoch().value()).isEqualTo("s1-b");
  }

  @Test
  void lease_holdsFromItsLastHeartbeat() {
    membership.announce(leased(SPEC, null), START);
    Instant beat = START.plusSeconds(10);
    assertThat(membership.heartbeat(ID, beat)).isEqualTo(new Outcome.Applied(ID, List.of()));
    assertThat(membership.tick(beat.plusMillis(14_999))).isEmpty();
    assertThat(membership.tick(beat.plusSeconds(15)))
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.kind()).isEqualTo(Change.Kind.LEFT);
              assertThat(change.node().state()).isEqualTo(NodeState.GONE);
              assertThat(change.reason()).isEqualTo("lease ran out");
            });
    assertThat(membership.heartbeat(ID, beat)).isEqualTo(new Outcome.UnknownNode(ID));
  }

  @Test
  void pings_thatStop_areTheReasonWhyANodeLeft() {
    membership.announce(new Registration(SPEC, Origin.PINGED, null, null), START);
    assertThat(membership.tick(START.plusSeconds(30)))
        .singleElement()
        .extracting(Change::reason)
        .isEqualTo("pings stopped");
  }

  @Test
  void restart_thatAProbeWithModelsSaw_isAChangeOfEpochAlone() {
    membership.announce(Registration.fixed(SPEC), START);
    assertThat(membership.probed(ID, good("1", START), START).changes())
        .singleElement()
        .extracting(Change::kind)
        .isEqualTo(Change.Kind.STATE);
    assertThat(membership.probed(ID, good("2", START), START).changes())
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.kind()).isEqualTo(Change.Kind.EPOCH);
              assertThat(change.node().state()).isEqualTo(NodeState.READY);
            });
  }

  private static Registration leased(NodeSpec spec, @Nullable String engineId) {
    return new Registration(spec, Origin.LEASED, engineId, null);
  }

  private Node node() {
    return Objects.requireNonNull(membership.table().node(ID));
  }
}
