package io.turnpike.engine;

import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which P–D pairs hand KV over, as this gateway saw it. After three lost handoffs in a row a pair
 * is left alone for 5 s, then one turn tries it; each failure doubles the pause, up to 60 s. A
 * success ends it, and so does a new life of P or D: vLLM 0.32 fails every pull from a P that came
 * back under its old engine id, for good. Thread-safe.
 */
final class PairHealth {

  /** Lost handoffs in a row after which a pair is left alone. */
  static final int MAX_LOST = 3;

  private static final long FIRST_PAUSE_NANOS = Duration.ofSeconds(5).toNanos();
  private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(60).toNanos();

  private static final Logger LOG = LoggerFactory.getLogger(PairHealth.class);

  private final LongSupplier ticker;
  private final ConcurrentHashMap<Pair, Losses> losses = new ConcurrentHashMap<>();

  PairHealth(LongSupplier ticker) {
    this.ticker = ticker;
  }

  private record Pair(NodeId prefill, Epoch prefillEpoch, NodeId decode, Epoch decodeEpoch) {
    static Pair of(Node prefill, Node decode) {
      return new Pair(prefill.id(), prefill.epoch(), decode.id(), decode.epoch());
    }
  }

  /**
   * @param inARow lost since the last success
   * @param pauseNanos how long the pair is left alone; 0: it is not
   * @param nextTryNanos when a turn may try it
   */
  private record Losses(int inARow, long pauseNanos, long nextTryNanos) {

    Losses another(long nowNanos) {
      int lost = inARow + 1;
      if (lost < MAX_LOST) {
        return new Losses(lost, 0, 0);
      }
      long pause =
          pauseNanos == 0 ? FIRST_PAUSE_NANOS : Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
      return new Losses(lost, pause, nowNanos + pause);
    }

    boolean isSuspended() {
      return pauseNanos > 0;
    }

    boolean isDue(long nowNanos) {
      return !isSuspended() || nowNanos - nextTryNanos >= 0;
    }

    /** One turn tries it; the others wait for what comes of that. */
    Losses tried(long nowNanos) {
      return isSuspended() ? new Losses(inARow, pauseNanos, nowNanos + pauseNanos) : this;
    }
  }

  boolean mayTry(Node prefill, Node decode) {
    if (losses.isEmpty()) {
      return true;
    }
    Losses known = losses.get(Pair.of(prefill, decode));
    return known == null || known.isDue(ticker.getAsLong());
  }

  void tries(Node prefill, Node decode) {
    if (!losses.isEmpty()) {
      losses.computeIfPresent(
          Pair.of(prefill, decode), (pair, known) -> known.tried(ticker.getAsLong()));
    }
  }

  void handedOff(Node prefill, Node decode) {
    if (losses.isEmpty()) {
      return;
    }
    Losses before = losses.remove(Pair.of(prefill, decode));
    if (before != null && before.isSuspended()) {
      LOG.atInfo()
          .addKeyValue("prefill", prefill.id())
          .addKeyValue("decode", decode.id())
          .log("pair hands over again");
    }
  }

  void lost(Node prefill, Node decode) {
    Losses now = losses.merge(Pair.of(prefill, decode), new Losses(1, 0, 0), this::another);
    if (now.inARow == MAX_LOST) {
      LOG.atWarn()
          .addKeyValue("prefill", prefill.id())
          .addKeyValue("decode", decode.id())
          .log("pair suspended: its handoffs fail; one turn tries it after a pause");
    }
  }

  private Losses another(Losses known, Losses first) {
    return known.another(ticker.getAsLong());
  }

  /** Forgets lives that ended. */
  void keepOnly(Set<Epoch> epochs) {
    losses
        .keySet()
        .removeIf(
            pair -> !epochs.contains(pair.prefillEpoch) || !epochs.contains(pair.decodeEpoch));
  }

  /** Pairs that are left alone at the moment. */
  List<SuspendedPair> suspended() {
    long now = ticker.getAsLong();
    return losses.entrySet().stream()
        .filter(entry -> entry.getValue().isSuspended())
        .map(entry -> shown(entry.getKey(), entry.getValue(), now))
        .sorted(Comparator.comparing(SuspendedPair::prefill).thenComparing(SuspendedPair::decode))
        .toList();
  }

  private static SuspendedPair shown(Pair pair, Losses losses, long nowNanos) {
    Duration wait = Duration.ofNanos(Math.max(0, losses.nextTryNanos - nowNanos));
    return new SuspendedPair(pair.prefill, pair.decode, losses.inARow, wait);
  }
}
