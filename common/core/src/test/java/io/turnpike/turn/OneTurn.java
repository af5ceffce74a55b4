package io.turnpike.turn;

import io.turnpike.connector.Connectors;
import io.turnpike.node.Cluster;
import io.turnpike.node.Connector;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Nodes;
import io.turnpike.node.Role;
import io.turnpike.node.Suspicion;
import io.turnpike.routing.Mode;
import io.turnpike.routing.RoutingPolicy;
import io.turnpike.routing.RoutingView;
import io.turnpike.routing.RoutingView.Usability;
import io.turnpike.routing.TurnFacts;
import io.turnpike.turn.Event.Ending;
import io.turnpike.turn.Event.IfCut;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One turn in a world that a test sets up and changes. Nodes are named p1, d1, r1 …; of two that
 * could be taken, it is the one named first, which is less loaded. Effects are told in words.
 */
final class OneTurn implements TurnWorld {

  static final TurnFacts FIRST = new TurnFacts("m", 1, null, 1_000, 0, -1, false, null);

  /** Seconds since the turn arrived. */
  double seconds;

  final Set<String> alive = new HashSet<>();
  final Set<String> illReputed = new HashSet<>();
  final Set<String> suspendedPairs = new HashSet<>();
  final Map<String, Progress> progress = new HashMap<>();
  final Map<String, Long> waitingTokens = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Connector connector;
  private RoutingPolicy policy = RoutingPolicy.of(Mode.PPD);
  private TurnFacts facts = FIRST;
  private IfCut ifCut = IfCut.TELL;
  private @Nullable TurnMachine machine;

  private OneTurn(Connector connector) {
    this.connector = connector;
  }

  static OneTurn over(String... names) {
    return over(Connectors.NIXL, names);
  }

  static OneTurn over(Connector connector, String... names) {
    OneTurn turn = new OneTurn(connector);
    for (String name : names) {
      turn.nodes.add(turn.fresh(name));
    }
    return turn;
  }

  private Node fresh(String name) {
    Role role =
        switch (name.charAt(0)) {
          case 'p' -> Role.PREFILL;
          case 'd' -> Role.DECODE;
          case 'a' -> Role.ANY;
          default -> Role.REPLICA;
        };
    return Nodes.node(
        name, role, role == Role.REPLICA ? Connectors.NONE : connector, NodeState.READY, "1", "a");
  }

  /** A turn whose P, the first of its name, has answered; leg 2 is D's. */
  static OneTurn handedOver(String... names) {
    OneTurn turn = over(names).begun();
    turn.prefilled(1);
    return turn;
  }

  OneTurn with(TurnFacts known) {
    facts = known;
    return this;
  }

  /** Its answer may go on elsewhere when it breaks off. */
  OneTurn resumable() {
    ifCut = IfCut.GO_ON;
    return this;
  }

  OneTurn with(RoutingPolicy decides) {
    policy = decides;
    return this;
  }

  OneTurn alive(String name) {
    alive.add(name);
    return this;
  }

  // --- the world changes ---

  void becomes(String name, NodeState state) {
    nodes.replaceAll(node -> node.id().value().equals(name) ? Nodes.in(state, node) : node);
  }

  void isSuspect(String name, Suspicion why) {
    nodes.replaceAll(node -> node.id().value().equals(name) ? Nodes.suspect(why, node) : node);
  }

  void restarts(String name) {
    nodes.replaceAll(node -> node.id().value().equals(name) ? Nodes.restarted(node) : node);
  }

  void leaves(String name) {
    nodes.removeIf(node -> node.id().value().equals(name));
  }

  /** A node answers another turn, that asked it so many seconds after the arrival of this one. */
  void answersAt(double at, String name, double asked) {
    progress.put(name, new Progress(nanos(asked), nanos(at)));
  }

  // --- events ---

  TurnMachine machine() {
    if (machine == null) {
      machine = new TurnMachine(policy, TurnRules.DEFAULT, this, new Random(1), 0);
    }
    return machine;
  }

  List<String> on(Event event) {
    return machine().on(event, nanos(seconds)).stream().map(EffectWords::of).toList();
  }

  /** The turn is recognised, with whatever it leads to. */
  List<String> begins() {
    return on(new Event.Recognised(facts, ifCut));
  }

  /** It is recognised and that is all that matters here. */
  OneTurn begun() {
    begins();
    return this;
  }

  List<String> prefilled(int leg) {
    return on(new Event.PrefillAnswered(leg, 200, true, true, true));
  }

  List<String> prefillAnswers(int leg, int status) {
    return on(new Event.PrefillAnswered(leg, status, false, false, true));
  }

  List<String> prefillGivesNoParams(int leg) {
    return on(new Event.PrefillAnswered(leg, 200, true, false, true));
  }

  List<String> judged(int leg, Verdict verdict, int status) {
    return on(new Event.Judged(leg, verdict, status, true));
  }

  List<String> good(int leg) {
    return judged(leg, Verdict.GOOD, 200);
  }

  List<String> broke(int leg, LegFault fault) {
    return on(new Event.LegBroke(leg, fault, fault.text()));
  }

  List<String> lost(String node) {
    return on(new Event.NodeLost(new NodeId(node)));
  }

  /** What was asked and answered is known in tokens, 1,200 together; the rest may have 300. */
  List<String> tokensKnown(int leg) {
    return on(new Event.TokensKnown(leg, 1_200, 300));
  }

  List<String> notResumable(int leg) {
    return on(new Event.NotResumable(leg, "nobody knows"));
  }

  List<String> ended(int leg, Ending ending) {
    return on(new Event.AnswerEnded(leg, ending, "ended without [DONE]"));
  }

  /** Looks at the clock so many seconds after the arrival. */
  List<String> wakesAt(double at) {
    seconds = at;
    return on(new Event.Woke(nanos(at)));
  }

  /** The same while an answer is passed on whose last byte came then. */
  List<String> wakesAt(double at, double lastSign) {
    seconds = at;
    return on(new Event.Woke(nanos(lastSign)));
  }

  double due() {
    return machine().dueNanos() / 1e9;
  }

  String reason() {
    var decision = machine().record().decision();
    return decision == null ? "" : decision.reason().word();
  }

  /** Who is to answer. */
  String answering() {
    var decision = machine().record().decision();
    Node node = decision == null ? null : decision.answering();
    return node == null ? "" : node.id().value();
  }

  static long nanos(double seconds) {
    return (long) (seconds * 1e9);
  }

  // --- what the machine sees ---

  @Override
  public RoutingView view() {
    return new RoutingView(Cluster.of(nodes), OneTurn::load, new Reputation());
  }

  private static long load(NodeId node) {
    return node.value().charAt(1);
  }

  @Override
  public long waitingTokens(NodeId node) {
    return waitingTokens.getOrDefault(node.value(), 0L);
  }

  @Override
  public @Nullable Progress progress(NodeId node) {
    return progress.get(node.value());
  }

  @Override
  public boolean showsLife(Node node) {
    return alive.contains(node.id().value());
  }

  private final class Reputation implements Usability {
    @Override
    public boolean node(Node node) {
      return !illReputed.contains(node.id().value());
    }

    @Override
    public boolean lastResort(Node node) {
      return true;
    }

    @Override
    public boolean pair(Node prefill, Node decode) {
      return !suspendedPairs.contains(prefill.id() + "-" + decode.id());
    }

    @Override
    public boolean alone(Node decode) {
      return decode.connector().decodesAlone();
    }
  }
}
