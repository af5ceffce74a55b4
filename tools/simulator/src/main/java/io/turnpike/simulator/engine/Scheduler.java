package io.turnpike.simulator.engine;

import io.turnpike.cost.EngineLimits;
import io.turnpike.cost.HandoffCosts;
import io.turnpike.simulator.cache.KvCache;
import io.turnpike.simulator.engine.Sequence.Place;
import io.turnpike.simulator.handoff.Handoff;
import io.turnpike.simulator.handoff.KvSource;
import io.turnpike.simulator.step.StepModel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Decides what the next step computes, in vLLM V1's order: every running request first, oldest
 * first, a token for each decode and a chunk for each prompt, within the token budget; then waiting
 * requests, first come first served, while budget, sequence slots and blocks last. When a running
 * request finds no block, the newest running one gives its blocks back and starts again later
 * (finding in the prefix cache what nobody has taken meanwhile); no waiting request is let in in
 * that step.
 */
final class Scheduler {

  private final EngineLimits limits;
  private final HandoffCosts handoffCosts;
  private final KvCache cache;
  private final StepModel model;
  private final Counters counters;
  private final List<Sequence> running = new ArrayList<>();
  private final ArrayDeque<Sequence> waiting = new ArrayDeque<>();
  private final Transfers transfers = new Transfers();
  private final List<Sequence> preempted = new ArrayList<>();
  private int arriving;
  private int budget;

  Scheduler(
      EngineLimits limits,
      HandoffCosts handoffCosts,
      KvCache cache,
      StepModel model,
      Counters counters) {
    this.limits = limits;
    this.handoffCosts = handoffCosts;
    this.cache = cache;
    this.model = model;
    this.counters = counters;
  }

  List<Sequence> running() {
    return running;
  }

  int waiting() {
    return waiting.size() + arriving;
  }

  boolean hasWork() {
    return !running.isEmpty() || !waiting.isEmpty();
  }

  /** When the next KV under way arrives. */
  long nextArrivalNanos() {
    return transfers.nextNanos();
  }

  void enqueue(Sequence sequence) {
    sequence.place = Place.WAITING;
    waiting.addLast(sequence);
  }

  /** Fills the step model with the next step; false when there is nothing to compute. */
  boolean plan(long nowNanos) {
    preempted.clear();
    boolean any = planOnce(nowNanos);
    return any || (!preempted.isEmpty() && planOnce(nowNanos));
  }

  /** The running requests that {@link #plan} sent back. */
  List<Sequence> preempted() {
    return preempted;
  }

  private boolean planOnce(long nowNanos) {
    model.begin();
    budget = limits.tokenBudget();
    int before = preempted.size();
    for (int i = 0; i < running.size(); i++) {
      planRunning(running.get(i));
    }
    if (preempted.size() == before) {
      admitWaiting(nowNanos);
    }
    return budget < limits.tokenBudget();
  }

  private void planRunning(Sequence sequence) {
    sequence.scheduled = 0;
    int chunk = Math.min(sequence.remaining(), budget);
    if (chunk == 0) {
      return;
    }
    while (!fits(sequence, sequence.computed + chunk)) {
      if (running.size() == 1 && takeFromWaiting(sequence)) {
        continue;
      }
      Sequence victim = running.removeLast();
      preempt(victim);
      if (victim == sequence) {
        return;
      }
    }
    grow(sequence, sequence.computed + chunk);
    schedule(sequence, chunk);
  }

  private void admitWaiting(long nowNanos) {
    while (budget > 0 && !waiting.isEmpty() && running.size() < limits.maxSequences()) {
      Sequence next = waiting.peekFirst();
      if (!admit(next, nowNanos)) {
        return;
      }
      waiting.removeFirst();
    }
  }

  private boolean admit(Sequence sequence, long nowNanos) {
    boolean arrived = sequence.blockCount > 0;
    if (!arrived && !takePrefix(sequence, nowNanos)) {
      return false;
    }
    if (sequence.place == Place.ARRIVING) {
      return true;
    }
    int chunk = Math.min(sequence.remaining(), budget);
    while (!fits(sequence, sequence.computed + chunk)) {
      if (arrived && !running.isEmpty()) {
        return false;
      }
      if (!running.isEmpty() || !takeFromWaiting(sequence)) {
        giveBack(sequence);
        return arrived && admit(sequence, nowNanos);
      }
    }
    grow(sequence, sequence.computed + chunk);
    sequence.place = Place.RUNNING;
    running.add(sequence);
    count(sequence);
    schedule(sequence, chunk);
    return true;
  }

