package io.turnpike.routing;

import static io.turnpike.routing.Worlds.FIRST;
import static io.turnpike.routing.Worlds.IDLE;
import static io.turnpike.routing.Worlds.cluster;
import static io.turnpike.routing.Worlds.d;
import static io.turnpike.routing.Worlds.first;
import static io.turnpike.routing.Worlds.later;
import static io.turnpike.routing.Worlds.p;
import static io.turnpike.routing.Worlds.r;
import static io.turnpike.routing.Worlds.unableAlone;
import static io.turnpike.routing.Worlds.usability;
import static io.turnpike.routing.Worlds.view;
import static io.turnpike.routing.Worlds.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.connector.Connectors;
import io.turnpike.node.Cluster;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import io.turnpike.routing.RouteDecision.Alone;
import io.turnpike.routing.RouteDecision.Refused;
import io.turnpike.routing.RouteDecision.Split;
import io.turnpike.routing.RoutingView.LoadView;
import io.turnpike.routing.RoutingView.Usability;
import io.turnpike.routing.TurnFacts.Holder;
import java.net.URI;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What the policies decide, and the ways that are left when one failed. */
class RoutingTest {

  private final RandomGenerator random = new Random(7);
  private final RoutingPolicy ppd = RoutingPolicy.of(Mode.PPD);
  private final RoutingPolicy pd = RoutingPolicy.of(Mode.PD);

  @Test
  void route_goesThroughPrefill_onTheFirstTurn() {
    assertThat(ppd.decide(first(), view(p("p"), d("d")), random))
        .isEqualTo(new Split(p("p"), d("d"), Reason.FIRST_TURN));
  }

  @Test
  void route_staysOnDecodeNode_whenCacheIsWarm() {
    RoutingView view = view(p("p"), d("d1"), d("d2"), d("d3"));
    for (int i = 0; i < 50; i++) {
      assertThat(ppd.decide(later("d2", FIRST), view, random))
          .isEqualTo(new Alone(d("d2"), Reason.CACHE_WARM));
    }
  }

  @Test
  void nodeThatMayNotBeTried_isNoLastResort_unlessThatIsSaid() {
    Usability notD1 = usability(Set.of("d1"), (prefill, decode) -> true);
    assertThat(notD1.lastResort(d("d1"))).isFalse();
    assertThat(notD1.lastResort(d("d2"))).isTrue();
    assertThat(Worlds.illRepute("d1").lastResort(d("d1"))).isTrue();
  }

  @Test
  void pairThatMayNotBeTried_isNoLastResort_unlessThatIsSaid() {
    Usability notToD1 =
        usability(Set.of(), (prefill, decode) -> !decode.id().equals(new NodeId("d1")));
    assertThat(notToD1.lastResort(p("p"), d("d1"))).isFalse();
    assertThat(notToD1.lastResort(p("p"), d("d2"))).isTrue();
  }

  @Test
  void route_goesThroughPrefillAgain_inModePd() {
    assertThat(pd.decide(later("d", FIRST), view(p("p"), d("d")), random))
        .isEqualTo(new Split(p("p"), d("d"), Reason.MODE));
  }

  @Test
  void route_leavesTheHolder_whenItIsGoneDrainingOrRestarted() {
    RoutingView view =
        view(p("p"), d("d1"), with(d("d2"), NodeState.DRAINING), with(d("d3"), NodeState.SUSPECT));
    assertThat(ppd.decide(later("d9", FIRST), view, random))
        .isEqualTo(new Split(p("p"), d("d1"), Reason.DECODE_GONE));
    assertThat(ppd.decide(later("d3", FIRST), view, random).reason()).isEqualTo(Reason.DECODE_GONE);
    assertThat(ppd.decide(later("d2", FIRST), view, random))
        .isEqualTo(new Split(p("p"), d("d1"), Reason.DECODE_DRAINING));
    assertThat(ppd.decide(later("d1", new Epoch("s0")), view, random).reason())
        .isEqualTo(Reason.DECODE_RESTARTED);
  }

