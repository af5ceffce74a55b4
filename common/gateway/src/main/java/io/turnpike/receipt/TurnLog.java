package io.turnpike.receipt;

import io.turnpike.error.ApiError;
import io.turnpike.node.NodeId;
import io.turnpike.turn.Outcome;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The lines that turns leave in the log: those that went wrong or were healed, a few a reason and
 * span of time, and every turn where an access log is wanted. Nothing that a client sent is in
 * them. Whoever ends a turn only hands its receipt over; lines are made and written by a thread of
 * their own, so that no event loop waits for a slow log. Thread-safe.
 *
 * <pre>
 *   turn ends ── answered, no access log ── nothing more
 *             └─ else: budget left? ── no ── counted ──────────── "lines left out", every 10 s
 *                                   └─ yes ── queue (bounded) ── the log's thread ── line
 * </pre>
 */
public final class TurnLog implements AutoCloseable {

  /** Lines of one reason in one span. */
  static final int LINES = 5;

  /** How long a span is. */
  static final Duration SPAN = Duration.ofSeconds(10);

  /** Lines that may wait to be written; more are left out. */
  private static final int MAX_WAITING = 8192;

  /** The reason of lines for which the queue had no room. */
  private static final String TOO_SLOW = "log-too-slow";

  /** Where an access log goes; below ours, so that it has our level. */
  static final String ACCESS_LOGGER = "io.turnpike.access";

  private static final Logger LOG = LoggerFactory.getLogger(TurnLog.class);
  private static final Logger ACCESS = LoggerFactory.getLogger(ACCESS_LOGGER);

  private final boolean access;
  private final int maxWaiting;
  private final LogBudget budget = new LogBudget(LINES);
  private final LogBudget tooSlow = new LogBudget(0);
  private final LinkedTransferQueue<Entry> queue = new LinkedTransferQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Thread writer;

  /** What waits for its line. */
  private sealed interface Entry {
    record Ended(Receipt receipt) implements Entry {}

    record Refused(ApiError error) implements Entry {}

    record Stop() implements Entry {}
  }

  /** Starts the log's thread. */
  public TurnLog(AccessLog access) {
    this(access, MAX_WAITING);
  }

  TurnLog(AccessLog access, int maxWaiting) {
    this.access = access == AccessLog.ON;
    this.maxWaiting = maxWaiting;
    this.writer = Thread.ofPlatform().name("turnpike-log").daemon().start(this::write);
  }

  /** Whether every turn has a line. */
  public enum AccessLog {
    ON,
    OFF
  }

  /** A turn is over. */
  void ended(Receipt receipt) {
    if (access) {
      offer(new Entry.Ended(receipt));
    } else if (isWorthALine(receipt) && budget.allows(reason(receipt))) {
      offer(new Entry.Ended(receipt));
    }
  }

  /** A request did not become a turn. */
  void refused(ApiError error) {
    if (budget.allows("request/" + error.code())) {
      offer(new Entry.Refused(error));
    }
  }

  /** What a client did is nobody's news, and neither is a turn that went well at once. */
  private static boolean isWorthALine(Receipt receipt) {
    return switch (receipt.outcome()) {
      case ANSWERED -> !receipt.troubles().isEmpty();
      case CLIENT_GONE -> false;
      case REFUSED, FAILED, CUT, CLIENT_SLOW, REJECTED -> true;
    };
  }

  private static String reason(Receipt receipt) {
    return receipt.outcome().word() + "/" + receipt.reason().word();
  }

  private void offer(Entry entry) {
    if (waiting.incrementAndGet() > maxWaiting) {
      waiting.decrementAndGet();
      tooSlow.allows(TOO_SLOW);
    } else {
      queue.offer(entry);
    }
  }

  // --- the log's thread ---

