package io.turnpike.engine;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.routing.RoutingView.Usability;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who failed of late, as this gateway saw it: a circuit breaker a node, and the P–D pairs whose
 * handoffs fail. It bridges the time until the registry's own verdict arrives. Thread-safe.
 *
 * <p>A pair is suspended after three lost handoffs in a row, until P or D shows a new epoch: vLLM
 * 0.32 fails every pull from a P that came back under its old engine id, for good.
 */
public final class EngineHealth implements Usability {

  /** Lost handoffs in a row after which a pair is not tried again. */
  static final int PAIR_FAILURES = 3;

  private static final Logger LOG = LoggerFactory.getLogger(EngineHealth.class);

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
  private final ConcurrentHashMap<NodeId, CircuitBreaker> breakers = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Pair, Integer> lostInARow = new ConcurrentHashMap<>();

  /**
   * @param patchedP2p whether p2p-nccl decode engines carry the patch that lets them serve a prompt
   *     alone; stock ones die of it
   */
  public EngineHealth(boolean patchedP2p) {
    this.patchedP2p = patchedP2p;
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
    if (lostInARow.isEmpty()) {
      return true;
    }
    return lostInARow.getOrDefault(Pair.of(prefill, decode), 0) < PAIR_FAILURES;
  }

  @Override
  public boolean alone(Node decode) {
    return patchedP2p || decode.connector().decodesAlone();
  }

  /** The node answered, whatever it said. */
  public void answered(Node node) {
    CircuitBreaker breaker = breakers.get(node.id());
    if (breaker != null) {
      breaker.onSuccess(0, TimeUnit.NANOSECONDS);
    }
  }

  /** The node could not be reached, broke off or failed by itself. */
  public void failed(Node node, Throwable why) {
    breakers
        .computeIfAbsent(node.id(), id -> CircuitBreaker.of(id.value(), BREAKER))
        .onError(0, TimeUnit.NANOSECONDS, why);
  }

  /** A handoff between the two worked. */
  public void handedOff(Node prefill, Node decode) {
    if (!lostInARow.isEmpty()) {
      lostInARow.remove(Pair.of(prefill, decode));
    }
  }

  /** A handoff between the two failed. */
  public void lostHandoff(Node prefill, Node decode) {
    int lost = lostInARow.merge(Pair.of(prefill, decode), 1, Integer::sum);
    if (lost == PAIR_FAILURES) {
      LOG.atWarn()
          .addKeyValue("prefill", prefill.id())
          .addKeyValue("decode", decode.id())
          .log("pair suspended: its handoffs fail; it is tried again after one of them restarts");
    }
  }

  /** Forgets nodes that left and lives that ended; called when the table of nodes changed. */
  public void keepOnly(Set<NodeId> present, Set<Epoch> epochs) {
    breakers.keySet().retainAll(present);
    lostInARow
        .keySet()
        .removeIf(
            pair -> !epochs.contains(pair.prefillEpoch) || !epochs.contains(pair.decodeEpoch));
  }

  /** Pairs that are not tried at the moment, as {@code prefill→decode}. */
  public List<String> suspendedPairs() {
    return lostInARow.entrySet().stream()
        .filter(entry -> entry.getValue() >= PAIR_FAILURES)
        .map(entry -> entry.getKey().prefill + "→" + entry.getKey().decode)
        .sorted()
        .toList();
  }

  private record Pair(NodeId prefill, Epoch prefillEpoch, NodeId decode, Epoch decodeEpoch) {
    static Pair of(Node prefill, Node decode) {
      return new Pair(prefill.id(), prefill.epoch(), decode.id(), decode.epoch());
    }
  }
}
