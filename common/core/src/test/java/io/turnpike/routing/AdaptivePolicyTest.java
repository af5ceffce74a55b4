package io.turnpike.routing;

import static io.turnpike.cost.Engines.READING;
import static io.turnpike.routing.Worlds.FIRST;
import static io.turnpike.routing.Worlds.a;
import static io.turnpike.routing.Worlds.cluster;
import static io.turnpike.routing.Worlds.d;
import static io.turnpike.routing.Worlds.p;
import static io.turnpike.routing.Worlds.r;
import static io.turnpike.routing.Worlds.unableAlone;
import static io.turnpike.routing.Worlds.usability;
import static io.turnpike.routing.Worlds.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.turnpike.cost.AnswerLengths;
import io.turnpike.cost.CostBook;
import io.turnpike.cost.NodeWork;
import io.turnpike.cost.PathKind;
import io.turnpike.cost.PricedPath;
import io.turnpike.node.Cluster;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.routing.RouteDecision.Alone;
import io.turnpike.routing.RouteDecision.Refused;
import io.turnpike.routing.RouteDecision.Split;
import io.turnpike.routing.RoutingView.LoadView;
import io.turnpike.routing.RoutingView.Usability;
import io.turnpike.routing.TurnFacts.Holder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Which path is the cheapest, and what that is called. */
class AdaptivePolicyTest {

  private final RandomGenerator random = new Random(5);
  private final Map<String, Consumer<NodeWork>> busy = new HashMap<>();
  private final RoutingPolicy adaptive =
      RoutingPolicy.of(Mode.ADAPTIVE, node -> READING, new AnswerLengths());

  private static TurnFacts turn(long prompt) {
    return new TurnFacts("m", 1, null, prompt, 0, 100, false, null);
  }

  private static TurnFacts later(String holder, long prompt, long cached) {
    Holder held = new Holder(new NodeId(holder), FIRST);
    return new TurnFacts("m", 2, held, prompt, cached, 100, false, null);
  }

  private RouteDecision decide(TurnFacts turn, Node... nodes) {
    return adaptive.decide(turn, seen(Usability.ALL, nodes), random);
  }

  private RoutingView seen(Usability usability, Node... nodes) {
    return new RoutingView(cluster(nodes), new Load(), usability);
  }

  private final class Load implements LoadView {
    @Override
    public long inflightTokens(NodeId node) {
      return 0;
    }

    @Override
    public void tell(NodeId node, NodeWork work) {
      work.clear();
      busy.getOrDefault(node.value(), it -> {}).accept(work);
    }
  }

  private static double total(Predicted predicted, PathKind kind) {
    PricedPath path = predicted.cheapest(kind);
    return path == null ? Double.NaN : path.price().total();
  }

  private static void answersRun(NodeWork work) {
    work.decodes = 20;
    work.expectedTokens = 2_000;
  }

  @Test
  void firstTurn_isNotSplit_whereBothAreIdle() {
    RouteDecision found = decide(turn(1_000), a("a1"), a("a2"));
    assertThat(found).isInstanceOf(Alone.class);
    assertThat(found.route()).isEqualTo(Route.DECODE_DIRECT);
    assertThat(found.reason()).isEqualTo(Reason.HANDOFF);
    Predicted predicted = Objects.requireNonNull(found.predicted());
    assertThat(total(predicted, PathKind.STAY)).isNaN();
    assertThat(total(predicted, PathKind.STAY_SPLIT)).isNaN();
    assertThat(total(predicted, PathKind.SPLIT)).isGreaterThan(total(predicted, PathKind.ALONE));
  }

  @Test
  void equalNodes_areDrawn() {
    Set<Node> seen = new HashSet<>();
    for (int i = 0; i < 60; i++) {
      seen.add(decide(turn(1_000), a("a1"), a("a2"), a("a3")).answering());
    }
    assertThat(seen).hasSize(3);
  }

  @Test
  void longPrompt_goesOverAnother_whereAnswersRun() {
    busy.put("d", AdaptivePolicyTest::answersRun);
    RouteDecision found = decide(turn(20_000), p("p"), d("d"));
    assertThat(found).isInstanceOf(Split.class);
    assertThat(found.prefill()).isEqualTo(p("p"));
    assertThat(found.reason()).isEqualTo(Reason.NEIGHBOURS);
    assertThat(decide(turn(100), p("p"), d("d"))).isInstanceOf(Alone.class);
  }