  @Test
  void route_neverTakesAHolderOfAnotherRole() {
    RoutingView view = view(p("p"), d("d"), r("r"));
    assertThat(ppd.decide(later("r", FIRST), view, random))
        .isEqualTo(new Split(p("p"), d("d"), Reason.DECODE_GONE));
    assertThat(new ReplicaPolicy().decide(later("d", FIRST), view, random))
        .isEqualTo(new Alone(r("r"), Reason.DECODE_GONE));
  }

  @Test
  void route_goesDirect_whenNoPrefillNodeFits() {
    assertThat(ppd.decide(first(), view(d("d")), random))
        .isEqualTo(new Alone(d("d"), Reason.NO_PREFILL));
    Node other =
        new Node(
            new NodeId("p"),
            Role.PREFILL,
            URI.create("http://127.0.0.1:1"),
            Connectors.SHARED_STORAGE,
            NodeState.READY,
            FIRST,
            List.of("m"),
            null,
            null,
            null);
    assertThat(ppd.decide(first(), view(other, d("d")), random).reason())
        .isEqualTo(Reason.NO_PREFILL);
  }

  @Test
  void route_goesDirect_forSeveralSequences() {
    TurnFacts several = new TurnFacts("m", 1, null, 10, 0, -1, true, null);
    assertThat(ppd.decide(several, view(p("p"), d("d")), random))
        .isEqualTo(new Alone(d("d"), Reason.SEVERAL_SEQUENCES));
  }

  @Test
  void route_isRejected_whenNobodyDecodes() {
    assertThat(ppd.decide(first(), view(p("p")), random))
        .isEqualTo(new Refused(Reason.NO_DECODE_NODE));
    assertThat(new ReplicaPolicy().decide(first(), view(p("p"), d("d")), random))
        .isEqualTo(new Refused(Reason.NO_REPLICA_NODE));
  }

  @Test
  void recovery_takesAnotherPrefillNode_orThePlainPrompt() {
    RoutingView other =
        new RoutingView(
            cluster(p("p1"), p("p2"), d("d")), IDLE, usability(Set.of("p1"), (p, d) -> true));
    assertThat(Recovery.anotherPrefill(d("d"), first(), other, random, Reason.HANDOFF_LOST))
        .isEqualTo(new Split(p("p2"), d("d"), Reason.HANDOFF_LOST));
    RoutingView none =
        new RoutingView(cluster(p("p1"), d("d")), IDLE, usability(Set.of("p1"), (p, d) -> true));
    assertThat(Recovery.plain(ppd, d("d"), none, Reason.NO_PREFILL))
        .isEqualTo(new Alone(d("d"), Reason.NO_PREFILL));
  }

  @Test
  void recovery_goesThroughPrefillElsewhere_whenDecodeFailed() {
    RoutingView view =
        new RoutingView(
            cluster(p("p"), d("d1"), d("d2")), IDLE, usability(Set.of("d1"), (p, d) -> true));
    assertThat(ppd.elsewhere(later("d1", FIRST), view, random, Reason.DECODE_FAILED))
        .isEqualTo(new Split(p("p"), d("d2"), Reason.DECODE_FAILED));
  }

  @Test
  void replicas_keepTheirConversations_andTheLeastLoadedGetsNewOnes() {
    List<Node> nodes = List.of(r("r1"), r("r2"), r("r3"));
    LoadView load = id -> id.value().equals("r3") ? 5 : 50;
    RoutingView view = new RoutingView(Cluster.of(nodes), load, Usability.ALL);
    ReplicaPolicy policy = new ReplicaPolicy();
    assertThat(policy.decide(first(), view, random))
        .isEqualTo(new Alone(r("r3"), Reason.LEAST_LOADED));
    assertThat(policy.decide(later("r1", FIRST), view, random))
        .isEqualTo(new Alone(r("r1"), Reason.CACHE_WARM));
    assertThat(policy.decide(later("r1", new Epoch("s0")), view, random))
        .isEqualTo(new Alone(r("r3"), Reason.DECODE_RESTARTED));
  }

