package io.turnpike.simulator.replay;

import io.turnpike.simulator.engine.EngineCore.TransferEnd;
import io.turnpike.simulator.handoff.Claim;
import io.turnpike.simulator.handoff.Handoff;
import io.turnpike.simulator.handoff.KvSource;

/**
 * A finished prompt on its way from P to D.
 *
 * <pre>
 *   D has room ─▶ set up ─▶ claimed ─▶ moved ─▶ P's blocks are free
 *   D gives up: P keeps its blocks until their lease ends
 * </pre>
 *
 * <p>D's engine asks for it from inside its step, so everything that asks something of an engine
 * goes through the timeline.
 */
final class HandoffRun {

  /** How often a decode engine tells P that it still wants the blocks; vLLM's NIXL does so. */
  private static final long HEARTBEAT_NANOS = 10_000_000_000L;

  private final Replay replay;
  private final String id;
  private final VirtualEngine prefill;
  private final VirtualEngine decode;
  private boolean over;

  /** The handoff of one request, whose id is the same on both. */
  HandoffRun(Replay replay, String id, VirtualEngine prefill, VirtualEngine decode) {
    this.replay = replay;
    this.id = id;
    this.prefill = prefill;
    this.decode = decode;
  }

  /** D's part in it. */
  Handoff consume(int promptTokens) {
    KvSource source =
        (tokens, now) -> {
          replay.timeline().at(decode.ofRun(now) + setUpNanos(), () -> move(tokens));
          return KvSource.LATER;
        };
    return new Handoff.Consume(promptTokens, source);
  }

  private long setUpNanos() {
    ClusterSpec spec = replay.spec();
    return Math.round((spec.handoff().setUpMillis() + spec.network().setUpMillis()) * 1e6);
  }

  /** Tells P from time to time that D still wants the blocks. */
  void keepAlive() {
    replay.timeline().at(replay.nowNanos() + HEARTBEAT_NANOS, this::heartbeat);
  }

  private void heartbeat() {
    if (!over && prefill.heartbeat(id, replay.nowNanos())) {
      replay.touch(prefill);
      keepAlive();
    }
  }

  private void move(int tokens) {
    if (over) {
      return;
    }
    switch (prefill.claim(id)) {
      case Claim.Granted granted -> {
        double bytes = (double) tokens * decode.spec.profile().limits().kvBytesPerToken();
        replay.network().move(prefill.index, decode.index, bytes, replay.nowNanos(), this::moved);
      }
      case Claim.Refused refused -> deliver(TransferEnd.FAILED);
    }
  }

  private void moved() {
    release();
    deliver(TransferEnd.COMPLETE);
  }

  private void release() {
    over = true;
    prefill.release(id, replay.nowNanos());
    replay.touch(prefill);
  }

  private void deliver(TransferEnd end) {
    decode.deliver(id, end, replay.nowNanos());
    replay.touch(decode);
  }

  /** D has its first token: if it lacked nothing, or computed it, P is told that nobody reads. */
  void answered(long nowNanos) {
    if (!over) {
      replay.timeline().at(nowNanos, this::release);
    }
  }

  /** D's leg is over; what is on its way still arrives. */
  void givenUp() {
    over = true;
  }
}