  @Test
  void laterTurn_staysWithItsHolder() {
    RouteDecision found = decide(later("a2", 10_000, 9_000), a("a1"), a("a2"));
    assertThat(found.answering()).isEqualTo(a("a2"));
    assertThat(found).isInstanceOf(Alone.class);
    Predicted predicted = Objects.requireNonNull(found.predicted());
    assertThat(total(predicted, PathKind.STAY)).isLessThan(total(predicted, PathKind.ALONE));
    assertThat(total(predicted, PathKind.STAY_SPLIT)).isNotNaN();
    assertThat(total(predicted, PathKind.SPLIT)).isNotNaN();
  }

  @Test
  void holderIsLeft_whenItsQueueIsLongEnough() {
    busy.put("a2", work -> work.promptTokens = 100_000);
    RouteDecision found = decide(later("a2", 10_000, 9_000), a("a1"), a("a2"));
    assertThat(found.answering()).isEqualTo(a("a1"));
    assertThat(found.reason()).isEqualTo(Reason.QUEUE);
  }

  @Test
  void holderIsKept_whereAnotherWouldTakeMoreEngineTime() {
    busy.put("a2", work -> work.promptTokens = 30_000);
    assertThat(decide(later("a2", 10_000, 9_000), a("a1"), a("a2")).answering())
        .as("computing all of it elsewhere takes three times as long as the queue")
        .isEqualTo(a("a2"));
  }

  @Test
  void fullMemory_isAvoidedByThoseWhoHaveNothingThere() {
    busy.put("a1", work -> work.heldTokens = 100_000);
    RouteDecision found = decide(turn(1_000), a("a1"), a("a2"));
    assertThat(found.answering()).isEqualTo(a("a2"));
    assertThat(decide(later("a1", 10_000, 9_990), a("a1"), a("a2")).answering())
        .as("its own conversations stay")
        .isEqualTo(a("a1"));
  }

  @Test
  void holderOfRoleAny_mayComputeForAnother() {
    busy.put("a1", AdaptivePolicyTest::answersRun);
    RouteDecision found =
        adaptive.decide(
            later("a1", 50_000, 49_900),
            seen(unableAlone(Set.of("a1", "a2")), a("a1"), a("a2")),
            random);
    assertThat(found).isEqualTo(new Split(a("a1"), a("a2"), found.reason(), found.predicted()));
  }

  @Test
  void allRoles_areOfferedAtOnce() {
    busy.put("d", AdaptivePolicyTest::answersRun);
    busy.put("r", work -> work.promptTokens = 100_000);
    assertThat(decide(turn(1_000), p("p"), d("d"), a("a"), r("r")).answering()).isEqualTo(a("a"));
    busy.put(
        "a",
        work -> {
          work.decodes = 100;
          work.expectedTokens = 10_000;
        });
    assertThat(decide(turn(20_000), p("p"), d("d"), a("a"), r("r")))
        .isInstanceOf(Split.class)
        .extracting(RouteDecision::prefill, RouteDecision::answering)
        .containsExactly(p("p"), d("d"));
    busy.remove("r");
    RouteDecision found = decide(turn(20_000), p("p"), d("d"), a("a"), r("r"));
    assertThat(found.answering()).isEqualTo(r("r"));
    assertThat(found.route()).isEqualTo(Route.REPLICA);
  }

  @Test
  void onlyPath_isCalledThat() {
    assertThat(decide(turn(1_000), r("r")).reason()).isEqualTo(Reason.ONLY_PATH);
    TurnFacts several = new TurnFacts("m", 1, null, 1_000, 0, 100, true, null);
    assertThat(decide(several, p("p"), d("d")))
        .extracting(RouteDecision::answering, RouteDecision::prefill)
        .containsExactly(d("d"), null);
  }

  @Test
  void whatFailed_isNotOffered_andTheReasonIsWhy() {
    RoutingView view = seen(usability(Set.of("a1"), (p, d) -> true), a("a1"), a("a2"));
    RouteDecision found =
        adaptive.elsewhere(later("a1", 100, 90), view, random, Reason.DECODE_FAILED);
    assertThat(found.answering()).isEqualTo(a("a2"));
    assertThat(found.reason()).isEqualTo(Reason.DECODE_FAILED);
  }

