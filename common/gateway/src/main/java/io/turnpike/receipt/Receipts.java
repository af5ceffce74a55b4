package io.turnpike.receipt;

import io.turnpike.conversation.Recognition;
import io.turnpike.conversation.Recognition.Match;
import io.turnpike.error.ApiError;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.routing.Reason;
import io.turnpike.routing.Route;
import io.turnpike.routing.RouteDecision;
import io.turnpike.turn.Outcome;
import io.turnpike.turn.TurnRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The latest receipts, newest last, and the metrics and log lines made of each. Bounded;
 * thread-safe (guarded by {@code latest}: one short critical section a turn, none a chunk).
 */
public final class Receipts {

  /** The match of a turn that ended before its conversation was looked for. */
  static final String UNRECOGNISED = "unknown";

  /** They have a list of their own: a storm of them must not drive the receipts of turns out. */
  private static final int MAX_REFUSED = 200;

  private final int capacity;
  private final TurnMetrics metrics;
  private final TurnLog log;
  private final ArrayDeque<Receipt> latest = new ArrayDeque<>();
  private final ArrayDeque<Refusal> latestRefused = new ArrayDeque<>();
  private long total;

  public Receipts(int capacity, TurnMetrics metrics, TurnLog log) {
    this.capacity = capacity;
    this.metrics = metrics;
    this.log = log;
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
      synchronized (latestRefused) {
        latestRefused.clear();
      }
      int kept = latest.size();
      latest.clear();
      total = 0;
      return kept;
    }
  }

  /** Keeps and counts a request that became no turn. */
  public void refused(Refusal refusal) {
    synchronized (latestRefused) {
      if (latestRefused.size() == MAX_REFUSED) {
        latestRefused.removeFirst();
      }
      latestRefused.addLast(refusal);
    }
    metrics.refused(refusal.error());
    log.refused(refusal.error());
  }

  /** Counts a request for something else than a turn that was kept out. */
  public void keptOut(ApiError error) {
    metrics.refused(error);
    log.refused(error);
  }

  /** The latest requests that became no turns, oldest first. */
  public List<Refusal> latestRefused() {
    synchronized (latestRefused) {
      return new ArrayList<>(latestRefused);
    }
  }

  /** Keeps the receipt of a turn that is over, unless it was a probe, and counts it. */
  public Receipt finish(TurnEnd end, long nowNanos) {
    Receipt receipt = receipt(end, nowNanos);
    if (!end.asked().probe()) {
      keep(receipt);
    }
    Recognition known = end.recognition().known();
    metrics.count(receipt, known == null ? 0 : known.expectedCachedTokens());
    log.ended(receipt);
    return receipt;
  }

  private void keep(Receipt receipt) {
    synchronized (latest) {
      if (latest.size() == capacity) {
        latest.removeFirst();
      }
      latest.addLast(receipt);
      total++;
    }
  }

  private static Receipt receipt(TurnEnd end, long nowNanos) {
    TurnEnd.Asked asked = end.asked();
    TurnRecord record = end.record();
    TurnEnd.Said said = end.said();
    RouteDecision decision = record.decision();
    Recognition known = end.recognition().known();
    long prompt = said.usage().promptTokens();
    long cached = said.usage().cachedTokens();
    Outcome outcome = record.outcome();
    return new Receipt(
        asked.id(),
        end.trace(),
        asked.at(),
        asked.api(),
        asked.caller(),
        asked.model(),
        asked.stream(),
        asked.mode(),
        decision == null ? Route.REJECTED : decision.route(),
        decision == null ? Reason.UNDECIDED : decision.reason(),
        decision == null ? null : id(decision.prefill()),
        decision == null ? null : id(decision.answering()),
        end.recognition().hash(),
        known == null ? 0 : known.turn(),
        known == null ? UNRECOGNISED : word(known.match()),
        record.troubles(),
        record.lostHandoffs(),
        end.resumed(),
        said.status(),
        outcome == null ? Outcome.CLIENT_GONE : outcome,
        prompt >= 0 ? prompt : said.prefillPromptTokens(),
        cached >= 0 ? cached : said.prefillCachedTokens(),
        said.completionTokens(),
        timing(record, nowNanos),
        decision == null ? null : decision.predicted());
  }

  /** A match's name in receipts and metrics. */
  static String word(Match match) {
    return match.name().toLowerCase(Locale.ROOT);
  }

  private static Receipt.Timing timing(TurnRecord record, long endedNanos) {
    long decodeSent = record.decodeSentNanos();
    return new Receipt.Timing(
        millis(record.beganNanos(), record.recognisedNanos()),
        record.prefillNanos() < 0 ? Double.NaN : record.prefillNanos() / 1e6,
        millis(decodeSent, record.firstContentNanos()),
        millis(decodeSent, decodeSent == 0 ? 0 : endedNanos),
        millis(record.beganNanos(), record.firstContentNanos()),
        millis(record.beganNanos(), endedNanos));
  }

  private static double millis(long fromNanos, long toNanos) {
    return fromNanos == 0 || toNanos == 0 ? Double.NaN : (toNanos - fromNanos) / 1e6;
  }

  private static @Nullable NodeId id(@Nullable Node node) {
    return node == null ? null : node.id();
  }
}
