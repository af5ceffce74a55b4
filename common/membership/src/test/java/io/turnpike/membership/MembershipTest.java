package io.turnpike.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.connector.Connectors;
import io.turnpike.membership.ProbeResult.Identity;
import io.turnpike.membership.ProbeResult.Verdict;
import io.turnpike.membership.Registration.Origin;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeLoad;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import io.turnpike.node.Suspicion;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MembershipTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final URI URL = URI.create("http://10.0.0.1:8100");
  private static final NodeId ID = new NodeId("10.0.0.1:8100");

  private final Membership membership = new Membership(MembershipRules.DEFAULTS);
  private Instant now = START;

  @Test
  void announced_staysJoining_untilHealthAndModelsAnswered() {
    announce(Origin.STATIC);
    assertThat(state()).isEqualTo(NodeState.JOINING);

    down(Verdict.CERTAIN);
    assertThat(state()).isEqualTo(NodeState.JOINING);

    up("1", false);
    assertThat(state()).as("health alone").isEqualTo(NodeState.JOINING);

    up("1", true);
    assertThat(state()).isEqualTo(NodeState.READY);
    assertThat(node().models()).containsExactly("m");
    assertThat(node().epoch()).isEqualTo(new Epoch("s1"));
  }

  @Test
  void probed_makesSuspectAtOnce_whenCertain() {
    ready(Origin.STATIC);
    down(Verdict.CERTAIN);
    assertThat(state()).isEqualTo(NodeState.SUSPECT);
    up("1", true);
    assertThat(state()).isEqualTo(NodeState.READY);
    assertThat(node().epoch()).as("the same life").isEqualTo(new Epoch("s1"));
  }

  @Test
  void probed_makesSuspect_onlyAtTheThirdTimeout() {
    ready(Origin.STATIC);
    down(Verdict.TIMED_OUT);
    down(Verdict.TIMED_OUT);
    assertThat(state()).isEqualTo(NodeState.READY);
    up("1", false);
    down(Verdict.TIMED_OUT);
    down(Verdict.TIMED_OUT);
    assertThat(state()).isEqualTo(NodeState.READY);
    down(Verdict.TIMED_OUT);
    assertThat(state()).isEqualTo(NodeState.SUSPECT);
  }

  @Test
  void suspicion_isWhatSpokeAgainstItLast_andGoesWithTheState() {
    ready(Origin.STATIC);
    assertThat(node().suspicion()).isNull();
    down(Verdict.TIMED_OUT);
    assertThat(node().suspicion()).as("still trusted").isNull();
    twoReports("s1");
    assertThat(node().suspicion()).isEqualTo(Suspicion.REPORTED);
    down(Verdict.REFUSED);
    assertThat(node().suspicion()).isEqualTo(Suspicion.REFUSED);
    twoReports("s1");
    assertThat(node().suspicion()).as("a report says less").isEqualTo(Suspicion.REFUSED);
    down(Verdict.CERTAIN);
    assertThat(node().suspicion()).isEqualTo(Suspicion.FAILED);
    down(Verdict.TIMED_OUT);
    assertThat(node().suspicion()).isEqualTo(Suspicion.TIMED_OUT);
    membership.drain(ID, now);
    assertThat(node().suspicion()).as("only of suspect nodes").isNull();
    membership.undrain(ID, now);
    assertThat(node().suspicion()).isEqualTo(Suspicion.TIMED_OUT);
    membership.drain(ID, now);
    down(Verdict.REFUSED);
    assertThat(node().state()).isEqualTo(NodeState.DRAINING);
    assertThat(node().suspicion())
        .as("a node that was taken out has ended: its legs must be let go")
        .isEqualTo(Suspicion.REFUSED);
    membership.undrain(ID, now);
    up("1", true);
    assertThat(node().suspicion()).isNull();
  }

  @Test
  void suspicion_thatChanges_isAChange() {
    ready(Origin.STATIC);
    twoReports("s1");
    Outcome outcome =
        membership.probed(ID, new ProbeResult.Down(URL, now, Verdict.REFUSED, "gone"), now);
    assertThat(outcome.changes())
        .singleElement()
        .isEqualTo(new Change(Change.Kind.UPDATED, node(), "gone"));
  }

  @Test
  void suspicion_isOfPings_onlyWhileProbesAnswer() {
    ready(Origin.PINGED);
    passing(10_000);
    assertThat(node().suspicion()).isEqualTo(Suspicion.PINGS_MISSING);
    down(Verdict.REFUSED);
    assertThat(node().suspicion()).isEqualTo(Suspicion.REFUSED);
    up("1", true);
    assertThat(node().suspicion()).isEqualTo(Suspicion.PINGS_MISSING);
  }

  @Test
  void failureReported_asksAtOnce_butOneGatewayMakesNobodySuspect() {
    ready(Origin.STATIC);
    due();
    assertThat(due()).isEmpty();
    Instant before = now;
    passing(10);

    report("g1", "s1");
    assertThat(due()).as("asked at once").hasSize(1);
    for (int i = 0; i < 50; i++) {
      passing(50);
      report("g1", "s1");
      assertThat(state()).as("one gateway may have lost its own way").isEqualTo(NodeState.READY);
      assertThat(due()).as("one question at a time").isEmpty();
    }
    membership.probed(ID, good("1", true, before), now);
    passing(1);
    report("g1", "s1");
    assertThat(due()).as("an answer from before the report ends nothing").isEmpty();
    up("1", false);
    report("g1", "s1");
    assertThat(due()).as("after its answer it may be asked again").hasSize(1);
    down(Verdict.CERTAIN);
    assertThat(state()).as("one bad probe").isEqualTo(NodeState.SUSPECT);
  }

  @Test
  void failureReported_makesOneTimeoutEnough() {
    ready(Origin.STATIC);
    report("g1", "s1");
    due();
    down(Verdict.TIMED_OUT);
    assertThat(state()).isEqualTo(NodeState.SUSPECT);
    up("1", true);
    down(Verdict.TIMED_OUT);
    assertThat(state()).as("without a report it takes three").isEqualTo(NodeState.READY);
  }

  @Test
  void failureReported_byTwoGateways_makesSuspectAtOnce() {
    ready(Origin.STATIC);
    due();
    Instant before = now;
    passing(10);
    report("g1", "s1");
    passing(4_999);
    report("g2", "s1");
    assertThat(state()).isEqualTo(NodeState.SUSPECT);
    assertThat(node().suspicion()).isEqualTo(Suspicion.REPORTED);
    assertThat(due()).singleElement().matches(ProbeOrder::identity);
    membership.probed(ID, good("1", true, before), now);
    assertThat(state()).as("a probe from before the failure").isEqualTo(NodeState.SUSPECT);
    up("1", true);
    assertThat(state()).isEqualTo(NodeState.READY);
  }

  @Test
  void failureReported_byTwoGateways_longAfterEachOther_isTwoThings() {
    ready(Origin.STATIC);
    report("g1", "s1");
    passing(5_000);
    report("g2", "s1");
    assertThat(state()).isEqualTo(NodeState.READY);
  }

  @Test
  void failureReported_isIgnored_whenItIsAboutAnEarlierLife() {
    ready(Origin.STATIC);
    due();
    report("g1", "s0");
    report("g2", "s0");
    assertThat(state()).isEqualTo(NodeState.READY);
    assertThat(due()).as("not even asked").isEmpty();
  }

  @Test
  void restart_changesTheEpoch_whenNoProbeFailedInBetween() {
    ready(Origin.STATIC);
    Outcome outcome = up("2", false);
    assertThat(node().epoch()).isEqualTo(new Epoch("s2"));
    assertThat(state()).as("the new life named no models yet").isEqualTo(NodeState.JOINING);
    assertThat(outcome.changes()).hasSize(1);
    assertThat(due()).singleElement().matches(ProbeOrder::identity);
    up("2", true);
    assertThat(state()).isEqualTo(NodeState.READY);
  }

  @Test
  void probed_keepsTheEpoch_whenOnlyTheMetricsGaveNoAnswer() {
    ready(Origin.STATIC);
    membership.probed(
        ID, new ProbeResult.Up(URL, now, new Identity(List.of("m"), null), null), now);
    assertThat(node().epoch()).isEqualTo(new Epoch("s1"));
    assertThat(state()).isEqualTo(NodeState.READY);
  }

  @Test
  void engineId_isPartOfTheEpoch_andAnotherOneIsAnotherLife() {
    membership.announce(new Registration(spec(URL), Origin.LEASED, "e1", null), now);
    up("1", true);
    assertThat(node().epoch()).isEqualTo(new Epoch("s1-e1"));
    membership.announce(new Registration(spec(URL), Origin.LEASED, "e2", null), now);
    assertThat(state()).isEqualTo(NodeState.JOINING);
    up("1", true);
    assertThat(node().epoch()).isEqualTo(new Epoch("s1-e2"));
  }

  @Test
  void pings_makeSuspectAfterTenSeconds_andLeaveAfterThirty() {
    ready(Origin.PINGED);
    passing(9_999);
    assertThat(state()).isEqualTo(NodeState.READY);
    passing(1);
    assertThat(state()).isEqualTo(NodeState.SUSPECT);
    up("1", true);
    assertThat(state()).as("answers, but its pings are missing").isEqualTo(NodeState.SUSPECT);
    announce(Origin.PINGED);
    assertThat(state()).isEqualTo(NodeState.READY);
    passing(29_999);
    assertThat(membership.table().node(ID)).isNotNull();
    assertThat(passing(1)).singleElement().matches(c -> c.node().state() == NodeState.GONE);
    assertThat(membership.table().node(ID)).isNull();
  }

  @Test
  void lease_endsByTime_whoeverElsePings() {
    ready(Origin.LEASED);
    passing(14_000);
    membership.heartbeat(ID, now);
    passing(14_999);
    assertThat(state()).isEqualTo(NodeState.READY);
    assertThat(passing(1)).extracting(Change::kind).containsExactly(Change.Kind.LEFT);
  }

  @Test
  void staticNode_neverLeaves_andComesBack() {
    ready(Origin.STATIC);
    down(Verdict.CERTAIN);
    passing(Duration.ofDays(30).toMillis());
    assertThat(state()).isEqualTo(NodeState.SUSPECT);
    up("9", true);
    assertThat(state()).isEqualTo(NodeState.READY);
  }

  @Test
  void drained_staysDraining_untilUndrained() {
    ready(Origin.PINGED);
    membership.drain(ID, now);
    up("1", true);
    announce(Origin.PINGED);
    up("2", false);
    up("2", true);
    assertThat(state()).isEqualTo(NodeState.DRAINING);
    membership.undrain(ID, now);
    assertThat(state()).isEqualTo(NodeState.READY);
  }

  @Test
  void announce_keepsTheIdentity_whenNothingChanged() {
    ready(Origin.PINGED);
    Node before = node();
    assertThat(announce(Origin.PINGED).changes()).isEmpty();
    assertThat(node()).isEqualTo(before);
  }

  @Test
  void announce_provesItselfAgain_whenTheRoleChanged() {
    ready(Origin.PINGED);
    membership.announce(
        new Registration(
            new NodeSpec(ID, Role.DECODE, URL, Connectors.NIXL, null), Origin.PINGED, null, null),
        now);
    assertThat(state()).isEqualTo(NodeState.JOINING);
    assertThat(node().role()).isEqualTo(Role.DECODE);
  }

  @Test
  void ping_neverOverridesTheConfiguration_butFindsItsNode() {
    NodeId named = new NodeId("prefill-1");
    membership.announce(
        Registration.fixed(new NodeSpec(named, Role.PREFILL, URL, Connectors.P2P_NCCL, "a:1")),
        now);
    Outcome outcome =
        membership.announce(
            new Registration(
                new NodeSpec(ID, Role.DECODE, URL, Connectors.P2P_NCCL, "10.0.0.1:21001"),
                Origin.PINGED,
                null,
                null),
            now);
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Applied.class, applied -> assertThat(applied.node()).isEqualTo(named));
    assertThat(membership.table().nodes())
        .singleElement()
        .satisfies(
            node -> {
              assertThat(node.role()).isEqualTo(Role.PREFILL);
              assertThat(node.zmqAddress()).isEqualTo("10.0.0.1:21001");
            });
  }

  private void twoReports(String epoch) {
    report("g1", epoch);
    report("g2", epoch);
  }

  private void report(String gateway, String epoch) {
    membership.failureReported(new FailureReport(ID, new Epoch(epoch), gateway, "refused"), now);
  }

  private List<ProbeOrder> due() {
    return membership.dueProbes(now, 10, 0);
  }

  private static NodeSpec spec(URI url) {
    return new NodeSpec(ID, Role.PREFILL, url, Connectors.NIXL, null);
  }

  private Outcome announce(Origin origin) {
    return membership.announce(new Registration(spec(URL), origin, null, null), now);
  }

  private void ready(Origin origin) {
    announce(origin);
    up("1", true);
    assertThat(state()).isEqualTo(NodeState.READY);
  }

  private Outcome up(@Nullable String start, boolean identity) {
    return membership.probed(ID, good(start, identity, now), now);
  }

  private void down(Verdict verdict) {
    membership.probed(ID, new ProbeResult.Down(URL, now, verdict, "down"), now);
  }

  private static ProbeResult good(@Nullable String start, boolean identity, Instant at) {
    return new ProbeResult.Up(
        URL,
        at,
        identity ? new Identity(List.of("m"), "0.32.0") : null,
        new EngineMetrics(new NodeLoad(0, 0, 0, 0, 0, START), start));
  }

  private List<Change> passing(long millis) {
    now = now.plusMillis(millis);
    return membership.tick(now);
  }

  private Node node() {
    Node node = membership.table().node(ID);
    assertThat(node).isNotNull();
    return java.util.Objects.requireNonNull(node);
  }

  private NodeState state() {
    return node().state();
  }
}
