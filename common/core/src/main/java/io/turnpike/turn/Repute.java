package io.turnpike.turn;

import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.routing.RoutingView.Usability;
import io.turnpike.turn.Effect.Fact;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What turns taught of late about nodes and pairs, and which of them are avoided for it. It bridges
 * the time until the registry's own verdict arrives. Only what a node did counts: connections that
 * are refused or break off, silence without a sign of life, and for pairs what an engine said of a
 * handoff. Thread-safe.
 *
 * <p>A circuit breaker from a library would do for nodes, but not in virtual time, and replays are
 * to avoid what a gateway avoids.
 */
public final class Repute implements Usability {

  /** What is to be done about something that was learned. */
  public enum Lesson {
    /** Nothing. */
    NOTED,
    /** The registry should ask the node at once. */
    ASK_REGISTRY,
    /** People may want to know that a pair is left alone from now on. */
    PAIR_SUSPENDED,
    /** They may want to know that it is no more. */
    PAIR_RESTORED
  }

  private record Pair(NodeId prefill, Epoch prefillEpoch, NodeId decode, Epoch decodeEpoch) {
    static Pair of(Node prefill, Node decode) {
      return new Pair(prefill.id(), prefill.epoch(), decode.id(), decode.epoch());
    }
  }

  private final LongSupplier ticker;

  /** Those of which something is held against them. */
  private final ConcurrentHashMap<NodeId, NodeRepute> nodes = new ConcurrentHashMap<>();

  /** Those whose latest answer was that they have no room. */
  private final ConcurrentHashMap<NodeId, Busy> busy = new ConcurrentHashMap<>();

  private final ConcurrentHashMap<NodeId, Progress> progress = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Pair, PairRepute> pairs = new ConcurrentHashMap<>();

  /**
   * @param ticker nanoseconds
   */
  public Repute(LongSupplier ticker) {
    this.ticker = ticker;
  }

  @Override
  public boolean node(Node node) {
    NodeRepute known = nodes.isEmpty() ? null : nodes.get(node.id());
    Busy said = busy.isEmpty() ? null : busy.get(node.id());
    return (known == null || !known.isAvoidedAt(ticker.getAsLong()))
        && (said == null || !said.isAvoidedAt(ticker.getAsLong()));
  }

  @Override
  public boolean lastResort(Node node) {
    return true;
  }

  @Override
  public boolean pair(Node prefill, Node decode) {
    PairRepute known = pairs.isEmpty() ? null : pairs.get(Pair.of(prefill, decode));
    return known == null || known.mayTryAt(ticker.getAsLong());
  }

  @Override
  public boolean lastResort(Node prefill, Node decode) {
    return true;
  }

  /** A turn tries a handoff between the two. */
  public void tries(Node prefill, Node decode) {
    if (!pairs.isEmpty()) {
      pairs.computeIfPresent(
          Pair.of(prefill, decode), (pair, known) -> known.triedAt(ticker.getAsLong()));
    }
  }

  /** Learns something. */
  public Lesson learn(Fact fact) {
    return switch (fact) {
      case Fact.Answered answer -> answered(answer.node(), answer.askedNanos(), answer.busy());
      case Fact.HandedOff(Node prefill, Node decode) -> handedOff(Pair.of(prefill, decode));
      case Fact.HandoffLost(Node prefill, Node decode) -> handoffLost(Pair.of(prefill, decode));
      case Fact.Broke(Node node, LegFault fault, var _) -> broke(node, fault);
      case Fact.Silent(Node node, boolean alive) -> alive ? Lesson.NOTED : silent(node);
    };
  }

  private Lesson answered(Node node, long askedNanos, boolean isBusy) {
    if (isBusy) {
      busy.merge(node.id(), Busy.onceAt(ticker.getAsLong()), Busy::andAgain);
    } else if (!busy.isEmpty()) {
      busy.remove(node.id());
    }
    progress.merge(node.id(), new Progress(askedNanos, ticker.getAsLong()), Progress::orFurther);
    if (!nodes.isEmpty()) {
      nodes.computeIfPresent(
          node.id(),
          (id, known) -> {
            NodeRepute next = known.answeredAt(ticker.getAsLong());
            return next.equals(NodeRepute.GOOD) ? null : next;
          });
    }
    return Lesson.NOTED;
  }

  private Lesson broke(Node node, LegFault fault) {
    if (fault.countsAgainstNode()) {
      change(node, known -> known.brokeAt(ticker.getAsLong()));
    }
    return fault.isUnreachable() ? Lesson.ASK_REGISTRY : Lesson.NOTED;
  }

  private Lesson silent(Node node) {
    NodeRepute now = change(node, known -> known.silentAt(ticker.getAsLong()));
    return now.isSilent() ? Lesson.ASK_REGISTRY : Lesson.NOTED;
  }

  private NodeRepute change(Node node, UnaryOperator<NodeRepute> change) {
    return nodes.compute(
        node.id(), (id, known) -> change.apply(known == null ? NodeRepute.GOOD : known));
  }

  private Lesson handedOff(Pair pair) {
    PairRepute before = pairs.isEmpty() ? null : pairs.remove(pair);
    return before != null && before.isSuspended() ? Lesson.PAIR_RESTORED : Lesson.NOTED;
  }

  private Lesson handoffLost(Pair pair) {
    PairRepute now =
        pairs.compute(
            pair,
            (same, known) -> (known == null ? PairRepute.GOOD : known).lostAt(ticker.getAsLong()));
    return now.isNewlySuspended() ? Lesson.PAIR_SUSPENDED : Lesson.NOTED;
  }

  /** How far a node has come with what it was asked; null: it has answered nobody yet. */
  public @Nullable Progress progress(NodeId node) {
    return progress.get(node);
  }

  /** Forgets nodes that left and lives that ended; called when the table of nodes changed. */
  public void keepOnly(Set<NodeId> present, Set<Epoch> epochs) {
    nodes.keySet().retainAll(present);
    busy.keySet().retainAll(present);
    progress.keySet().retainAll(present);
    pairs
        .keySet()
        .removeIf(
            pair -> !epochs.contains(pair.prefillEpoch) || !epochs.contains(pair.decodeEpoch));
  }

  /** Pairs that are left alone at the moment. */
  public List<SuspendedPair> suspendedPairs() {
    long now = ticker.getAsLong();
    return pairs.entrySet().stream()
        .filter(entry -> entry.getValue().isSuspended())
        .map(entry -> shown(entry.getKey(), entry.getValue(), now))
        .sorted(Comparator.comparing(SuspendedPair::prefill).thenComparing(SuspendedPair::decode))
        .toList();
  }

  private static SuspendedPair shown(Pair pair, PairRepute repute, long nowNanos) {
    Duration wait = Duration.ofNanos(Math.max(0, repute.nextTryNanos() - nowNanos));
    return new SuspendedPair(pair.prefill, pair.decode, repute.lost(), wait);
  }
}
