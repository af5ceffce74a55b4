package io.turnpike.membership;

import static io.turnpike.membership.Probes.ID;
import static io.turnpike.membership.Probes.SPEC;
import static io.turnpike.membership.Probes.START;
import static io.turnpike.membership.Probes.good;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.membership.Registration.Origin;
import io.turnpike.membership.Registration.Standing;
import io.turnpike.node.Node;
import io.turnpike.node.NodeState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Nodes that somebody found by watching what runs. */
class MembershipDiscoveryTest {

  private static final Instant LATER = START.plus(Duration.ofHours(1));

  private final Membership membership = new Membership(MembershipRules.DEFAULTS);

  @Test
  void discovered_staysForAsLongAsNobodySaysOtherwise() {
    announce(Standing.OFFERED, START);
    membership.tick(LATER);
    membership.probed(ID, good("1", LATER), LATER);
    assertThat(node().isReady()).isTrue();
  }

  @Test
  void withdrawn_leavesAtOnce_andIsForgottenByNobodyElse() {
    announce(Standing.OFFERED, START);
    Outcome outcome = membership.withdraw(ID, LATER);
    assertThat(outcome.changes())
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.kind()).isEqualTo(Change.Kind.LEFT);
              assertThat(change.reason()).isEqualTo("discovered no more");
            });
    assertThat(membership.table().nodes()).isEmpty();
    assertThat(membership.withdraw(ID, LATER)).isEqualTo(new Outcome.UnknownNode(ID));
    assertThat(membership.word("r", true, LATER).removed()).isEmpty();
  }

  @Test
  void withdrawn_stays_whileAnotherRegistrySeesIt() {
    announce(Standing.OFFERED, START);
    Membership other = new Membership(MembershipRules.DEFAULTS);
    other.announce(registration(Standing.OFFERED), START);
    membership.hear(other.word("other", true, START), "this", START);

    membership.withdraw(ID, START);
    membership.tick(START.plusSeconds(1));
    assertThat(membership.table().nodes()).hasSize(1);

    other.withdraw(ID, START);
    membership.hear(other.word("other", true, START), "this", START.plusSeconds(1));
    membership.tick(START.plus(MembershipRules.DEFAULTS.pingGone()).plusSeconds(1));
    assertThat(membership.table().nodes()).isEmpty();
  }

  @Test
  void withdraw_isNoWord_aboutAListedNode() {
    membership.announce(Registration.fixed(SPEC), START);
    assertThat(membership.withdraw(ID, LATER)).isEqualTo(new Outcome.Applied(ID, List.of()));
    membership.tick(LATER);
    assertThat(membership.table().nodes()).hasSize(1);
  }

  @Test
  void withheld_isDraining_untilItIsOfferedAgain() {
    announce(Standing.OFFERED, START);
    membership.probed(ID, good("1", START), START);
    announce(Standing.WITHHELD, START);
    assertThat(node().state()).isEqualTo(NodeState.DRAINING);
    announce(Standing.OFFERED, START);
    assertThat(node().state()).isEqualTo(NodeState.READY);
  }

  @Test
  void offeredAgain_staysDrained_ifAnOperatorSaidSo() {
    announce(Standing.WITHHELD, START);
    membership.drain(ID, START);
    announce(Standing.OFFERED, START);
    assertThat(node().state()).isEqualTo(NodeState.DRAINING);
    membership.undrain(ID, START);
    assertThat(node().state()).isEqualTo(NodeState.JOINING);
  }

  @Test
  void withheld_isNotDrained_afterARestart() {
    announce(Standing.WITHHELD, START);
    Membership next = new Membership(MembershipRules.DEFAULTS);
    next.restore(registration(Standing.WITHHELD), node(), LATER);
    next.announce(registration(Standing.OFFERED), LATER);
    assertThat(Objects.requireNonNull(next.table().node(ID)).state()).isEqualTo(NodeState.JOINING);
  }

  @Test
  void announcement_thatSaysOtherwise_isRefused() {
    announce(Standing.OFFERED, START);
    NodeSpec moved =
        new NodeSpec(
            ID, SPEC.role(), SPEC.url().resolve("http://10.0.0.9:1"), SPEC.connector(), null);
    assertThat(membership.announce(new Registration(moved, Origin.LEASED, null, null), START))
        .isEqualTo(
            new Outcome.Conflict("node \"10.0.0.1:8100\" is discovered with other properties"));
  }

  private void announce(Standing standing, Instant at) {
    membership.announce(registration(standing), at);
  }

  private static Registration registration(Standing standing) {
    return new Registration(SPEC, Origin.DISCOVERED, "uid", null, standing);
  }

  private Node node() {
    return Objects.requireNonNull(membership.table().node(ID));
  }
}
