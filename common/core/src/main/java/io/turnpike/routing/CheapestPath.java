package io.turnpike.routing;

import io.turnpike.cost.AnswerLengths;
import io.turnpike.cost.CostBook;
import io.turnpike.cost.EngineCosts;
import io.turnpike.cost.NodeWork;
import io.turnpike.cost.PathPrice;
import io.turnpike.cost.Term;
import io.turnpike.cost.TurnPrices;
import io.turnpike.node.Cluster;
import io.turnpike.node.Node;
import io.turnpike.node.Role;
import io.turnpike.routing.RouteDecision.Alone;
import io.turnpike.routing.RouteDecision.Split;
import io.turnpike.routing.TurnFacts.Holder;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The cheapest path of one turn: every node that may take part is priced once, for what it would do
 * in a path, and pairs are added up. Ties go to the holder, then to chance. Used once.
 */
final class CheapestPath {

  /** What a decision is made of. */
  record Question(TurnFacts turn, RoutingView view, CostBook costs, AnswerLengths answers) {}

  /** θ where every engine can do all work: its time is somebody's. */
  private static final double ENGINE_TIME = 3;

  /** Kinds of paths; one more: over a prefill node. */
  private static final int STAY = 0;

  private static final int ALONE = 2;

  /** Prices nearer to each other than this are equal. */
  private static final double EQUAL_MILLIS = 1e-6;

  private final TurnFacts turn;
  private final RoutingView view;
  private final CostBook costs;
  private final RandomGenerator random;
  private final TurnPrices prices;
  private final NodeWork work = new NodeWork();
  private final PathPrice scratch = new PathPrice();
  private final @Nullable Node holder;

  /** Cheapest of each kind; the kinds are in the order of {@link Predicted}. */
  private final @Nullable Path[] cheapest = new Path[4];

  private @Nullable Path best;
  private @Nullable Path second;
  private int ties;

  /** One path; each is itself alone. */
  private static final class Path {
    /** Null: the answering node does all of it. */
    final @Nullable Node prefill;

    final Node answering;
    final double millis;

    Path(@Nullable Node prefill, Node answering, double millis) {
      this.prefill = prefill;
      this.answering = answering;
      this.millis = millis;
    }
  }

  CheapestPath(Question asked, RandomGenerator random) {
    turn = asked.turn();
    view = asked.view();
    costs = asked.costs();
    this.random = random;
    double answer = asked.answers().guess(turn.maxTokens());
    prices = new TurnPrices(turn.promptTokens(), answer, engineTime(view.cluster()));
    Holder held = turn.earlierHolder();
    holder = held == null ? null : held.stillAnswering(view);
  }

  private static double engineTime(Cluster cluster) {
    int any = cluster.ready(Role.ANY).size();
    boolean given =
        cluster.ready(Role.PREFILL).size() > any || cluster.ready(Role.DECODE).size() > any;
    return given ? 0 : ENGINE_TIME;
  }

  /**
   * Looks at all paths.
   *
   * @param given why the turn is decided again; null: the deciding term is the reason
   * @return null: there is none, or costs of a node are not known
   */
  @Nullable RouteDecision find(@Nullable Reason given) {
    Drawn drawn = new Drawn(turn, view, random);
    List<Node> answering = drawn.answering();
    if (holder != null && !answering.contains(holder)) {
      answering.add(0, holder);
    }
    List<Node> prefills = turn.severalSequences() ? List.of() : drawn.prefills();
    if (answering.isEmpty() || !areKnown(answering) || !areKnown(prefills)) {
      return null;
    }
    double[] prefilling = new double[prefills.size()];
    for (int i = 0; i < prefilling.length; i++) {
      prefilling[i] = price(prefills.get(i), Work.PREFILL, scratch);
    }
    for (Node node : answering) {
      consider(node, prefills, prefilling);
    }
    return best == null ? null : decision(best, given);
  }

  private boolean areKnown(List<Node> nodes) {
    for (Node node : nodes) {
      if (costs.costs(node) == null) {
        return false;
      }
    }
    return true;
  }

