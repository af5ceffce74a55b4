package io.turnpike.simulator.replay;

import io.turnpike.routing.Route;
import io.turnpike.routing.RouteDecision;
import io.turnpike.simulator.engine.EngineCore.TransferEnd;
import io.turnpike.simulator.engine.EngineRequest;
import io.turnpike.simulator.engine.Finished;
import io.turnpike.simulator.engine.GeneratedBlocks;
import io.turnpike.simulator.engine.Prompt;
import io.turnpike.simulator.handoff.Claim;
import io.turnpike.simulator.handoff.Handoff;
import io.turnpike.simulator.handoff.KvSource;
import io.turnpike.simulator.workload.Turn;
import org.jspecify.annotations.Nullable;

/**
 * One turn on its way.
 *
 * <pre>
 *   alone:  engine ─────────────────────────────────────────▶ first token ─▶ end
 *   split:  P ─▶ D's front end ─▶ D has room ─▶ KV sent and moved ─▶ first token ─▶ end
 * </pre>
 *
 * <p>Engines call back from inside their step, so everything that asks something of an engine goes
 * through the timeline.
 */
final class TurnRun implements VirtualEngine.Leg {

  /** How often a decode engine tells P that it still wants the blocks; vLLM's NIXL does so. */
  private static final long HEARTBEAT_NANOS = 10_000_000_000L;

  private final ConversationRun conversation;
  private final Replay replay;
  private final Turn turn;
  private final RouteDecision decision;
  private final String id;
  private final Prompt prompt;
  private final long dueNanos;
  private final long sentNanos;

  private @Nullable VirtualEngine prefill;
  private @Nullable VirtualEngine decode;
  private int cachedTokens;
  private long firstNanos;
  private int prefillPreemptions;
  private boolean handoffOver;

  TurnRun(
      ConversationRun conversation,
      Turn turn,
      RouteDecision decision,
      long dueNanos,
      long sentNanos) {
    this.conversation = conversation;
    this.turn = turn;
    this.decision = decision;
    this.dueNanos = dueNanos;
    this.sentNanos = sentNanos;
    replay = conversation.replay();
    id = conversation.turnId();
    prompt = new Prompt(turn.promptTokens(), turn.content().chain(turn.promptTokens()));
  }

  void reject() {
    long now = replay.nowNanos();
    replay.timeline().at(now, () -> conversation.ended(rejected(now), null));
  }

  void startAlone(VirtualEngine engine) {
    decode = engine;
    if (!engine.canHold(totalTokens())) {
      reject();
      return;
    }
    engine.inflightTokens += totalTokens();
    engine.silent++;
    engine.submit(request(turn.outputTokens(), Handoff.NONE), this, replay.nowNanos());
    replay.touch(engine);
  }

  void startSplit(VirtualEngine p, VirtualEngine d) {
    prefill = p;
    decode = d;
    if (!p.canHold(turn.promptTokens() + 1) || !d.canHold(totalTokens())) {
      reject();
      return;
    }
    d.inflightTokens += totalTokens();
    d.silent++;
    p.inflightTokens += turn.promptTokens();
    p.submit(request(1, Handoff.PRODUCE), new PrefillLeg(p, d), replay.nowNanos());
    replay.touch(p);
  }

  private int totalTokens() {
    return turn.promptTokens() + turn.outputTokens();
  }

  private EngineRequest request(int maxTokens, Handoff handoff) {
    GeneratedBlocks generated =
        maxTokens == 1 ? GeneratedBlocks.NEVER_FOUND : conversation.generated(turn);
    return new EngineRequest(id, prompt, maxTokens, handoff, generated);
  }

  private final class PrefillLeg implements VirtualEngine.Leg {
    private final VirtualEngine p;
    private final VirtualEngine d;

    PrefillLeg(VirtualEngine p, VirtualEngine d) {
      this.p = p;
      this.d = d;
    }

    @Override
    public void onFirstToken(long nowNanos) {}