  /** Holds what the cache has of a prompt; sends for the rest if it lies elsewhere. */
  private boolean takePrefix(Sequence sequence, long nowNanos) {
    long[] chain = sequence.request.prompt().blockHashes();
    int hits = cache.hits(chain, sequence.request.prompt().findableBlocks());
    int remote = remoteTokens(sequence);
    int hitTokens = hits * KvCache.BLOCK_TOKENS;
    if (remote > hitTokens) {
      int fresh = KvCache.blocksFor(remote) - hits;
      if (fresh + cache.freeAmongHits(hits) > cache.free()) {
        return running.isEmpty() && takeFromWaiting(sequence) && takePrefix(sequence, nowNanos);
      }
      hold(sequence, hits);
      grow(sequence, remote);
      sendFor(sequence, remote - hitTokens, nowNanos);
    } else {
      hold(sequence, hits);
    }
    return true;
  }

  private static int remoteTokens(Sequence sequence) {
    return sequence.request.handoff() instanceof Handoff.Consume consume && !sequence.handoffDone
        ? Math.min(consume.remoteTokens(), sequence.request.prompt().tokens())
        : 0;
  }

  private void hold(Sequence sequence, int hits) {
    for (int i = 0; i < hits; i++) {
      int block = cache.hit(i);
      cache.retain(block);
      sequence.addBlock(block);
    }
    sequence.rememberedBlocks = hits;
    sequence.computed = hits * KvCache.BLOCK_TOKENS;
    if (!sequence.counted) {
      sequence.cachedTokens = sequence.computed;
    }
  }

  private void sendFor(Sequence sequence, int tokens, long nowNanos) {
    KvSource source = ((Handoff.Consume) sequence.request.handoff()).source();
    sequence.arriving = tokens;
    sequence.place = Place.ARRIVING;
    arriving++;
    long atNanos = source.arrivalNanos(tokens, nowNanos);
    if (atNanos != KvSource.LATER) {
      transfers.expect(sequence, Math.max(nowNanos, atNanos));
    }
  }

  /** Takes in what has arrived by now; true if there was any. */
  boolean receive(long nowNanos) {
    boolean any = false;
    for (Sequence s = transfers.poll(nowNanos); s != null; s = transfers.poll(nowNanos)) {
      if (s.place == Place.ARRIVING) {
        arrived(s, true);
        any = true;
      }
    }
    return any;
  }

  /** The end of a transfer; a failed one leaves the prompt to be computed here. */
  void arrived(Sequence sequence, boolean complete) {
    int promptTokens = sequence.request.prompt().tokens();
    arriving--;
    sequence.handoffDone = true;
    if (complete) {
      int here = sequence.computed + sequence.arriving;
      rememberUpTo(sequence, here);
      sequence.computed = Math.min(here, promptTokens - 1);
      sequence.externalTokens = sequence.arriving;
      sequence.toLoad = promptTokens;
    }
    sequence.arriving = 0;
    sequence.place = Place.WAITING;
    requeue(sequence);
  }

  private void requeue(Sequence sequence) {
    List<Sequence> older = new ArrayList<>();
    while (!waiting.isEmpty() && waiting.getFirst().number < sequence.number) {
      older.add(waiting.removeFirst());
    }
    waiting.addFirst(sequence);
    older.reversed().forEach(waiting::addFirst);
  }

  private void schedule(Sequence sequence, int chunk) {
    sequence.scheduled = chunk;
    budget -= chunk;
    if (sequence.toLoad > 0) {
      model.stall(handoffCosts.loadMillis() + handoffCosts.loadTokenMillis() * sequence.toLoad);
      sequence.toLoad = 0;
    }
    if (chunk == 1 && sequence.remaining() == 1) {
      model.decode(sequence.tokens());
    } else {
      boolean sends = sequence.isSending() && handoffCosts.sendMillis() > 0;
      if (sends && chunk == sequence.remaining()) {
        model.send(handoffCosts.sendMillis());
      }
      model.prefill(chunk, sequence.tokens(), sends);
    }
  }

  private void count(Sequence sequence) {
    if (!sequence.counted) {
      sequence.counted = true;
      counters.promptTokens += sequence.request.prompt().tokens();
      counters.prefixHitTokens += sequence.cachedTokens;
      counters.externalTokens += sequence.externalTokens;
    }
  }

