package io.turnpike.engine;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.routing.RoutingView.Usability;
import io.turnpike.turn.Effect.Fact;
import io.turnpike.turn.LegFault;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What turns taught this gateway about nodes of late: a circuit breaker a node, and the P–D pairs
 * whose handoffs fail. It bridges the time until the registry's own verdict arrives. Only what a
 * node did counts: connections that are refused or break off, silence without a sign of life, and
 * for pairs what an engine said of a handoff. Thread-safe.
 */
public final class EngineHealth implements Usability {

  /** Turns in a row that a node left without a sign of life until it counts as failed. */
  static final int MAX_SILENT = 2;

  private static final CircuitBreakerConfig BREAKER =
      CircuitBreakerConfig.custom()
          .slidingWindowType(SlidingWindowType.COUNT_BASED)
          .slidingWindowSize(4)
          .minimumNumberOfCalls(3)
          .failureRateThreshold(75)
          .waitDurationInOpenState(Duration.ofSeconds(2))
          .permittedNumberOfCallsInHalfOpenState(2)
          .automaticTransitionFromOpenToHalfOpenEnabled(true)
          .build();

  private final boolean patchedP2p;
  private final PairHealth pairs;
  private final ConcurrentHashMap<NodeId, CircuitBreaker> breakers = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<NodeId, Integer> silentInARow = new ConcurrentHashMap<>();

  /**
   * @param patchedP2p whether p2p-nccl decode engines carry the patch that lets them serve a prompt
   *     alone; stock ones die of it
   * @param ticker nanoseconds
   */
  public EngineHealth(boolean patchedP2p, LongSupplier ticker) {
    this.patchedP2p = patchedP2p;
    this.pairs = new PairHealth(ticker);
  }

  @Override
  public boolean node(Node node) {
    CircuitBreaker breaker = breakers.get(node.id());
    return breaker == null || breaker.getState() != CircuitBreaker.State.OPEN;
  }

  @Override
  public boolean lastResort(Node node) {
    return true;
  }

  @Override
  public boolean pair(Node prefill, Node decode) {
    return pairs.mayTry(prefill, decode);
  }

  @Override
  public boolean alone(Node decode) {
    return patchedP2p || decode.connector().decodesAlone();
  }

  /** A turn tries a handoff between the two. */
  public void tries(Node prefill, Node decode) {
    pairs.tries(prefill, decode);
  }

  /** Learns something; says whether the registry should ask the node at once. */
  public boolean learn(Fact fact) {
    switch (fact) {
      case Fact.Answered(Node node) -> answered(node);
      case Fact.HandedOff(Node prefill, Node decode) -> pairs.handedOff(prefill, decode);
      case Fact.HandoffLost(Node prefill, Node decode) -> pairs.lost(prefill, decode);
      case Fact.Broke broke -> {
        if (broke.fault() != LegFault.BUSY && broke.fault() != LegFault.NONSENSE) {
          failed(broke.node());
        }
        return broke.fault() == LegFault.REFUSED || broke.fault() == LegFault.CONNECT_TIMEOUT;
      }
      case Fact.Silent(Node node, boolean alive) -> {
        return !alive && silent(node);
      }
    }
    return false;
  }

  private void answered(Node node) {
    if (!silentInARow.isEmpty()) {
      silentInARow.remove(node.id());
    }
    CircuitBreaker breaker = breakers.get(node.id());
    if (breaker != null) {
      breaker.onSuccess(0, TimeUnit.NANOSECONDS);
    }
  }

  private void failed(Node node) {
    breakers
        .computeIfAbsent(node.id(), id -> CircuitBreaker.of(id.value(), BREAKER))
        .onError(0, TimeUnit.NANOSECONDS, new NodeFailure());
  }

  private boolean silent(Node node) {
    boolean twice = silentInARow.merge(node.id(), 1, Integer::sum) >= MAX_SILENT;
    if (twice) {
      breakers
          .computeIfAbsent(node.id(), id -> CircuitBreaker.of(id.value(), BREAKER))
          .transitionToOpenState();
    }
    return twice;
  }

  /** Forgets nodes that left and lives that ended; called when the table of nodes changed. */
  public void keepOnly(Set<NodeId> present, Set<Epoch> epochs) {
    breakers.keySet().retainAll(present);
    silentInARow.keySet().retainAll(present);
    pairs.keepOnly(epochs);
  }

  /** Pairs that are left alone at the moment. */
  public List<SuspendedPair> suspendedPairs() {
    return pairs.suspended();
  }

  /** What a breaker is told; it looks at nothing of it. */
  private static final class NodeFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    NodeFailure() {
      super("", null, false, false);
    }
  }
}