  private void write() {
    long spanEnd = System.nanoTime() + SPAN.toNanos();
    try {
      while (true) {
        Entry entry = queue.poll(spanEnd - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (entry instanceof Entry.Stop) {
          tellLeftOut();
          return;
        }
        if (entry != null) {
          waiting.decrementAndGet();
          line(entry);
        }
        if (System.nanoTime() - spanEnd >= 0) {
          tellLeftOut();
          spanEnd = System.nanoTime() + SPAN.toNanos();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tellLeftOut() {
    budget.next().forEach(TurnLog::leftOut);
    tooSlow.next().forEach(TurnLog::leftOut);
  }

  private static void leftOut(String reason, int lines) {
    LOG.atWarn().addKeyValue("reason", reason).addKeyValue("lines", lines).log("lines left out");
  }

  private void line(Entry entry) {
    switch (entry) {
      case Entry.Ended(Receipt receipt) -> line(receipt);
      case Entry.Refused(ApiError error) ->
          LOG.atInfo()
              .addKeyValue("status", error.status())
              .addKeyValue("code", String.valueOf(error.code()))
              .log("request refused");
      case Entry.Stop _ -> {}
    }
  }

  private void line(Receipt receipt) {
    Receipt.Timing timing = receipt.timing();
    LoggingEventBuilder line =
        (access ? ACCESS : LOG)
            .atLevel(level(receipt.outcome()))
            .addKeyValue("id", receipt.id())
            .addKeyValue("outcome", receipt.outcome().word())
            .addKeyValue("status", receipt.status())
            .addKeyValue("route", receipt.route().word())
            .addKeyValue("reason", receipt.reason().word());
    line = node(line, "prefill", receipt.prefill());
    line = node(line, "decode", receipt.decode());
    if (receipt.trace() != null) {
      line = line.addKeyValue("trace_id", receipt.trace());
    }
    if (!receipt.troubles().isEmpty()) {
      line = line.addKeyValue("troubles", String.join("; ", receipt.troubles()));
    }
    if (!receipt.resumed().isEmpty()) {
      line = line.addKeyValue("resumed", receipt.resumed().size());
    }
    if (access) {
      line = figures(line, receipt);
    }
    line.addKeyValue("total_ms", millis(timing.totalMs())).log(message(receipt.outcome()));
  }

  private static LoggingEventBuilder figures(LoggingEventBuilder line, Receipt receipt) {
    return line.addKeyValue("path", receipt.api().path())
        .addKeyValue("turn", receipt.turn())
        .addKeyValue("stream", receipt.stream())
        .addKeyValue("prompt_tokens", count(receipt.promptTokens()))
        .addKeyValue("cached_tokens", count(receipt.cachedTokens()))
        .addKeyValue("completion_tokens", count(receipt.completionTokens()))
        .addKeyValue("ttft_ms", millis(receipt.timing().ttftMs()));
  }

  private static LoggingEventBuilder node(
      LoggingEventBuilder line, String key, @Nullable NodeId node) {
    return node == null ? line : line.addKeyValue(key, node.value());
  }

  private static String count(long tokens) {
    return tokens < 0 ? "-" : Long.toString(tokens);
  }

  private static String millis(double millis) {
    return Double.isNaN(millis) ? "-" : String.format(Locale.ROOT, "%.1f", millis);
  }

  private static Level level(Outcome outcome) {
    return switch (outcome) {
      case ANSWERED, REFUSED, CLIENT_GONE, CLIENT_SLOW -> Level.INFO;
      case FAILED, CUT, REJECTED -> Level.WARN;
    };
  }

  private String message(Outcome outcome) {
    return switch (outcome) {
      case ANSWERED -> access ? "turn" : "turn healed";
      case REFUSED -> "turn refused by the engine";
      case FAILED -> "turn failed";
      case CUT -> "answer cut";
      case CLIENT_GONE -> "turn left by its client";
      case CLIENT_SLOW -> "turn ended: its client took no byte";
      case REJECTED -> "turn rejected";
    };
  }

  /** Writes what waits, and ends the thread. */
  @Override
  public void close() {
    queue.offer(new Entry.Stop());
    try {
      writer.join(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
