package io.turnpike.admission;

import io.turnpike.caller.Caller;
import io.turnpike.caller.Limits;
import io.turnpike.error.ApiError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The door of a gateway: turns go in while rates and places last, wait in a bounded queue while
 * they do not, and are refused beyond that or while the gateway drains. Thread-safe: what changes
 * is guarded by one lock, held for some arithmetic twice a turn; visitors are told without it.
 *
 * <pre>
 *   turn ── room for its caller and in the gateway? ── yes ── Permit
 *             └─ no ── its caller's line ── round robin over lines ── Permit, on the turn's loop
 *                        └─ full, or too slow ── 429
 * </pre>
 *
 * <p>Each caller has a line of its own, and lines are served in turn, so that a thousand turns of
 * one never stand before the one of another. When all lines together are full, the longest gives
 * its last turn up for that of a caller with a shorter one.
 *
 * <p>Places are counted by Resilience4j's bulkheads. Its own waiting was not taken: it blocks a
 * thread, and knows one line for all.
 */
public final class Admission {

  private final Limits ofGateway;
  private final Limits ofCaller;
  private final LongSupplier ticker;
  private final Gate gateway;
  private final Object lock = new Object();

  // --- guarded by the lock ---

  private final Map<String, Line> lines = new HashMap<>();
  private final FairQueue queue = new FairQueue();
  private final Refusals refusals;
  private @Nullable Runnable onIdle;
  private int parts = 1;
  private boolean timerIsSet;
  private long timerNanos;

  // --- written under the lock, read anywhere ---

  private final AtomicInteger inside = new AtomicInteger();
  private volatile int waiting;
  private volatile boolean draining;

  /**
   * @param ofGateway of all callers together
   * @param ofCaller of each caller whose own say nothing
   * @param ticker nanoseconds
   */
  public Admission(Limits ofGateway, Limits ofCaller, LongSupplier ticker) {
    this.ofGateway = ofGateway;
    this.ofCaller = ofCaller;
    this.ticker = ticker;
    this.gateway = new Gate("gateway", ofGateway, ticker);
    this.refusals = new Refusals(gateway);
  }

  /** Turns under way. */
  public int turns() {
    return inside.get();
  }

  /** Turns that wait. */
  public int waiting() {
    return waiting;
  }

  /** How many turns may be under way; 0: any number. */
  public int places() {
    return gateway.places();
  }

  /** Whether no more turns are let in. */
  public boolean isDraining() {
    return draining;
  }

  Gate gate() {
    return gateway;
  }

  // --- coming in ---

  /**
   * A turn comes. Its visitor is told at once if that is known at once.
   *
   * @return what it waits with, or null: it has been told
   */
  public @Nullable Ticket enter(Visitor visitor) {
    News news = new News();
    Ticket ticket = null;
    Permit permit = null;
    ApiError refusal = null;
    synchronized (lock) {
      Line line = line(visitor.caller());
      serve(news);
      if (draining) {
        refusal = ApiError.draining();
      } else if (line.isEmpty() && tryEnter(line)) {
        permit = begin(line);
      } else {
        refusal = makeRoom(line, news);
        ticket = refusal == null ? queue(line, visitor) : null;
      }
    }
    news.tell();
    if (permit != null) {
      visitor.admitted(permit);
    } else if (refusal != null) {
      visitor.refused(refusal);
    }
    return ticket;
  }

  @SuppressWarnings("ReferenceEquality") // each reading of the file makes callers anew
  private Line line(Caller caller) {
    Line line = lines.get(caller.id());
    if (line == null) {
      line = new Line(caller, limits(caller), ticker);
      lines.put(caller.id(), line);
      giveOut(line);
    } else if (line.caller() != caller) {
      line.adopt(caller, limits(caller), ticker);
      giveOut(line);
    }
    return line;
  }

  /** Who is not named has the gateway's limits alone; a line may be as long as all together. */
  private Limits limits(Caller caller) {
    Limits waits = new Limits(null, null, null, ofGateway.queue(), ofGateway.maxWait(), null);
    return caller.isNamed() ? caller.limits().or(ofCaller).or(waits) : waits;
  }

  private boolean tryEnter(Line line) {
    if (!gateway.tryEnter()) {
      return false;
    }
    if (!line.gate().tryEnter()) {
      gateway.undo();
      return false;
    }
    return true;
  }

  private Permit begin(Line line) {
    inside.incrementAndGet();
    line.inside++;
    return new Permit(this, line, ticker.getAsLong());
  }

  // --- waiting ---

  /** Makes room for one more in a line, or says why there is none. */
  private @Nullable ApiError makeRoom(Line line, News news) {
    int most = ofGateway.queue() == null ? 0 : ofGateway.queue();
    boolean tooSlow = line.gate().nanosUntil(line.size() + 1) > line.waitNanos();
    if (line.size() >= line.maxWaiting() || tooSlow) {
      return refusals.noRoom(line, queue.size(), most > 0 && line.maxWaiting() > 0);
    }
    if (queue.size() < most) {
      return null;
    }
    Ticket crowdedOut = queue.takeLastOfLonger(line.size());
    if (crowdedOut == null) {
      return refusals.noRoom(line, queue.size(), most > 0);
    }
    news.refused(crowdedOut, refusals.noRoom(crowdedOut.line, queue.size(), true));
    return null;
  }