  private void consider(Node node, List<Node> prefills, double[] prefilling) {
    if (view.usability().alone(node)) {
      offer(null, node, price(node, Work.ALONE, scratch));
    }
    double answer = Double.NaN;
    for (int i = 0; i < prefilling.length; i++) {
      Node prefill = prefills.get(i);
      if (node.role() != Role.REPLICA
          && prefill.pairsWith(node)
          && view.usability().pair(prefill, node)) {
        answer = Double.isNaN(answer) ? price(node, Work.ANSWER, scratch) : answer;
        offer(prefill, node, prefilling[i] + answer);
      }
    }
  }

  /** What a node does in a path. */
  private enum Work {
    ALONE,
    PREFILL,
    ANSWER
  }

  private boolean isHolder(Node node) {
    return holder != null && holder.id().equals(node.id());
  }

  private double price(Node node, Work does, PathPrice price) {
    price.clear();
    add(node, does, price);
    return price.total();
  }

  private void add(Node node, Work does, PathPrice price) {
    EngineCosts on = costs.costs(node);
    if (on == null) {
      throw new IllegalStateException("costs of " + node.id() + " are gone");
    }
    view.load().tell(node.id(), work);
    work.cachedTokens = isHolder(node) ? Math.min(turn.cachedTokens(), turn.promptTokens()) : 0;
    switch (does) {
      case ALONE -> prices.addAlone(on, work, price);
      case PREFILL -> prices.addPrefill(on, work, price);
      case ANSWER -> prices.addAnswer(on, work, price);
    }
  }

  private void offer(@Nullable Node prefill, Node answering, double millis) {
    int kind = (isHolder(answering) ? STAY : ALONE) + (prefill == null ? 0 : 1);
    Path offered = new Path(prefill, answering, millis);
    if (isBest(answering, millis)) {
      second = best;
      best = offered;
    } else if (second == null || millis < second.millis) {
      second = offered;
    }
    Path before = cheapest[kind];
    if (before == null || best == offered || millis < before.millis) {
      cheapest[kind] = offered;
    }
  }

  private boolean isBest(Node answering, double millis) {
    if (best == null || millis < best.millis - EQUAL_MILLIS) {
      ties = 1;
      return true;
    }
    if (millis > best.millis + EQUAL_MILLIS) {
      return false;
    }
    boolean here = isHolder(answering);
    boolean there = isHolder(best.answering);
    return here == there ? random.nextInt(++ties) == 0 : here;
  }

  private RouteDecision decision(Path path, @Nullable Reason given) {
    Reason reason = given == null ? why(path) : given;
    Predicted predicted =
        new Predicted(millis(STAY), millis(STAY + 1), millis(ALONE), millis(ALONE + 1));
    Node node = path.answering;
    return path.prefill == null
        ? new Alone(node, Route.ofAlone(node), reason, predicted)
        : new Split(path.prefill, node, reason, predicted);
  }

  private double millis(int kind) {
    Path path = cheapest[kind];
    return path == null ? Double.NaN : path.millis;
  }

  /** The term that made the most of the difference. */
  private Reason why(Path path) {
    Path other = alternative(path);
    if (other == null) {
      return Reason.ONLY_PATH;
    }
    return other.millis - path.millis <= EQUAL_MILLIS
        ? Reason.LEAST_LOADED
        : reason(terms(path).decides(terms(other)));
  }

  /**
   * What a path is compared with to say why it was taken: with staying, where it does not; else one
   * that is split with one that is not, and the other way round; else with the next best.
   */
  private @Nullable Path alternative(Path path) {
    Path stay = cheapest[STAY];
    if (stay != null && stay != path) {
      return stay;
    }
    Path otherwise = cheapest[path.prefill == null ? ALONE + 1 : ALONE];
    return otherwise == null || stay == path ? second : otherwise;
  }

  private PathPrice terms(Path path) {
    PathPrice terms = new PathPrice();
    if (path.prefill == null) {
      add(path.answering, Work.ALONE, terms);
    } else {
      add(path.prefill, Work.PREFILL, terms);
      add(path.answering, Work.ANSWER, terms);
    }
    return terms;
  }

  private static Reason reason(Term term) {
    return switch (term) {
      case QUEUE -> Reason.QUEUE;
      case COMPUTE -> Reason.COMPUTE;
      case HANDOFF -> Reason.HANDOFF;
      case PACE -> Reason.PACE;
      case NEIGHBOURS -> Reason.NEIGHBOURS;
      case ENGINE_TIME -> Reason.ENGINE_TIME;
      case MEMORY -> Reason.MEMORY;
    };
  }
}