  private boolean fits(Sequence sequence, int tokens) {
    return KvCache.blocksFor(tokens) - sequence.blockCount <= cache.free();
  }

  /** Blocks for that many tokens; the caller has looked that they are there. */
  void grow(Sequence sequence, int tokens) {
    int wanted = KvCache.blocksFor(tokens);
    while (sequence.blockCount < wanted) {
      sequence.addBlock(cache.take());
    }
  }

  /** Makes the blocks that are full by now findable. */
  void rememberUpTo(Sequence sequence, int tokens) {
    int full = tokens / KvCache.BLOCK_TOKENS;
    for (int i = sequence.rememberedBlocks; i < full; i++) {
      long hash = sequence.hash(i);
      if (hash != GeneratedBlocks.UNFINDABLE) {
        cache.remember(sequence.blocks[i], hash);
      }
    }
    sequence.rememberedBlocks = Math.max(sequence.rememberedBlocks, full);
  }

  /**
   * The newest waiting request whose KV has arrived gives it back, to compute it itself later. Only
   * when nothing else runs: otherwise requests that wait with their KV could starve the one that is
   * before them for good.
   */
  private boolean takeFromWaiting(Sequence beneficiary) {
    Iterator<Sequence> newestFirst = waiting.descendingIterator();
    while (newestFirst.hasNext()) {
      Sequence holder = newestFirst.next();
      if (holder.blockCount > 0 && holder.number != beneficiary.number) {
        giveBack(holder);
        holder.preemptions++;
        counters.preemptions++;
        return true;
      }
    }
    return false;
  }

  private void preempt(Sequence sequence) {
    giveBack(sequence);
    sequence.preemptions++;
    counters.preemptions++;
    sequence.place = Place.WAITING;
    sequence.scheduled = 0;
    waiting.addFirst(sequence);
    preempted.add(sequence);
  }

  void giveBack(Sequence sequence) {
    cache.release(sequence.blocks, sequence.blockCount);
    sequence.blockCount = 0;
    sequence.rememberedBlocks = 0;
    sequence.computed = 0;
  }

  /** Takes a sequence out, wherever it is, blocks and all. */
  void remove(Sequence sequence) {
    switch (sequence.place) {
      case WAITING -> waiting.remove(sequence);
      case ARRIVING -> {
        arriving--;
        transfers.forget(sequence);
      }
      case RUNNING -> running.remove(sequence);
      case FRONT_END, ENDED -> {}
    }
    giveBack(sequence);
  }

  /** Checks the laws that hold between events; returns how often its sequences hold blocks. */
  long verify() {
    if (running.size() > limits.maxSequences() || budget < 0) {
      throw new IllegalStateException(
          "%d running, %d tokens of budget left".formatted(running.size(), budget));
    }
    long holds = 0;
    for (Sequence sequence : running) {
      holds += sequence.blockCount;
      if (sequence.place != Place.RUNNING
          || sequence.computed > sequence.tokens()
          || sequence.computed > sequence.blockCount * KvCache.BLOCK_TOKENS) {
        throw new IllegalStateException(
            "request %s: %d of %d tokens computed in %d blocks"
                .formatted(
                    sequence.request.id(),
                    sequence.computed,
                    sequence.tokens(),
                    sequence.blockCount));
      }
    }
    for (Sequence sequence : waiting) {
      holds += sequence.blockCount;
    }
    return holds;
  }

  /** Whether the first waiting request could be computed now, so that idling would be wrong. */
  boolean couldAdmit() {
    Sequence first = waiting.peekFirst();
    if (first == null || running.size() >= limits.maxSequences()) {
      return false;
    }
    long[] chain = first.request.prompt().blockHashes();
    int hits = cache.hits(chain, first.request.prompt().findableBlocks());
    int held = Math.max(first.blockCount, hits);
    int taken = first.blockCount > 0 ? 0 : cache.freeAmongHits(hits);
    int computed = Math.max(first.computed, held * KvCache.BLOCK_TOKENS);
    int upTo =
        Math.max(remoteTokens(first), Math.min(first.tokens(), computed + limits.tokenBudget()));
    return KvCache.blocksFor(upTo) - held + taken <= cache.free();
  }

  /** Decode steps for which the free blocks last, at least one. */
  long stepsThatFit() {
    int perRound = Math.max(1, running.size());
    return Math.max(1, ((long) (cache.free() / perRound) - 1) * KvCache.BLOCK_TOKENS);
  }
}