  @Test
  void repeatedFirstTurn_isPlacedByLoad_whoeverHeldItBefore() {
    TurnFacts repeated =
        new TurnFacts("m", 1, new Holder(new NodeId("d1"), FIRST), 100, 90, -1, false, null);
    LoadView busyD1 = id -> id.value().endsWith("1") ? 1_000 : 0;
    RoutingView proxy = new RoutingView(cluster(p("p"), d("d1"), d("d2")), busyD1, Usability.ALL);
    assertThat(ppd.decide(repeated, proxy, random))
        .isEqualTo(new Split(p("p"), d("d2"), Reason.FIRST_TURN));
    TurnFacts onReplica =
        new TurnFacts("m", 1, new Holder(new NodeId("r1"), FIRST), 100, 90, -1, false, null);
    RoutingView replicas = new RoutingView(cluster(r("r1"), r("r2")), busyD1, Usability.ALL);
    assertThat(new ReplicaPolicy().decide(onReplica, replicas, random))
        .isEqualTo(new Alone(r("r2"), Reason.LEAST_LOADED));
  }

  @Test
  void warmHolder_isAskedThroughPrefill_whereItCannotDoWithout() {
    RoutingView unable = new RoutingView(cluster(p("p"), d("d")), IDLE, unableAlone(Set.of("d")));
    assertThat(ppd.decide(later("d", FIRST), unable, random))
        .isEqualTo(new Split(p("p"), d("d"), Reason.CONNECTOR));
  }

  @Test
  void warmHolderOfIllRepute_isLeft() {
    RoutingView view =
        new RoutingView(
            cluster(p("p"), d("d1"), d("d2")), IDLE, usability(Set.of("d1"), (p, d) -> true));
    assertThat(ppd.decide(later("d1", FIRST), view, random))
        .isEqualTo(new Split(p("p"), d("d2"), Reason.DECODE_GONE));
  }

  @Test
  void elsewhere_staysWithWhatThePolicyAsks() {
    RoutingView view = view(p("p"), d("d"), r("r"));
    assertThat(new ReplicaPolicy().elsewhere(first(), view, random, Reason.DECODE_FAILED))
        .isEqualTo(new Alone(r("r"), Reason.DECODE_FAILED));
    assertThat(pd.elsewhere(first(), view, random, Reason.DECODE_FAILED))
        .isEqualTo(new Split(p("p"), d("d"), Reason.DECODE_FAILED));
  }

  @Test
  void routes_areNamedByTheRole() {
    assertThat(new Alone(r("r"), Reason.MODE).route().word()).isEqualTo("replica");
    assertThat(new Alone(d("d"), Reason.MODE).route().word()).isEqualTo("decode-direct");
    assertThat(new Alone(p("p"), Reason.MODE).route().word()).isEqualTo("decode-direct");
    assertThat(new Split(p("p"), d("d"), Reason.MODE).route().word()).isEqualTo("disaggregated");
    Refused refused = new Refused(Reason.NO_DECODE_NODE);
    assertThat(refused.route().word()).isEqualTo("rejected");
    assertThat(refused.answering()).isNull();
    assertThat(refused.prefill()).isNull();
    assertThat(new Alone(d("d"), Reason.MODE).prefill()).isNull();
  }

  @Test
  void modes_areFoundByName() {
    assertThat(Mode.of("ppd")).contains(Mode.PPD);
    assertThat(Mode.of("PPD")).isEmpty();
    assertThat(Mode.words()).isEqualTo("pd, ppd, adaptive");
    assertThat(Reason.CACHE_WARM.word()).isEqualTo("cache-warm");
  }

  @Test
  void expectedAnswer_isTheLimit_upTo1024_orAGuess() {
    assertThat(answer(-1)).isEqualTo(256);
    assertThat(answer(0)).isZero();
    assertThat(answer(1_024)).isEqualTo(1_024);
    assertThat(answer(5_000)).isEqualTo(1_024);
  }

  private static long answer(long maxTokens) {
    return TurnFacts.expectedAnswerTokens(maxTokens);
  }
}
