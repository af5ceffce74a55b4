package io.turnpike.turn;

import io.turnpike.connector.Connectors;
import io.turnpike.node.Cluster;
import io.turnpike.node.Connector;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Nodes;
import io.turnpike.node.Role;
import io.turnpike.routing.RoutingView;
import io.turnpike.routing.RoutingView.Usability;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Engines that are fit or sick, what a gateway sees of them, and what it learns. A fit engine stays
 * ready and always answers a plain prompt in time, but handoffs to it may fail.
 */
final class SimulatedEngines implements TurnWorld {

  private static final List<Connector> CONNECTORS =
      List.of(
          Connectors.NIXL,
          Connectors.NIXL,
          Connectors.SHARED_STORAGE,
          Connectors.P2P_NCCL,
          OverlappingConnector.INSTANCE);

  final List<NodeId> ids = new ArrayList<>();
  final Set<NodeId> fit = new HashSet<>();
  private final Map<NodeId, Node> nodes = new HashMap<>();
  private final Map<NodeId, Long> tokens = new HashMap<>();
  private final Map<NodeId, Long> waiting = new HashMap<>();
  private final Set<NodeId> alive = new HashSet<>();
  private final Random random;
  private final Repute repute;

  /** How many handoffs of a hundred fail, by which the network between engines is judged. */
  final int handoffsLost;

  private RoutingView view;

  SimulatedEngines(Random random, LongSupplier clock) {
    this.random = random;
    repute = new Repute(clock);
    handoffsLost = random.nextInt(3) == 0 ? 100 : random.nextInt(40);
    Connector connector = CONNECTORS.get(random.nextInt(CONNECTORS.size()));
    add(Role.PREFILL, "p", 1 + random.nextInt(4), connector);
    add(Role.DECODE, "d", 1 + random.nextInt(4), connector);
    add(Role.REPLICA, "r", random.nextInt(4), Connectors.NONE);
    add(Role.ANY, "a", random.nextInt(3), connector);
    view = newView();
  }

  private void add(Role role, String prefix, int count, Connector connector) {
    for (int i = 1; i <= count; i++) {
      Node node = Nodes.node(prefix + i, role, connector, NodeState.READY, "1", "h:" + i);
      ids.add(node.id());
      nodes.put(node.id(), node);
      if (random.nextInt(3) == 0) {
        fit.add(node.id());
      }
      if (random.nextBoolean()) {
        alive.add(node.id());
      }
    }
  }

  private RoutingView newView() {
    Cluster cluster = Cluster.of(List.copyOf(nodes.values()));
    return new RoutingView(cluster, id -> tokens.getOrDefault(id, 0L), new Reputation());
  }

  // --- what a gateway sees ---

  @Override
  public RoutingView view() {
    return view;
  }

  @Override
  public long waitingTokens(NodeId node) {
    return waiting.getOrDefault(node, 0L);
  }

  @Override
  public @Nullable Progress progress(NodeId node) {
    return repute.progress(node);
  }

  @Override
  public boolean showsLife(Node node) {
    return alive.contains(node.id());
  }

  private final class Reputation implements Usability {
    @Override
    public boolean node(Node node) {
      return repute.node(node);
    }

    @Override
    public boolean lastResort(Node node) {
      return repute.lastResort(node);
    }

    @Override
    public boolean lastResort(Node prefill, Node decode) {
      return repute.lastResort(prefill, decode);
    }

    @Override
    public boolean pair(Node prefill, Node decode) {
      return repute.pair(prefill, decode);
    }

    @Override
    public boolean alone(Node decode) {
      return decode.connector().decodesAlone();
    }
  }

  // --- what it does and learns ---

  void reserve(Node node, long all, long toCompute) {
    tokens.merge(node.id(), all, Long::sum);
    waiting.merge(node.id(), toCompute, Long::sum);
  }

  /** Nothing is held any more by anybody. */
  boolean isIdle() {
    return tokens.values().stream().allMatch(held -> held == 0)
        && waiting.values().stream().allMatch(held -> held == 0);
  }

  void tries(Node prefill, Node decode) {
    repute.tries(prefill, decode);
  }

  void learn(Effect.Fact fact) {
    repute.learn(fact);
  }

  // --- what happens to the engines ---

