package io.turnpike.routing;

import static io.turnpike.routing.Worlds.IDLE;
import static io.turnpike.routing.Worlds.cluster;
import static io.turnpike.routing.Worlds.d;
import static io.turnpike.routing.Worlds.first;
import static io.turnpike.routing.Worlds.illRepute;
import static io.turnpike.routing.Worlds.node;
import static io.turnpike.routing.Worlds.p;
import static io.turnpike.routing.Worlds.r;
import static io.turnpike.routing.Worlds.serving;
import static io.turnpike.routing.Worlds.unableAlone;
import static io.turnpike.routing.Worlds.usability;
import static io.turnpike.routing.Worlds.view;
import static io.turnpike.routing.Worlds.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Nodes;
import io.turnpike.node.Role;
import io.turnpike.node.Suspicion;
import io.turnpike.routing.RouteDecision.Alone;
import io.turnpike.routing.RouteDecision.Refused;
import io.turnpike.routing.RouteDecision.Split;
import io.turnpike.routing.RoutingView.LoadView;
import io.turnpike.routing.RoutingView.Usability;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Which nodes a turn is placed on when nothing holds it anywhere. */
class PlacementTest {

  private final RandomGenerator random = new Random(7);
  private final RoutingPolicy ppd = RoutingPolicy.of(Mode.PPD);

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
  void aSuspendedPair_isTriedWhereDecodeCannotDoWithout_ratherThanRefusing() {
    Usability suspended =
        new Usability() {
          @Override
          public boolean node(Node node) {
            return true;
          }

          @Override
          public boolean pair(Node prefill, Node decode) {
            return decode.id().value().equals("d2") && prefill.id().value().equals("p2");
          }

          @Override
          public boolean lastResort(Node prefill, Node decode) {
            return true;
          }

          @Override
          public boolean alone(Node decode) {
            return decode.id().value().equals("d3");
          }
        };
    RoutingView none = new RoutingView(cluster(p("p1"), d("d1")), IDLE, suspended);
    Split lastResort = new Split(p("p1"), d("d1"), Reason.FIRST_TURN);
    assertThat(ppd.decide(first(), none, random)).isEqualTo(lastResort);
    assertThat(new Pairing(first(), none, random).prefillFor(d("d1"))).isEqualTo(p("p1"));

    RoutingView another =
        new RoutingView(cluster(p("p1"), p("p2"), d("d1"), d("d2")), IDLE, suspended);
    for (int i = 0; i < 50; i++) {
      assertThat(ppd.decide(first(), another, random))
          .isEqualTo(new Split(p("p2"), d("d2"), Reason.FIRST_TURN));
    }
    RoutingView withD3 = new RoutingView(cluster(p("p1"), d("d1"), d("d3")), IDLE, suspended);
    assertThat(ppd.decide(first(), withD3, random))
        .isEqualTo(new Alone(d("d3"), Reason.PAIR_SUSPENDED));
    assertThat(new Pairing(first(), withD3, random).prefillFor(d("d3"))).isNull();
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
      if (ppd.decide(first(), four, random) instanceof Split(Node p, Node d, Reason r, _)) {
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
  void hashing_isOnlyForTurnsThatTheStoreCouldNotBeAskedAbout() {
    LoadView busy = id -> id.value().equals("r1") ? 0 : 1_000;
    RoutingView view =
        new RoutingView(cluster(r("r1"), r("r2"), r("r3"), d("d1"), p("p")), busy, Usability.ALL);
    Set<NodeId> hashed = new HashSet<>();
    for (long key = 0; key < 50; key++) {
      TurnFacts unasked = new TurnFacts("m", 1, null, 10, 0, -1, false, key);
      RouteDecision decision = new ReplicaPolicy().decide(unasked, view, random);
      assertThat(decision.reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
      hashed.add(((Alone) decision).node().id());
      assertThat(ppd.decide(unasked, view, random).reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
    }
    assertThat(hashed).as("load plays no part").hasSize(3);
    assertThat(new ReplicaPolicy().decide(first(), view, random))
        .isEqualTo(new Alone(r("r1"), Reason.LEAST_LOADED));
  }

  @Test
  void suspects_areAskedBeforeAnybodyIsRefused() {
    Node suspect = with(d("d1"), NodeState.SUSPECT);
    assertThat(ppd.decide(first(), view(p("p"), suspect, d("d2")), random))
        .as("not while another is ready")
        .isEqualTo(new Split(p("p"), d("d2"), Reason.FIRST_TURN));
    assertThat(ppd.decide(first(), view(p("p"), suspect), random))
        .isEqualTo(new Split(p("p"), suspect, Reason.FIRST_TURN));
    assertThat(ppd.decide(first(), view(p("p"), with(d("d1"), NodeState.DRAINING)), random))
        .isEqualTo(new Refused(Reason.NO_DECODE_NODE));
    assertThat(new ReplicaPolicy().decide(first(), view(with(r("r"), NodeState.SUSPECT)), random))
        .isEqualTo(new Alone(with(r("r"), NodeState.SUSPECT), Reason.LEAST_LOADED));
  }

  @Test
  void suspectsThatRefuseConnections_areAskedLast() {
    Node refusing = Nodes.suspect(Suspicion.REFUSED, d("d1"));
    Node slow = Nodes.suspect(Suspicion.TIMED_OUT, d("d2"));
    for (int i = 0; i < 50; i++) {
      assertThat(ppd.decide(first(), view(p("p"), refusing, slow), random))
          .isEqualTo(new Split(p("p"), slow, Reason.FIRST_TURN));
    }
    assertThat(ppd.decide(first(), view(p("p"), refusing), random))
        .as("the table may be late")
        .isEqualTo(new Split(p("p"), refusing, Reason.FIRST_TURN));
  }

  @Test
  void suspectPrefillNode_isAsked_onlyWhereDecodeCannotDoWithout() {
    Node suspect = with(p("p"), NodeState.SUSPECT);
    RoutingView able = view(suspect, d("d"));
    assertThat(ppd.decide(first(), able, random)).isEqualTo(new Alone(d("d"), Reason.NO_PREFILL));
    assertThat(Recovery.anotherPrefill(d("d"), first(), able, random, Reason.MODE)).isNull();
    RoutingView unable = new RoutingView(cluster(suspect, d("d")), IDLE, unableAlone(Set.of("d")));
    assertThat(ppd.decide(first(), unable, random))
        .isEqualTo(new Split(suspect, d("d"), Reason.FIRST_TURN));
    assertThat(Recovery.anotherPrefill(d("d"), first(), unable, random, Reason.MODE))
        .isEqualTo(new Split(suspect, d("d"), Reason.MODE));
  }

  @Test
  void decodeNodeThatCannotDoWithout_isNotAskedAlone() {
    RoutingView none = new RoutingView(cluster(d("d1")), IDLE, unableAlone(Set.of("d1")));
    assertThat(ppd.decide(first(), none, random)).isEqualTo(new Refused(Reason.NO_PREFILL_NODE));
    assertThat(Recovery.plain(ppd, d("d1"), none, Reason.MODE)).isNull();
    RoutingView other = new RoutingView(cluster(d("d1"), d("d2")), IDLE, unableAlone(Set.of("d1")));
    TurnFacts several = new TurnFacts("m", 1, null, 10, 0, -1, true, null);
    for (int i = 0; i < 20; i++) {
      assertThat(ppd.decide(first(), other, random))
          .isEqualTo(new Alone(d("d2"), Reason.NO_PREFILL));
      assertThat(ppd.decide(several, other, random))
          .isEqualTo(new Alone(d("d2"), Reason.SEVERAL_SEQUENCES));
    }
    RoutingView suspectCan =
        new RoutingView(
            cluster(d("d1"), with(d("d2"), NodeState.SUSPECT)), IDLE, unableAlone(Set.of("d1")));
    assertThat(ppd.decide(first(), suspectCan, random).answering())
        .as("a suspect one that can")
        .isEqualTo(with(d("d2"), NodeState.SUSPECT));
  }

  @Test
  void severalSequences_areNeverHandedOver() {
    TurnFacts several = new TurnFacts("m", 1, null, 10, 0, -1, true, null);
    RoutingView unable = new RoutingView(cluster(p("p"), d("d")), IDLE, unableAlone(Set.of("d")));
    assertThat(ppd.decide(several, unable, random)).isEqualTo(new Refused(Reason.NO_PREFILL_NODE));
  }

  @Test
  void model_decidesWhoIsAsked() {
    Node other = serving("d1", Role.DECODE, NodeState.READY, "other");
    assertThat(ppd.decide(first(), view(p("p"), other, d("d2")), random).answering())
        .isEqualTo(d("d2"));
    Node suspect = serving("d2", Role.DECODE, NodeState.SUSPECT, "m");
    assertThat(ppd.decide(first(), view(p("p"), other, suspect), random).answering())
        .as("a suspect one that serves it, not a ready one that would say 404")
        .isEqualTo(suspect);
    Node leaving = serving("d2", Role.DECODE, NodeState.DRAINING, "m");
    assertThat(ppd.decide(first(), view(p("p"), other, leaving), random).answering())
        .as("nobody who may be asked serves it: the engine's own 404")
        .isEqualTo(other);
    Node otherP = serving("p", Role.PREFILL, NodeState.READY, "other");
    assertThat(ppd.decide(first(), view(otherP, d("d")), random))
        .as("P would say 404 where D would not")
        .isEqualTo(new Alone(d("d"), Reason.NO_PREFILL));
    RoutingView illReputed =
        new RoutingView(cluster(p("p"), other, d("d2")), IDLE, illRepute("d2"));
    assertThat(ppd.decide(first(), illReputed, random).answering())
        .as("ill repute is no reason for a 404 or a 503")
        .isEqualTo(d("d2"));
  }

  @Test
  void leastLoaded_drawsAmongEquals_withEqualOdds_andNeverABusierOne() {
    LoadView load = id -> id.value().equals("r2") ? 1 : 0;
    RoutingView view =
        new RoutingView(cluster(r("r1"), r("r2"), r("r3"), r("r4")), load, Usability.ALL);
    Map<String, Integer> drawn = new TreeMap<>();
    for (int i = 0; i < 3_000; i++) {
      RouteDecision decision = new ReplicaPolicy().decide(first(), view, random);
      drawn.merge(((Alone) decision).node().id().value(), 1, Integer::sum);
    }
    assertThat(drawn).containsOnlyKeys("r1", "r3", "r4");
    assertThat(drawn.values()).allSatisfy(times -> assertThat(times).isBetween(900, 1_100));
  }

  @Test
  void handoff_comesFromAPrefillNodeThatPairsWithTheDecodeNode() {
    Node fits = Nodes.version("2", p("p2"));
    RoutingView view = view(Nodes.version("1", p("p1")), fits, Nodes.version("2", d("d")));
    for (int i = 0; i < 50; i++) {
      assertThat(ppd.decide(first(), view, random))
          .isEqualTo(new Split(fits, Nodes.version("2", d("d")), Reason.FIRST_TURN));
    }
  }

  @Test
  void lessLoadedOfTwo_drawsTwoDifferentOnes() {
    LoadView load = id -> id.value().equals("d3") ? 10 : 0;
    RoutingView view = new RoutingView(cluster(d("d1"), d("d2"), d("d3")), load, Usability.ALL);
    Set<NodeId> drawn = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      drawn.add(((Alone) ppd.decide(first(), view, random)).node().id());
    }
    assertThat(drawn).containsExactlyInAnyOrder(new NodeId("d1"), new NodeId("d2"));
  }

  @Test
  void rendezvous_choosesAsEveryReleaseDoes() {
    List<Node> nodes = List.of(d("d1"), d("d2"), d("d3"), d("d4"), d("d5"));
    StringBuilder chosen = new StringBuilder();
    for (long key = 1; key <= 24; key++) {
      Node node = Rendezvous.choose(nodes, key);
      chosen.append(node == null ? "-" : node.id().value().substring(1));
    }
    assertThat(chosen).hasToString("535312211221444345155353");
    assertThat(Rendezvous.choose(List.of(), 1)).isNull();
  }

  private static NodeId decode(RouteDecision decision) {
    return ((Split) decision).decode().id();
  }
}