  private Ticket queue(Line line, Visitor visitor) {
    Ticket ticket = new Ticket(this, visitor, line, ticker.getAsLong() + line.waitNanos());
    queue.add(ticket);
    waiting = queue.size();
    setTimer();
    return ticket;
  }

  /** Sends away who is too late, and lets in whoever can go in now, one of each line in turn. */
  private void serve(News news) {
    if (queue.isEmpty()) {
      return;
    }
    queue.takeLate(
        ticker.getAsLong(), late -> news.refused(late, refusals.tooLate(late.line, queue.size())));
    while (!queue.isEmpty() && gateway.tryEnter()) {
      Ticket next = queue.takeNext();
      if (next == null) {
        gateway.undo();
        break;
      }
      news.admitted(next, begin(next.line));
    }
    waiting = queue.size();
    setTimer();
  }

  void left(Ticket ticket) {
    synchronized (lock) {
      queue.remove(ticket);
      waiting = queue.size();
    }
  }

  // --- time ---

  /** When somebody's time comes all are looked at again, by the loop of one who waits. */
  private void setTimer() {
    Ticket any = queue.any();
    if (any == null) {
      return;
    }
    long now = ticker.getAsLong();
    long inNanos = queue.nanosUntilNext(now, gateway);
    if (timerIsSet && now + inNanos - timerNanos >= 0) {
      return;
    }
    timerIsSet = true;
    timerNanos = now + inNanos;
    try {
      var _ = any.visitor.loop().schedule(this::woken, inNanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException ended) {
      timerIsSet = false; // its loop has ended, and its client with it
    }
  }

  private void woken() {
    News news = new News();
    synchronized (lock) {
      timerIsSet = false;
      serve(news);
    }
    news.tell();
  }

  // --- leaving ---

  void ended(Line line, Gate entered, long beganNanos) {
    News news = new News();
    synchronized (lock) {
      refusals.held(ticker.getAsLong() - beganNanos);
      inside.decrementAndGet();
      line.inside--;
      entered.leave();
      gateway.leave();
      serve(news);
      tellIfIdle(news);
    }
    news.tell();
  }

  /**
   * Lets no more turns in: those that wait are refused, those under way go on, and after the last
   * of them this is run, once.
   */
  public void drain(Runnable whenIdle) {
    News news = new News();
    synchronized (lock) {
      draining = true;
      onIdle = whenIdle;
      queue.takeAll(ticket -> news.refused(ticket, ApiError.draining()));
      waiting = 0;
      tellIfIdle(news);
    }
    news.tell();
  }

  private void tellIfIdle(News news) {
    Runnable idle = onIdle;
    if (inside.get() == 0 && draining && idle != null) {
      onIdle = null;
      news.add(idle);
    }
  }

  /** Forgets callers that are listed no more and have nothing under way. */
  public void keepOnly(Set<String> ids) {
    synchronized (lock) {
      lines.values().removeIf(line -> line.isIdle() && !ids.contains(line.caller().id()));
    }
  }

  // --- what replicas share ---

  /** What callers have used since this was last asked. */
  List<SharedLimits.Usage> takeUsage() {
    List<SharedLimits.Usage> all = new ArrayList<>();
    synchronized (lock) {
      lines.values().stream()
          .flatMap(line -> line.gate().buckets())
          .forEach(
              bucket -> {
                long used = bucket.takeUsed();
                if (used != 0) {
                  all.add(new SharedLimits.Usage(bucket, used));
                }
              });
    }
    return all;
  }

  /** From now on each caller gets one of so many equal parts of its limits here. */
  void giveOut(int ofSoMany) {
    News news = new News();
    synchronized (lock) {
      parts = ofSoMany;
      lines.values().forEach(line -> line.gate().buckets().forEach(one -> one.giveOut(parts)));
      serve(news);
    }
    news.tell();
  }

  private void giveOut(Line line) {
    if (parts > 1) {
      line.gate().buckets().forEach(bucket -> bucket.giveOut(parts));
    }
  }

  /** What is to be told once the lock is free, each turn on its own loop. */
  private static final class News {

    private final List<Runnable> all = new ArrayList<>(0);

    void admitted(Ticket ticket, Permit permit) {
      add(() -> onLoop(ticket, () -> ticket.visitor.admitted(permit), permit::release));
    }

    void refused(Ticket ticket, ApiError error) {
      add(() -> onLoop(ticket, () -> ticket.visitor.refused(error), () -> {}));
    }

    void add(Runnable one) {
      all.add(one);
    }

    void tell() {
      all.forEach(Runnable::run);
    }

    /** A loop that has ended has no client left to be told; a permit must not be lost with it. */
    private static void onLoop(Ticket ticket, Runnable what, Runnable otherwise) {
      try {
        ticket.visitor.loop().execute(what);
      } catch (RejectedExecutionException ended) {
        otherwise.run();
      }
    }
  }
}