  /** Something becomes known of a sick engine; true if legs on it are lost by that. */
  boolean change(NodeId id) {
    Node node = nodes.get(id);
    if (node == null || fit.contains(id)) {
      return false;
    }
    int what = random.nextInt(6);
    switch (what) {
      case 0 -> nodes.put(id, Nodes.restarted(node));
      case 1 -> nodes.remove(id);
      case 2 -> nodes.put(id, Nodes.in(NodeState.DRAINING, node));
      case 3 -> nodes.put(id, Nodes.in(NodeState.SUSPECT, node));
      case 4 -> nodes.put(id, Nodes.in(NodeState.JOINING, node));
      default -> nodes.put(id, Nodes.in(NodeState.READY, node));
    }
    if (random.nextBoolean() && !alive.remove(id)) {
      alive.add(id);
    }
    view = newView();
    return what <= 1 || (what == 3 && random.nextBoolean());
  }

  /** What comes of a prefill leg. */
  Event prefill(int leg, NodeId node) {
    if (fit.contains(node) || random.nextInt(3) > 0) {
      return new Event.PrefillAnswered(
          leg, 200, true, random.nextInt(100) >= handoffsLost / 2, true);
    }
    if (random.nextInt(3) == 0) {
      return broke(leg);
    }
    int[] all = {200, 302, 400, 401, 404, 408, 413, 422, 429, 500, 503};
    int status = all[random.nextInt(all.length)];
    return new Event.PrefillAnswered(leg, status, false, false, random.nextBoolean());
  }

  /** What comes of asking for tokens. */
  Event tokens(int leg, NodeId node) {
    if (fit.contains(node) || random.nextInt(3) > 0) {
      return new Event.TokensKnown(leg, random.nextInt(3_000), random.nextInt(1_000) - 1);
    }
    return random.nextInt(3) == 0 ? new Event.NotResumable(leg, "unknown") : broke(leg);
  }

  /** What comes first of a leg that is to answer. */
  Event answer(int leg, NodeId node, boolean handoff) {
    if (handoff && random.nextInt(100) < handoffsLost) {
      boolean failed = random.nextBoolean();
      return new Event.Judged(
          leg,
          failed ? Verdict.FAILED : Verdict.EMPTY,
          failed && random.nextBoolean() ? 500 : 200,
          true);
    }
    if (fit.contains(node) || random.nextInt(3) == 0) {
      return new Event.Judged(leg, Verdict.GOOD, 200, true);
    }
    boolean said = random.nextBoolean();
    return switch (random.nextInt(7)) {
      case 0 -> new Event.Judged(leg, Verdict.BUSY, random.nextBoolean() ? 503 : 429, said);
      case 1 -> new Event.Judged(leg, Verdict.FAILED, random.nextBoolean() ? 500 : 200, said);
      case 2 -> new Event.Judged(leg, Verdict.EMPTY, 200, said);
      case 3 -> new Event.Judged(leg, Verdict.CUT, 200, said);
      case 4 -> new Event.Judged(leg, Verdict.REFUSED, 400, said);
      default -> broke(leg);
    };
  }

  private Event broke(int leg) {
    LegFault[] all = LegFault.values();
    LegFault fault = all[random.nextInt(all.length)];
    return new Event.LegBroke(leg, fault, fault.text());
  }

  /** How an answer ends that was good at first. */
  Event end(int leg, NodeId node) {
    if (fit.contains(node) || random.nextBoolean()) {
      return new Event.AnswerEnded(leg, Event.Ending.WHOLE, "");
    }
    return switch (random.nextInt(3)) {
      case 0 -> new Event.AnswerEnded(leg, Event.Ending.WITH_ERROR, "");
      case 1 -> new Event.AnswerEnded(leg, Event.Ending.CUT, "ended");
      default -> broke(leg);
    };
  }

  /** After how many seconds; negative: never. Fit engines are fast, others may be silent. */
  double delay(NodeId node) {
    if (fit.contains(node)) {
      return random.nextDouble();
    }
    return switch (random.nextInt(8)) {
      case 0 -> -1;
      case 1 -> 40 * random.nextDouble();
      case 2 -> 6 * random.nextDouble();
      default -> random.nextDouble();
    };
  }
}
