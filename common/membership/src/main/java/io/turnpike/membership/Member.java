package io.turnpike.membership;

import io.turnpike.membership.ProbeResult.Verdict;
import io.turnpike.membership.Registration.Origin;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeLoad;
import io.turnpike.node.NodeState;
import io.turnpike.node.Suspicion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@link Membership} remembers of one node. Its state is always derived, never set. */
final class Member {

  private static final long SPREAD_STEPS = 1000;

  Registration registration;
  Epoch epoch = Epoch.UNKNOWN;
  List<String> models = List.of();
  @Nullable String version;
  @Nullable NodeLoad load;
  boolean drained;
  Instant announcedAt;

  /** Whether {@code /health} and {@code /v1/models} both answered in this life. */
  private boolean proven;

  /** Whether the latest verdict of probes and reports is good. */
  private boolean answering;

  /** What spoke against it last; says nothing while it answers. */
  private @Nullable Suspicion against;

  /** Whether its pings stopped. */
  private boolean quiet;

  private int timeouts;
  private int lives;

  /** Probes that began before this say nothing any more. */
  private Instant askedAnewAt;

  private boolean probing;
  private Instant nextProbe;
  private Instant nextModels;

  Member(Registration registration, Instant now) {
    this.registration = registration;
    announcedAt = now;
    askedAnewAt = now;
    nextProbe = now;
    nextModels = now;
  }

  NodeState state() {
    if (drained) {
      return NodeState.DRAINING;
    }
    if (!proven) {
      return NodeState.JOINING;
    }
    return serving() ? NodeState.READY : NodeState.SUSPECT;
  }

  private boolean serving() {
    return proven && answering && !quiet;
  }

  Node picture(NodeState state) {
    NodeSpec spec = registration.spec();
    return new Node(
        spec.id(),
        spec.role(),
        spec.url(),
        spec.connector(),
        state,
        epoch,
        models,
        spec.zmqAddress(),
        version,
        load,
        shown(state));
  }

  /** A node that is taken out and then ended still has legs to be let go. */
  private @Nullable Suspicion shown(NodeState state) {
    boolean ended = state == NodeState.DRAINING && !answering && against == Suspicion.REFUSED;
    return state == NodeState.SUSPECT || ended ? suspicion() : null;
  }

  private @Nullable Suspicion suspicion() {
    return answering && quiet ? Suspicion.PINGS_MISSING : against;
  }

  /** Takes back what a mirror said before this process started; nothing of it was seen yet. */
  void remember(Node node) {
    epoch = node.epoch();
    models = node.models();
    version = node.version();
    load = node.load();
    drained = node.state() == NodeState.DRAINING;
    proven = node.state() == NodeState.READY || node.state() == NodeState.SUSPECT;
  }

  /** Somebody said again that it is there. */
  void announced(Registration again, Instant now) {
    NodeSpec before = registration.spec();
    NodeSpec after = again.spec();
    announcedAt = now;
    quiet = false;
    boolean moved = !before.url().equals(after.url());
    boolean otherLife =
        again.engineId() != null && !again.engineId().equals(registration.engineId());
    boolean otherJob =
        before.role() != after.role() || !before.connector().equals(after.connector());
    registration = again;
    if (moved) {
      epoch = Epoch.UNKNOWN;
      models = List.of();
      version = null;
      load = null;
    }
    if (moved || otherLife || otherJob) {
      askAnew(now);
      proven = false;
    }
  }

  void heartbeat(Instant now) {
    announcedAt = now;
  }

  /** A gateway saw it fail: not trusted until a probe that begins from now on is good. */
  void reported(Instant now) {
    if (answering) {
      against = Suspicion.REPORTED;
    }
    askAnew(now);
  }

  private void askAnew(Instant now) {
    answering = false;
    askedAnewAt = now;
    nextProbe = now;
    probing = false;
  }

  void tick(Instant now, MembershipRules rules) {
    if (registration.origin() == Origin.PINGED
        && !announcedAt.plus(rules.pingSuspect()).isAfter(now)) {
      quiet = true;
    }
  }

  boolean hasLeft(Instant now, MembershipRules rules) {
    return switch (registration.origin()) {
      case STATIC -> false;
      case LEASED -> !announcedAt.plus(rules.lease()).isAfter(now);
      case PINGED -> !announcedAt.plus(rules.pingGone()).isAfter(now);
    };
  }

  Instant nextProbe() {
    return nextProbe;
  }

  boolean isDue(Instant now) {
    return !probing && !nextProbe.isAfter(now);
  }

  /** Hands out the order for a probe; the next is due one interval later. */
  ProbeOrder order(Instant now, MembershipRules rules) {
    boolean identity = !serving() || !nextModels.isAfter(now);
    probing = true;
    nextProbe = now.plus(rules.probeEvery());
    if (identity) {
      nextModels = now.plus(rules.modelsEvery()).plus(spread(rules.probeEvery()));
      nextProbe = nextProbe.minus(spread(rules.probeEvery()).dividedBy(2));
    }
    return new ProbeOrder(registration.spec().id(), registration.spec().url(), identity);
  }

  /** A part of the interval that differs by node, so that not all are asked at one moment. */
  private Duration spread(Duration interval) {
    long step = Math.floorMod(registration.spec().id().hashCode(), (int) SPREAD_STEPS);
    return interval.multipliedBy(step).dividedBy(SPREAD_STEPS);
  }

  /** Whether this result speaks about the node as it is known now. */
  boolean concerns(ProbeResult result) {
    return result.url().equals(registration.spec().url())
        && !result.startedAt().isBefore(askedAnewAt);
  }

  void up(ProbeResult.Up up, Instant now) {
    probing = false;
    timeouts = 0;
    EngineMetrics metrics = up.metrics();
    Epoch before = epoch;
    epoch = epochAfter(metrics, now);
    if (metrics != null) {
      load = metrics.load();
    }
    if (!before.equals(epoch) && up.identity() == null && !before.equals(Epoch.UNKNOWN)) {
      // Restarted between two probes: the new life has to name its models first.
      proven = false;
      nextProbe = now;
    }
    if (up.identity() != null) {
      models = up.identity().models();
      version = up.identity().version();
      proven = true;
    }
    answering = true;
    against = null;
  }

  private Epoch epochAfter(@Nullable EngineMetrics metrics, Instant now) {
    String start = metrics == null ? null : metrics.processStart();
    String engineId = registration.engineId();
    if (start != null) {
      return new Epoch("s" + start + (engineId == null ? "" : "-" + engineId));
    }
    boolean cameUp = !(proven && answering);
    if (!cameUp && !epoch.equals(Epoch.UNKNOWN)) {
      return epoch;
    }
    lives++;
    return new Epoch(
        "l" + now.toEpochMilli() + "." + lives + (engineId == null ? "" : "-" + engineId));
  }

  void down(ProbeResult.Down down, MembershipRules rules) {
    probing = false;
    timeouts++;
    against = suspicion(down.verdict());
    if (down.verdict() != Verdict.TIMED_OUT || timeouts >= rules.timeoutsToSuspect()) {
      answering = false;
    }
  }

  private static Suspicion suspicion(Verdict verdict) {
    return switch (verdict) {
      case REFUSED -> Suspicion.REFUSED;
      case CERTAIN -> Suspicion.FAILED;
      case TIMED_OUT -> Suspicion.TIMED_OUT;
    };
  }
}
