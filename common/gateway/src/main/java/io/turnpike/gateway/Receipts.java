package io.turnpike.gateway;

import io.turnpike.conversation.Recognition;
import io.turnpike.engine.HeldAnswer;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.openai.Usage;
import io.turnpike.routing.RouteDecision;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.SignalType;

/**
 * The latest receipts, newest last, and the metrics made of each. Bounded; thread-safe (guarded by
 * {@code latest}: one short critical section a turn, none a chunk).
 */
public final class Receipts {

  private final int capacity;
  private final TurnMetrics metrics;
  private final LongSupplier ticker;
  private final ArrayDeque<Receipt> latest = new ArrayDeque<>();
  private long total;

  Receipts(int capacity, TurnMetrics metrics, LongSupplier ticker) {
    this.capacity = capacity;
    this.metrics = metrics;
    this.ticker = ticker;
  }

  /** The latest receipts, oldest first. */
  public List<Receipt> latest() {
    synchronized (latest) {
      return new ArrayList<>(latest);
    }
  }

  /** A receipt by its id, or null if it is not kept any more. */
  public @Nullable Receipt find(String id) {
    synchronized (latest) {
      return latest.stream().filter(receipt -> receipt.id().equals(id)).findFirst().orElse(null);
    }
  }

  /** Turns ended since the start, or since the receipts were cleared. */
  public long total() {
    synchronized (latest) {
      return total;
    }
  }

  /** Forgets all; returns how many were kept. */
  public int clear() {
    synchronized (latest) {
      int kept = latest.size();
      latest.clear();
      total = 0;
      return kept;
    }
  }

  /** Ends a turn: gives its place back, keeps its receipt, counts it. */
  void finish(Turn turn, SignalType end) {
    turn.releasePlace();
    Receipt receipt = receipt(turn, end, ticker.getAsLong());
    HeldAnswer held = turn.answer;
    if (held != null) {
      held.cancel(); // after the end it has nothing left; a client that left first never took it
    }
    synchronized (latest) {
      if (latest.size() == capacity) {
        latest.removeFirst();
      }
      latest.addLast(receipt);
      total++;
    }
    metrics.count(receipt);
  }

  private static Receipt receipt(Turn turn, SignalType end, long endedNanos) {
    Recognition known = turn.settledRecognition();
    HeldAnswer answer = turn.answer;
    Usage usage = answer == null ? Usage.UNKNOWN : answer.usage();
    return new Receipt(
        turn.id,
        turn.at,
        turn.body.api(),
        turn.body.model(),
        turn.body.isStream(),
        turn.routing.word(),
        turn.decision.route(),
        turn.decision.reason(),
        id(turn.decision.prefill()),
        id(turn.decision.answering()),
        turn.conversation,
        turn.number(),
        known == null ? "unknown" : known.match().name().toLowerCase(Locale.ROOT),
        List.copyOf(turn.attempts.troubles),
        turn.attempts.lostHandoffs,
        end == SignalType.CANCEL && turn.answer == null ? 0 : turn.status,
        outcome(turn, end),
        usage.promptTokens() >= 0 ? usage.promptTokens() : turn.prefillPromptTokens,
        usage.cachedTokens() >= 0 ? usage.cachedTokens() : turn.prefillCachedTokens,
        completionTokens(answer, usage),
        timing(turn, endedNanos));
  }

  private static long completionTokens(@Nullable HeldAnswer answer, Usage usage) {
    if (usage.completionTokens() >= 0 || answer == null) {
      return usage.completionTokens();
    }
    return answer.isEventStream() ? answer.contentEvents() : -1;
  }

  private static Outcome outcome(Turn turn, SignalType end) {
    HeldAnswer answer = turn.answer;
    // A client that leaves during an answer ends the sending of it as if it were whole; one that
    // leaves right after the last byte may cancel what is already done.
    boolean left = answer == null ? end == SignalType.CANCEL : answer.isGivenUp();
    if (left || (end == SignalType.CANCEL && answer != null && !answer.isPassedOn())) {
      return Outcome.CLIENT_GONE;
    }
    if (turn.failure != null || end == SignalType.ON_ERROR) {
      return answer != null && turn.status == 200 ? Outcome.CUT : failed(turn);
    }
    if (turn.said != null) {
      return failed(turn);
    }
    return answer != null && answer.failureAfterContent() == null ? Outcome.ANSWERED : Outcome.CUT;
  }

  private static Outcome failed(Turn turn) {
    if (turn.decision instanceof RouteDecision.Refused) {
      return Outcome.REJECTED;
    }
    return turn.status >= 400 && turn.status < 500 ? Outcome.REFUSED : Outcome.FAILED;
  }

  private static Receipt.Timing timing(Turn turn, long endedNanos) {
    return new Receipt.Timing(
        millis(turn.beganNanos, turn.recognisedNanos),
        millis(turn.prefillSentNanos, turn.prefillAnsweredNanos),
        millis(turn.decodeSentNanos, turn.firstContentNanos),
        millis(turn.decodeSentNanos, turn.decodeSentNanos == 0 ? 0 : endedNanos),
        millis(turn.beganNanos, turn.firstContentNanos),
        millis(turn.beganNanos, endedNanos));
  }

  private static double millis(long fromNanos, long toNanos) {
    return fromNanos == 0 || toNanos == 0 ? Double.NaN : (toNanos - fromNanos) / 1e6;
  }

  private static @Nullable NodeId id(@Nullable Node node) {
    return node == null ? null : node.id();
  }
}