    @Override
    public void onFinished(Finished finished, long nowNanos) {
      p.inflightTokens -= turn.promptTokens();
      cachedTokens = finished.cachedTokens();
      prefillPreemptions = finished.preemptions();
      replay.timeline().at(nowNanos, () -> startDecode(p, d));
    }
  }

  private void startDecode(VirtualEngine p, VirtualEngine d) {
    KvSource source =
        (tokens, now) -> {
          replay.timeline().at(now + setUpNanos(), () -> move(p, d, tokens));
          return KvSource.LATER;
        };
    Handoff handoff = new Handoff.Consume(turn.promptTokens(), source);
    d.submit(request(turn.outputTokens(), handoff), this, replay.nowNanos());
    replay.touch(d);
    keepAlive(p);
  }

  private long setUpNanos() {
    ClusterSpec spec = replay.spec();
    return Math.round((spec.handoff().setUpMillis() + spec.network().setUpMillis()) * 1e6);
  }

  private void keepAlive(VirtualEngine p) {
    replay.timeline().at(replay.nowNanos() + HEARTBEAT_NANOS, () -> heartbeat(p));
  }

  private void heartbeat(VirtualEngine p) {
    if (!handoffOver && p.core.heartbeat(id, replay.nowNanos())) {
      replay.touch(p);
      keepAlive(p);
    }
  }

  private void move(VirtualEngine p, VirtualEngine d, int tokens) {
    switch (p.core.claim(id)) {
      case Claim.Granted granted -> {
        double bytes = (double) tokens * d.spec.profile().limits().kvBytesPerToken();
        replay.network().move(p.index, d.index, bytes, replay.nowNanos(), () -> moved(p, d));
      }
      case Claim.Refused refused -> deliver(d, TransferEnd.FAILED);
    }
  }

  private void moved(VirtualEngine p, VirtualEngine d) {
    release(p);
    deliver(d, TransferEnd.COMPLETE);
  }

  private void release(VirtualEngine p) {
    handoffOver = true;
    p.core.release(id, replay.nowNanos());
    replay.touch(p);
  }

  private void deliver(VirtualEngine d, TransferEnd end) {
    d.core.deliver(id, end, replay.nowNanos());
    replay.touch(d);
  }

  @Override
  public void onFirstToken(long nowNanos) {
    firstNanos = nowNanos;
    if (decode != null) {
      decode.silent--;
    }
    VirtualEngine p = prefill;
    if (p != null && !handoffOver) {
      // D lacked nothing, or computed it: P is told that nobody will read.
      replay.timeline().at(nowNanos, () -> release(p));
    }
  }

  @Override
  public void onFinished(Finished finished, long nowNanos) {
    VirtualEngine d = decode;
    if (d == null) {
      throw new IllegalStateException("turn " + id + " ended nowhere");
    }
    d.inflightTokens -= totalTokens();
    if (prefill == null) {
      cachedTokens = finished.cachedTokens();
    }
    TurnResult result = result(finished, nowNanos);
    replay.timeline().at(nowNanos, () -> conversation.ended(result, d));
  }

  private TurnResult result(Finished finished, long nowNanos) {
    return new TurnResult(
        conversation.sessionName(),
        conversation.turnNumber(),
        decision.route(),
        decision.reason(),
        name(prefill),
        name(decode),
        turn.promptTokens(),
        cachedTokens,
        finished.externalTokens(),
        finished.generatedTokens(),
        dueNanos,
        sentNanos,
        firstNanos,
        nowNanos,
        finished.preemptions() + prefillPreemptions);
  }

  private TurnResult rejected(long nowNanos) {
    return new TurnResult(
        conversation.sessionName(),
        conversation.turnNumber(),
        Route.REJECTED,
        decision.reason(),
        name(prefill),
        name(decode),
        turn.promptTokens(),
        0,
        0,
        0,
        dueNanos,
        sentNanos,
        nowNanos,
        nowNanos,
        0);
  }

  private static @Nullable String name(@Nullable VirtualEngine engine) {
    return engine == null ? null : engine.spec.name();
  }
}
