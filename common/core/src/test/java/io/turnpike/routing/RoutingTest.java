package io.turnpike.routing;

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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RoutingTest {

  private static final Epoch FIRST = new Epoch("s1");
  private static final LoadView IDLE = id -> 0;

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
  void suspendedPairs_areAvoided_andNamedWhenNoOtherIsLeft() {
    Usability notWithD1 =
        usability(Set.of(), (prefill, decode) -> !decode.id().equals(new NodeId("d1")));
    RoutingView both = new RoutingView(cluster(p("p"), d("d1"), d("d2")), IDLE, notWithD1);
    for (int i = 0; i < 50; i++) {
      assertThat(ppd.decide(first(), both, random))
          .isEqualTo(new Split(p("p"), d("d2"), Reason.FIRST_TURN));
    }
    RoutingView alone = new RoutingView(cluster(p("p"), d("d1")), IDLE, notWithD1);
    assertThat(ppd.decide(first(), alone, random))
        .isEqualTo(new Alone(d("d1"), Reason.PAIR_SUSPENDED));
  }

  @Test
  void aNodeOfIllRepute_isTriedWhenNoOtherIsLeft() {
    Usability noneButInNeed =
        new Usability() {
          @Override
          public boolean node(Node node) {
            return node.role() == Role.PREFILL;
          }

          @Override
          public boolean lastResort(Node node) {
            return true;
          }

          @Override
          public boolean pair(Node prefill, Node decode) {
            return true;
          }
        };
    RoutingView view = new RoutingView(cluster(p("p"), d("d")), IDLE, noneButInNeed);
    assertThat(ppd.decide(first(), view, random).route()).isEqualTo(Route.DISAGGREGATED);
  }

  @Test
  void placement_prefersTheLessLoaded_andPairsEveryPWithEveryD() {
    LoadView busyD1 = id -> id.value().equals("d1") ? 1_000_000 : 10;
    RoutingView two = new RoutingView(cluster(p("p"), d("d1"), d("d2")), busyD1, Usability.ALL);
    RoutingView four = view(p("p1"), p("p2"), d("d1"), d("d2"));
    Set<String> pairs = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      assertThat(ppd.decide(first(), two, random))
          .isEqualTo(new Split(p("p"), d("d2"), Reason.FIRST_TURN));
      if (ppd.decide(first(), four, random) instanceof Split(Node p, Node d, Reason r)) {
        pairs.add(p.id() + "-" + d.id());
      }
    }
    assertThat(pairs).containsExactlyInAnyOrder("p1-d1", "p1-d2", "p2-d1", "p2-d2");
  }

  @Test
  void rendezvous_agreesEverywhere_andSpreadsALostNodesKeys() {
    Node[] nodes = {p("p"), d("d1"), d("d2"), d("d3"), d("d4")};
    Set<NodeId> heirs = new HashSet<>();
    for (long key = 0; key < 400; key++) {
      TurnFacts unknown = new TurnFacts("m", 1, null, 10, 0, -1, false, key * 0x9E3779B97F4A7C15L);
      NodeId chosen = decode(ppd.decide(unknown, view(nodes), new Random(key)));
      assertThat(decode(ppd.decide(unknown, view(nodes), random))).isEqualTo(chosen);
      NodeId without = decode(ppd.decide(unknown, view(p("p"), d("d1"), d("d2"), d("d3")), random));
      if (chosen.value().equals("d4")) {
        heirs.add(without);
      } else {
        assertThat(without).isEqualTo(chosen);
      }
    }
    assertThat(heirs).hasSize(3);
  }

  @Test
  void aModelNobodyServes_isLeftToTheEnginesOwn404() {
    TurnFacts unknown = new TurnFacts("other", 1, null, 10, 0, -1, false, null);
    assertThat(ppd.decide(unknown, view(p("p"), d("d")), random).route())
        .isEqualTo(Route.DISAGGREGATED);
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
    assertThat(Recovery.plain(d("d"), none, Reason.NO_PREFILL))
        .isEqualTo(new Alone(d("d"), Reason.NO_PREFILL));
  }

  @Test
  void recovery_goesThroughPrefillElsewhere_whenDecodeFailed() {
    RoutingView view =
        new RoutingView(
            cluster(p("p"), d("d1"), d("d2")), IDLE, usability(Set.of("d1"), (p, d) -> true));
    assertThat(Recovery.elsewhere(d("d1"), later("d1", FIRST), view, random, Reason.DECODE_FAILED))
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

  private static NodeId decode(RouteDecision decision) {
    return ((Split) decision).decode().id();
  }

  private interface PairTest {
    boolean test(Node prefill, Node decode);
  }

  private static Usability usability(Set<String> out, PairTest pairs) {
    return new Usability() {
      @Override
      public boolean node(Node node) {
        return !out.contains(node.id().value());
      }

      @Override
      public boolean pair(Node prefill, Node decode) {
        return pairs.test(prefill, decode);
      }
    };
  }

  private static TurnFacts first() {
    return new TurnFacts("m", 1, null, 100, 0, -1, false, null);
  }

  private static TurnFacts later(String node, Epoch epoch) {
    return new TurnFacts("m", 2, new Holder(new NodeId(node), epoch), 100, 60, -1, false, null);
  }

  private static RoutingView view(Node... nodes) {
    return new RoutingView(cluster(nodes), IDLE, Usability.ALL);
  }

  private static Cluster cluster(Node... nodes) {
    return Cluster.of(new ArrayList<>(List.of(nodes)));
  }

  private static Node p(String id) {
    return node(id, Role.PREFILL);
  }

  private static Node d(String id) {
    return node(id, Role.DECODE);
  }

  private static Node r(String id) {
    return node(id, Role.REPLICA);
  }

  private static Node with(Node node, NodeState state) {
    return new Node(
        node.id(),
        node.role(),
        node.url(),
        node.connector(),
        state,
        node.epoch(),
        node.models(),
        null,
        null,
        null);
  }

  private static Node node(String id, Role role) {
    return new Node(
        new NodeId(id),
        role,
        URI.create("http://127.0.0.1:1"),
        role == Role.REPLICA ? Connectors.NONE : Connectors.NIXL,
        NodeState.READY,
        FIRST,
        List.of("m"),
        null,
        null,
        null);
  }
}
