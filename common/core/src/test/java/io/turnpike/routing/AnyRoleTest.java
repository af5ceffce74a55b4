package io.turnpike.routing;

import static io.turnpike.routing.Worlds.FIRST;
import static io.turnpike.routing.Worlds.IDLE;
import static io.turnpike.routing.Worlds.a;
import static io.turnpike.routing.Worlds.cluster;
import static io.turnpike.routing.Worlds.d;
import static io.turnpike.routing.Worlds.first;
import static io.turnpike.routing.Worlds.later;
import static io.turnpike.routing.Worlds.p;
import static io.turnpike.routing.Worlds.r;
import static io.turnpike.routing.Worlds.unableAlone;
import static io.turnpike.routing.Worlds.usability;
import static io.turnpike.routing.Worlds.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.routing.RouteDecision.Alone;
import io.turnpike.routing.RouteDecision.Refused;
import io.turnpike.routing.RouteDecision.Split;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What nodes of role any are asked to do, alone and beside nodes of one role. */
class AnyRoleTest {

  private final RandomGenerator random = new Random(3);
  private final RoutingPolicy ppd = RoutingPolicy.of(Mode.PPD);
  private final RoutingPolicy pd = RoutingPolicy.of(Mode.PD);
  private final RoutingPolicy replicas = new ReplicaPolicy();

  @Test
  void twoOfThem_splitATurn_eitherWay() {
    Set<RouteDecision> seen = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      seen.add(ppd.decide(first(), view(a("a1"), a("a2")), random));
    }
    assertThat(seen)
        .containsExactlyInAnyOrder(
            new Split(a("a1"), a("a2"), Reason.FIRST_TURN),
            new Split(a("a2"), a("a1"), Reason.FIRST_TURN));
  }

  @Test
  void aLaterTurn_goesStraightToItsHolder_inModePpdAlone() {
    RoutingView view = view(a("a1"), a("a2"));
    assertThat(ppd.decide(later("a2", FIRST), view, random))
        .isEqualTo(new Alone(a("a2"), Route.DECODE_DIRECT, Reason.CACHE_WARM));
    assertThat(pd.decide(later("a2", FIRST), view, random)).isInstanceOf(Split.class);
  }

  @Test
  void oneAlone_servesWithoutAHandoff() {
    assertThat(pd.decide(first(), view(a("a")), random))
        .isEqualTo(new Alone(a("a"), Route.DECODE_DIRECT, Reason.NO_PREFILL));
    RoutingView unable = new RoutingView(cluster(a("a")), IDLE, unableAlone(Set.of("a")));
    assertThat(pd.decide(first(), unable, random)).isEqualTo(new Refused(Reason.NO_PREFILL_NODE));
  }

  @Test
  void besideNodesOfOneRole_itIsTakenForWhatIsMissing() {
    assertThat(pd.decide(first(), view(p("p"), a("a")), random))
        .isEqualTo(new Split(p("p"), a("a"), Reason.MODE));
    assertThat(pd.decide(first(), view(a("a"), d("d"), r("r")), random))
        .isEqualTo(new Split(a("a"), d("d"), Reason.MODE));
  }

  @Test
  void behindTheReplicationService_itIsAReplica() {
    RoutingView view = view(a("a"), d("d"));
    assertThat(replicas.decide(first(), view, random))
        .isEqualTo(new Alone(a("a"), Route.REPLICA, Reason.LEAST_LOADED));
    assertThat(replicas.decide(later("a", FIRST), view, random))
        .isEqualTo(new Alone(a("a"), Route.REPLICA, Reason.CACHE_WARM));
    assertThat(replicas.elsewhere(first(), view(a("a"), r("r")), random, Reason.DECODE_FAILED))
        .extracting(RouteDecision::route)
        .isEqualTo(Route.REPLICA);
  }

  @Test
  void oneThatCannotDoWithoutAHandoff_isNoReplica() {
    RoutingView view = new RoutingView(cluster(a("a"), r("r")), IDLE, unableAlone(Set.of("a")));
    assertThat(replicas.decide(later("a", FIRST), view, random).answering()).isEqualTo(r("r"));
    RoutingView only = new RoutingView(cluster(a("a")), IDLE, unableAlone(Set.of("a")));
    assertThat(replicas.decide(first(), only, random))
        .isEqualTo(new Refused(Reason.NO_REPLICA_NODE));
  }

  @Test
  void elsewhere_isAnotherOfThem() {
    RoutingView view =
        new RoutingView(cluster(a("a1"), a("a2")), IDLE, usability(Set.of("a1"), (p, d) -> true));
    assertThat(ppd.elsewhere(later("a1", FIRST), view, random, Reason.DECODE_FAILED))
        .isEqualTo(new Alone(a("a2"), Reason.NO_PREFILL));
  }
}
