package io.turnpike.simulator.engine;

import io.turnpike.cost.EngineProfile;
import io.turnpike.simulator.cache.KvCache;
import io.turnpike.simulator.engine.EngineOptions.TokenEvents;
import io.turnpike.simulator.engine.Sequence.Place;
import io.turnpike.simulator.handoff.Claim;
import io.turnpike.simulator.handoff.Lease;
import io.turnpike.simulator.handoff.Leases;
import io.turnpike.simulator.step.StepModel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One vLLM engine as a state machine over a clock that its driver owns: it never sleeps, starts no
 * thread and reads no clock. Not thread-safe; all times are nanoseconds of the driver's clock and
 * never go back.
 *
 * <pre>
 *   submit ─▶ front end ─▶ waiting ─▶ running ──▶ outbox ─▶ listener
 *                            │  ▲        │ prefill leg: lease
 *                            ▼  │        └─▶ claim ─▶ release, or its end
 *                    KV arriving
 * </pre>
 *
 * <p>The driver's loop: call {@link #advance} with the time, do what the listener asked for, wait
 * until {@link #nextEventNanos()} or until something else happens, and again.
 */
public final class EngineCore {

  private static final long NEVER = Long.MAX_VALUE;

  private final EngineOptions options;
  private final KvCache cache;
  private final StepModel model;
  private final Scheduler scheduler;
  private final FrontEnd frontEnd;
  private final Outbox outbox;
  private final StepRow steps;
  private final Leases leases;
  private final Counters counters = new Counters();
  private final Map<String, Sequence> live = new HashMap<>();

  private long submitted;
  private long wakeNanos = NEVER;

  /** An idle engine with an empty cache. */
  public EngineCore(EngineProfile profile, EngineOptions options) {
    this.options = options;
    cache = new KvCache(profile.limits().kvTokens());
    model = new StepModel(profile.steps());
    steps = new StepRow(model);
    scheduler = new Scheduler(profile.limits(), options.handoff(), cache, model, counters);
    frontEnd = new FrontEnd(profile.frontEnd());
    outbox = new Outbox(FrontEnd.nanos(profile.frontEnd().afterMillis()));
    leases = new Leases(options.leaseNanos());
  }

  /**
   * Takes a request.
   *
   * @throws IllegalArgumentException if it can never fit, or its id is in use
   */
  public void submit(EngineRequest request, long nowNanos) {
    if (KvCache.blocksFor(request.totalTokens()) > cache.capacity()) {
      throw new IllegalArgumentException(
          "request %s: %d tokens (expected: at most %d, what the KV memory holds)"
              .formatted(
                  request.id(),
                  request.totalTokens(),
                  (long) cache.capacity() * KvCache.BLOCK_TOKENS));
    }
    if (live.containsKey(request.id()) || leases.get(request.id()) != null) {
      throw new IllegalArgumentException("request %s: id is in use".formatted(request.id()));
    }
    Sequence sequence = new Sequence(request, submitted++);
    live.put(request.id(), sequence);
    int hits = cache.hits(request.prompt().blockHashes(), request.prompt().findableBlocks());
    frontEnd.enter(sequence, hits * KvCache.BLOCK_TOKENS, nowNanos);
  }

  /** Takes a request back; its end is told. False when it is not here or has ended. */
  public boolean abort(String id, long nowNanos) {
    Sequence sequence = live.remove(id);
    if (sequence == null) {
      return false;
    }
    if (sequence.place == Place.RUNNING) {
      sequence.generated += (int) Math.max(0, steps.doneBy(nowNanos));
    }
    steps.cut(nowNanos);
    frontEnd.leave(sequence);
    scheduler.remove(sequence);
    sequence.place = Place.ENDED;
    counters.aborted++;
    outbox.drop(sequence);
    outbox.endNow(finished(sequence, Finished.Reason.ABORTED, null), nowNanos);
    wake(nowNanos);
    return true;
  }

  /** The transfer that its source called {@code LATER} is over; a failed one is recomputed. */
  public boolean deliver(String id, TransferEnd end, long nowNanos) {
    Sequence sequence = live.get(id);
    if (sequence == null || sequence.place != Place.ARRIVING) {
      return false;
    }
    steps.cut(nowNanos);
    scheduler.arrived(sequence, end == TransferEnd.COMPLETE);
    wake(nowNanos);
    return true;
  }

  /** A decode engine comes to read a finished prompt. */
  public Claim claim(String id) {
    return leases.claim(id);
  }

  /** The lease of a finished prompt, or null. */
  public @Nullable Lease lease(String id) {
    return leases.get(id);
  }

  /** All leases, oldest first. */
  public List<Lease> leases() {
    return leases.all();
  }

  /** The reader of a finished prompt is alive, so its blocks are kept longer. */
  public boolean heartbeat(String id, long nowNanos) {
    return leases.heartbeat(id, nowNanos);
  }

  /** A finished prompt has been read, or nobody wants it: its blocks are free again. */
  public boolean release(String id, long nowNanos) {
    Lease lease = leases.release(id);
    if (lease == null) {
      return false;
    }
    free(lease, nowNanos);
    return true;
  }

  /** When {@link #advance} has something to do next; {@link Long#MAX_VALUE} when idle. */
  public long nextEventNanos() {
    long next = Math.min(wakeNanos, steps.endNanos());
    next = Math.min(next, frontEnd.nextNanos());
    next = Math.min(next, outbox.nextNanos());
    next = Math.min(next, scheduler.nextArrivalNanos());
    return Math.min(next, leases.nextEndNanos());
  }

  /** Does all that is due until then, in order, and tells the listener of it. */
  public void advance(long nowNanos, EngineListener listener) {
    for (long next = nextEventNanos(); next <= nowNanos; next = nextEventNanos()) {
      advanceTo(next, listener);
    }
  }

  private void advanceTo(long nowNanos, EngineListener listener) {
    if (wakeNanos <= nowNanos) {
      wakeNanos = NEVER;
    }
    letIn(nowNanos);
    if (steps.endNanos() <= nowNanos) {
      endSteps(nowNanos);
    }
    if (scheduler.nextArrivalNanos() <= nowNanos && scheduler.receive(nowNanos)) {
      steps.cut(nowNanos);
    }
    for (Lease lease : leases.expire(nowNanos)) {
      counters.expiredLeases++;
      free(lease, nowNanos);
      wakeNanos = NEVER;
      listener.onLeaseExpired(lease, nowNanos);
    }
    outbox.deliver(nowNanos, listener);
    if (steps.isIdle() && scheduler.hasWork()) {
      startSteps(nowNanos, listener);
    }
  }

  private void letIn(long nowNanos) {
    for (Sequence s = frontEnd.poll(nowNanos); s != null; s = frontEnd.poll(nowNanos)) {
      scheduler.enqueue(s);
      steps.cut(nowNanos);
    }
  }

  private void startSteps(long nowNanos, EngineListener listener) {
    boolean any = scheduler.plan(nowNanos);
    for (Sequence sequence : scheduler.preempted()) {
      listener.onPreempted(sequence.request, nowNanos);
    }
    if (!any) {
      return;
    }
    boolean row = options.tokens() == TokenEvents.FIRST && model.isDecodeOnly();
    steps.start(nowNanos, row ? likeSteps() : 1);
  }

  /** Steps in a row in which every running request gets a token and nothing else happens. */
  private long likeSteps() {
    long most = scheduler.stepsThatFit();
    for (Sequence sequence : scheduler.running()) {
      if (sequence.generated == 0 || sequence.scheduled != 1) {
        return 1;
      }
      most = Math.min(most, sequence.request.maxTokens() - sequence.generated);
    }
    return most;
  }

  private void endSteps(long nowNanos) {
    counters.steps += steps.count();
    steps.end();
    List<Sequence> running = scheduler.running();
    int kept = 0;
    for (int i = 0; i < running.size(); i++) {
      Sequence sequence = running.get(i);
      if (endStep(sequence, nowNanos)) {
        live.remove(sequence.request.id());
      } else {
        running.set(kept++, sequence);
      }
    }
    while (running.size() > kept) {
      running.removeLast();
    }
  }

  /** Books the step for one sequence; true when it has ended with it. */
  private boolean endStep(Sequence sequence, long nowNanos) {
    if (sequence.scheduled == 0) {
      return false;
    }
    int computed = sequence.scheduled == 1 ? (int) steps.count() : sequence.scheduled;
    sequence.scheduled = 0;
    scheduler.grow(sequence, sequence.computed + computed);
    sequence.computed += computed;
    scheduler.rememberUpTo(sequence, sequence.computed);
    if (sequence.computed < sequence.tokens()) {
      return false;
    }
    int tokens = (int) steps.count();
    counters.generatedTokens += tokens;
    if (options.tokens() == TokenEvents.EVERY || sequence.generated == 0) {
      outbox.token(sequence, sequence.generated, nowNanos);
    }
    sequence.generated += tokens;
    if (sequence.generated < sequence.request.maxTokens()) {
      return false;
    }
    finish(sequence, nowNanos);
    return true;
  }

  private void finish(Sequence sequence, long nowNanos) {
    counters.finished++;
    sequence.place = Place.ENDED;
    Lease lease = null;
    if (sequence.isSending()) {
      lease = grant(sequence, nowNanos);
    } else {
      scheduler.giveBack(sequence);
    }
    outbox.end(finished(sequence, Finished.Reason.LENGTH, lease), nowNanos);
  }

  private Lease grant(Sequence sequence, long nowNanos) {
    int[] blocks = Arrays.copyOf(sequence.blocks, sequence.blockCount);
    int tokens = sequence.request.prompt().tokens();
    return leases.grant(sequence.request.id(), blocks, tokens, nowNanos);
  }

  private static Finished finished(
      Sequence sequence, Finished.Reason reason, @Nullable Lease lease) {
    return new Finished(
        sequence.request,
        reason,
        sequence.generated,
        sequence.cachedTokens,
        sequence.externalTokens,
        sequence.preemptions,
        lease);
  }

  private void free(Lease lease, long nowNanos) {
    steps.cut(nowNanos);
    cache.release(lease.blocks(), lease.blocks().length);
    wake(nowNanos);
  }

  private void wake(long nowNanos) {
    wakeNanos = Math.min(wakeNanos, nowNanos);
  }

  /** Forgets all cached prefixes. False, and nothing is done, while blocks are held. */
  public boolean resetPrefixCache() {
    return cache.reset();
  }

  /** Blocks that nobody holds. */
  public int freeBlocks() {
    return cache.free();
  }

  /** Requests that wait on the way in or for room. */
  public int waiting() {
    return frontEnd.size() + scheduler.waiting();
  }

  /** Requests in the running batch. */
  public int running() {
    return scheduler.running().size();
  }

  /** Requests that have not ended. */
  public int live() {
    return live.size();
  }

  /**
   * Checks the laws that hold between events; for tests.
   *
   * @throws IllegalStateException naming the law that is broken
   */
  public void verify(long nowNanos) {
    long holds = scheduler.verify();
    for (Sequence sequence : live.values()) {
      holds += sequence.place == Place.ARRIVING ? sequence.blockCount : 0;
    }
    for (Lease lease : leases.all()) {
      holds += lease.blocks().length;
      if (lease.endNanos() < nowNanos) {
        throw new IllegalStateException("lease " + lease.requestId() + " outlives its end");
      }
    }
    if (cache.verify() != holds) {
      throw new IllegalStateException(
          "blocks are held %d times (expected: %d)".formatted(cache.verify(), holds));
    }
    boolean idle = steps.isIdle() && wakeNanos == NEVER;
    if (idle && (running() > 0 || scheduler.couldAdmit())) {
      throw new IllegalStateException("idle, although there is work that fits");
    }
  }

  /** Gauges and counters as they are now. */
  public EngineStats stats() {
    return new EngineStats(
        running(),
        waiting(),
        leases.size(),
        cache.capacity(),
        cache.free(),
        counters.promptTokens,
        counters.prefixHitTokens,
        counters.externalTokens,
        counters.generatedTokens,
        counters.finished,
        counters.aborted,
        counters.preemptions,
        counters.expiredLeases,
        counters.steps);
  }

  /** How a transfer ended. */
  public enum TransferEnd {
    /** All of it is here. */
    COMPLETE,
    /** Nothing usable came. */
    FAILED
  }
}
