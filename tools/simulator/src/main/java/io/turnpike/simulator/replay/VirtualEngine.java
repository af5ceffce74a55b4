package io.turnpike.simulator.replay;

import io.turnpike.connector.Connectors;
import io.turnpike.cost.HandoffCosts;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import io.turnpike.simulator.engine.EngineCore;
import io.turnpike.simulator.engine.EngineCore.TransferEnd;
import io.turnpike.simulator.engine.EngineListener;
import io.turnpike.simulator.engine.EngineOptions;
import io.turnpike.simulator.engine.EngineOptions.TokenEvents;
import io.turnpike.simulator.engine.EngineRequest;
import io.turnpike.simulator.engine.Finished;
import io.turnpike.simulator.handoff.Claim;
import io.turnpike.simulator.handoff.Lease;
import io.turnpike.simulator.handoff.Leases;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One engine of the cluster: whose legs it works on, and how it fails. All times are the run's; the
 * engine's own clock stands still while it hangs.
 */
final class VirtualEngine implements EngineListener {

  private static final long NEVER = Long.MAX_VALUE;

  final int index;
  final EngineSpec spec;
  final EngineCore core;

  /** Turns that this engine is to answer and that have no first token yet. */
  int silent;

  private final Map<String, Underway> underway = new HashMap<>();
  private EngineFailure.@Nullable Kind failure;
  private int life = 1;
  private long stoodNanos;
  private long hungSinceNanos;

  /** Who wants to know of a request. */
  interface Leg {
    void onFirstToken(long nowNanos);

    void onFinished(Finished finished, long nowNanos);

    /** The engine died; nothing more comes. */
    void onBroken(long nowNanos);
  }

  /** What a new request meets. */
  enum Reception {
    TAKEN,
    /** Nobody listens. */
    REFUSED,
    /** 500. */
    FAILED,
    /** 503. */
    BUSY,
    /** 400: more than the KV memory ever holds. */
    TOO_LONG
  }

  private static final class Underway {
    final EngineRequest request;
    final Leg leg;

    Underway(EngineRequest request, Leg leg) {
      this.request = request;
      this.leg = leg;
    }
  }

  VirtualEngine(int index, EngineSpec spec, HandoffCosts handoff) {
    this.index = index;
    this.spec = spec;
    core =
        new EngineCore(
            spec.profile(), new EngineOptions(handoff, Leases.DEFAULT_NANOS, TokenEvents.FIRST));
  }

  /** This engine in its present life, as the registry lists it. */
  Node node(NodeState state) {
    return new Node(
        new NodeId(spec.name()),
        spec.role(),
        URI.create("http://" + spec.name()),
        spec.role() == Role.REPLICA ? Connectors.NONE : Connectors.NIXL,
        state,
        new Epoch(Integer.toString(life)),
        List.of(),
        null,
        null,
        null);
  }

  // --- requests ---

  /** What a request of so many tokens, its answer among them, meets now. */
  Reception receive(int tokens) {
    boolean fits = tokens <= spec.profile().limits().kvTokens() / 16 * 16;
    Reception fit = fits ? Reception.TAKEN : Reception.TOO_LONG;
    return switch (failure) {
      case null -> fit;
      case HANG -> fit;
      case REFUSE -> Reception.REFUSED;
      case ERROR -> Reception.FAILED;
      case BUSY -> Reception.BUSY;
    };
  }

  void submit(EngineRequest request, Leg leg, long nowNanos) {
    underway.put(request.id(), new Underway(request, leg));
    core.submit(request, own(nowNanos));
  }

  /** Its caller closed the connection; nothing more is told of the request. */
  void abort(String id, long nowNanos) {
    if (underway.remove(id) != null) {
      core.abort(id, own(nowNanos));
    }
  }

  // --- handoffs ---

  Claim claim(String id) {
    return core.claim(id);
  }

  boolean heartbeat(String id, long nowNanos) {
    return core.heartbeat(id, own(nowNanos));
  }

  void release(String id, long nowNanos) {
    core.release(id, own(nowNanos));
  }

  void deliver(String id, TransferEnd end, long nowNanos) {
    core.deliver(id, end, own(nowNanos));
  }

  // --- time ---

  private long own(long nowNanos) {
    return (isHanging() ? hungSinceNanos : nowNanos) - stoodNanos;
  }

  /** The run's time for a time of the engine's own clock. */
  long ofRun(long ownNanos) {
    return ownNanos + stoodNanos;
  }

  long nextEventNanos() {
    long next = isHanging() ? NEVER : core.nextEventNanos();
    return next == NEVER ? NEVER : ofRun(next);
  }

  void advance(long nowNanos) {
    core.advance(own(nowNanos), this);
  }

  /** Checks the laws that hold between events; for tests. */
  void verify(long nowNanos) {
    core.verify(own(nowNanos));
  }

  @Override
  public void onToken(EngineRequest request, int index, long ownNanos) {
    Underway one = underway.get(request.id());
    if (one != null && index == 0) {
      one.leg.onFirstToken(ofRun(ownNanos));
    }
  }

  @Override
  public void onFinished(Finished finished, long ownNanos) {
    Underway one = underway.remove(finished.request().id());
    if (one != null) {
      one.leg.onFinished(finished, ofRun(ownNanos));
    }
  }

  // --- failures ---

  void fail(EngineFailure.Kind kind, long nowNanos) {
    switch (kind) {
      case HANG -> hungSinceNanos = nowNanos;
      case REFUSE -> die(nowNanos);
      case ERROR, BUSY -> {}
    }
    failure = kind;
  }

  void recover(long nowNanos) {
    if (isHanging()) {
      stoodNanos += nowNanos - hungSinceNanos;
    }
    failure = null;
  }

  private void die(long nowNanos) {
    List<Underway> legs = List.copyOf(underway.values());
    for (Underway one : legs) {
      abort(one.request.id(), nowNanos);
    }
    for (Lease lease : core.leases()) {
      release(lease.requestId(), nowNanos);
    }
    core.resetPrefixCache();
    life++;
    legs.forEach(one -> one.leg.onBroken(nowNanos));
  }

  private boolean isHanging() {
    return failure == EngineFailure.Kind.HANG;
  }

  /** It hangs and has something to do. */
  boolean isHeldUp() {
    return isHanging() && core.nextEventNanos() != NEVER;
  }

  /** When it last sent something, to those who are past their first token. */
  long lastSignNanos(long nowNanos) {
    return isHanging() ? hungSinceNanos : nowNanos;
  }
}
