package io.turnpike.routing;

import io.turnpike.cost.AnswerLengths;
import io.turnpike.cost.CostBook;
import io.turnpike.cost.EngineCosts;
import io.turnpike.cost.NodeWork;
import io.turnpike.cost.PathKind;
import io.turnpike.cost.PathPrice;
import io.turnpike.cost.PricedPath;
import io.turnpike.cost.Term;
import io.turnpike.cost.TurnPrices;
import io.turnpike.node.Cluster;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.Role;
import io.turnpike.routing.RouteDecision.Alone;
import io.turnpike.routing.RouteDecision.Split;
import io.turnpike.routing.TurnFacts.Holder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Objects;
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

  private final EnumMap<PathKind, Path> cheapest = new EnumMap<>(PathKind.class);

  private @Nullable Path best;
  private @Nullable Path second;
  private int ties;

  /** One path; each is itself alone. */
  private static final class Path {
    final PathKind kind;

    /** Null: the answering node does all of it. */
    final @Nullable Node prefill;

    final Node answering;
    final double millis;

    Path(PathKind kind, @Nullable Node prefill, Node answering, double millis) {
      this.kind = kind;
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

  /** Prices all paths; whether there is one, and costs of all nodes are known. */
  boolean find() {
    Drawn drawn = new Drawn(turn, view, random);
    List<Node> answering = drawn.answering();
    if (holder != null && !answering.contains(holder)) {
      answering.add(0, holder);
    }
    List<Node> prefills = turn.severalSequences() ? List.of() : drawn.prefills();
    if (answering.isEmpty() || !areKnown(answering) || !areKnown(prefills)) {
      return false;
    }
    double[] prefilling = new double[prefills.size()];
    for (int i = 0; i < prefilling.length; i++) {
      prefilling[i] = price(prefills.get(i), Work.PREFILL, scratch);
    }
    for (Node node : answering) {
      consider(node, prefills, prefilling);
    }
    return best != null;
  }

  /**
   * The cheapest of all, once it is found.
   *
   * @param given why the turn is decided again; null: the deciding term is the reason
   */
  RouteDecision decision(@Nullable Reason given) {
    Path path = Objects.requireNonNull(best);
    EnumMap<PathKind, PricedPath> priced = priced();
    Reason reason = given == null ? why(path, priced) : given;
    return decision(path, reason, Objects.requireNonNull(priced.get(path.kind)), priced);
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
    PathKind kind = PathKind.of(isHolder(answering), prefill != null);
    Path offered = new Path(kind, prefill, answering, millis);
    if (isBest(answering, millis)) {
      second = best;
      best = offered;
    } else if (second == null || millis < second.millis) {
      second = offered;
    }
    Path before = cheapest.get(kind);
    if (before == null || best == offered || millis < before.millis) {
      cheapest.put(kind, offered);
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

  private static RouteDecision decision(
      Path path, Reason reason, PricedPath taken, EnumMap<PathKind, PricedPath> priced) {
    Predicted predicted = new Predicted(taken, new ArrayList<>(priced.values()));
    Node node = path.answering;
    return path.prefill == null
        ? new Alone(node, Route.ofAlone(node), reason, predicted)
        : new Split(path.prefill, node, reason, predicted);
  }

  /** The term that made the most of the difference. */
  private Reason why(Path path, EnumMap<PathKind, PricedPath> priced) {
    Path other = alternative(path);
    if (other == null) {
      return Reason.ONLY_PATH;
    }
    PathPrice price = Objects.requireNonNull(priced.get(path.kind)).price();
    return other.millis - path.millis <= EQUAL_MILLIS
        ? Reason.LEAST_LOADED
        : reason(price.decides(priced(other).price()));
  }

  /**
   * What a path is compared with to say why it was taken: with staying, where it does not; else one
   * that is split with one that is not, and the other way round; else with the next best.
   */
  private @Nullable Path alternative(Path path) {
    Path stay = cheapest.get(PathKind.STAY);
    if (stay != null && stay != path) {
      return stay;
    }
    Path otherwise = cheapest.get(PathKind.of(false, path.prefill == null));
    return otherwise == null || stay == path ? second : otherwise;
  }

  private EnumMap<PathKind, PricedPath> priced() {
    EnumMap<PathKind, PricedPath> all = new EnumMap<>(PathKind.class);
    cheapest.values().forEach(path -> all.put(path.kind, priced(path)));
    return all;
  }

  /** The path, term by term. */
  private PricedPath priced(Path path) {
    PathPrice price = new PathPrice();
    NodeId prefill = null;
    if (path.prefill == null) {
      add(path.answering, Work.ALONE, price);
    } else {
      prefill = path.prefill.id();
      add(path.prefill, Work.PREFILL, price);
      add(path.answering, Work.ANSWER, price);
    }
    return new PricedPath(path.kind, prefill, path.answering.id(), price);
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