  @Test
  void ofManyNodes_theHolderAndTwoAreAsked() {
    List<Node> many = new ArrayList<>();
    Set<String> asked = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      many.add(a("a" + i));
    }
    CostBook counting =
        node -> {
          asked.add(node.id().value());
          return READING;
        };
    RoutingPolicy policy = RoutingPolicy.of(Mode.ADAPTIVE, counting, new AnswerLengths());
    RoutingView view = new RoutingView(Cluster.of(many), new Load(), Usability.ALL);
    RouteDecision found = policy.decide(later("a7", 1_000, 900), view, random);
    assertThat(found.answering()).isEqualTo(a("a7"));
    assertThat(asked).hasSizeBetween(3, 5);
  }

  // --- the rule, where costs are not known ---

  private final RoutingPolicy rule = RoutingPolicy.of(Mode.ADAPTIVE);

  @Test
  void withoutCosts_littleThatIsNewStays_andMuchGoesOverPrefill() {
    RoutingView view = seen(Usability.ALL, p("p"), d("d"));
    assertThat(rule.decide(turn(1_000), view, random))
        .isEqualTo(new Split(p("p"), d("d"), Reason.FIRST_TURN));
    assertThat(rule.decide(later("d", 5_000, 4_000), view, random))
        .isEqualTo(new Alone(d("d"), Reason.FEW_NEW_TOKENS));
    assertThat(rule.decide(later("d", 1_000, 200), view, random))
        .as("most of the prompt is new")
        .isEqualTo(new Split(p("p"), d("d"), Reason.MANY_NEW_TOKENS));
    assertThat(rule.decide(later("d", 9_000, 6_900), view, random))
        .isEqualTo(new Split(p("p"), d("d"), Reason.MANY_NEW_TOKENS));
    busy.put("p", work -> work.promptTokens = 10_000);
    assertThat(rule.decide(later("d", 9_000, 6_900), view, random))
        .isEqualTo(new Alone(d("d"), Reason.PREFILL_BUSY));
  }

  @Test
  void withoutCosts_aLostHolderIsReplaced_andReplicasServeWhereNobodyElseDoes() {
    assertThat(rule.decide(later("d9", 100, 90), view(p("p"), d("d")), random).reason())
        .isEqualTo(Reason.DECODE_GONE);
    RoutingView replicas = view(r("r"));
    assertThat(rule.decide(turn(100), replicas, random))
        .isEqualTo(new Alone(r("r"), Reason.FIRST_TURN));
    assertThat(rule.decide(later("r", 100, 90), replicas, random))
        .isEqualTo(new Alone(r("r"), Reason.CACHE_WARM));
    assertThat(rule.decide(turn(100), view(p("p")), random))
        .isEqualTo(new Refused(Reason.NO_DECODE_NODE));
  }

  @Test
  void withoutCosts_whatCannotDoWithoutAHandoff_getsOne() {
    RoutingView view = seen(unableAlone(Set.of("d")), p("p"), d("d"));
    assertThat(rule.decide(later("d", 5_000, 4_900), view, random))
        .isEqualTo(new Split(p("p"), d("d"), Reason.CONNECTOR));
  }

  @Test
  void unknownPlacement_isHashed_soThatGatewaysAgree() {
    TurnFacts unknown = new TurnFacts("m", 1, null, 1_000, 0, 100, false, 42L);
    RouteDecision found = decide(unknown, p("p"), d("d1"), d("d2"));
    assertThat(found.reason()).isEqualTo(Reason.STORE_UNAVAILABLE);
    assertThat(found.predicted()).isNull();
    for (int i = 0; i < 10; i++) {
      assertThat(decide(unknown, p("p"), d("d1"), d("d2")).answering())
          .isEqualTo(found.answering());
    }
  }

  @Test
  void holderInAnotherLife_isNoHolder() {
    Holder gone = new Holder(new NodeId("a1"), new Epoch("s0"));
    TurnFacts turn = new TurnFacts("m", 2, gone, 10_000, 9_000, 100, false, null);
    Predicted predicted = Objects.requireNonNull(decide(turn, a("a1"), a("a2")).predicted());
    assertThat(total(predicted, PathKind.STAY)).isNaN();
    assertThat(total(predicted, PathKind.ALONE)).isCloseTo(1_120 + 3 * 100, within(1e-6));
  }

  @Test
  void whatIsTaken_isAmongWhatWasPredicted_termByTerm() {
    RouteDecision found = decide(later("a2", 10_000, 9_000), a("a1"), a("a2"));
    Predicted predicted = Objects.requireNonNull(found.predicted());
    assertThat(predicted.taken().kind()).isEqualTo(PathKind.STAY);
    assertThat(predicted.taken().answering()).isEqualTo(new NodeId("a2"));
    assertThat(predicted.cheapest())
        .extracting(PricedPath::kind)
        .containsExactly(PathKind.values());
    assertThat(predicted.cheapest(PathKind.SPLIT)).extracting(PricedPath::prefill).isNotNull();
    assertThat(predicted.taken().price().firstTokenMillis())
        .isPositive()
        .isLessThan(predicted.taken().price().total());
  }
}
