package io.turnpike.membership;

import io.turnpike.membership.ProbeResult.Verdict;
import io.turnpike.membership.Registration.Origin;
import io.turnpike.membership.Registration.Standing;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeLoad;
import io.turnpike.node.NodeState;
import io.turnpike.node.Suspicion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What {@link Membership} remembers of one node. Its state is always derived, never set. */
final class Member {

  private static final long SPREAD_STEPS = 1000;

  Registration registration;
  Epoch epoch = Epoch.UNKNOWN;
  List<String> models = List.of();
  @Nullable String version;
  @Nullable NodeLoad load;
  PeerWord.Drain drain = PeerWord.Drain.NEVER;

  /** Who hears it. */
  final Hearing hearing = new Hearing();

  /** When {@link #registration} was made. */
  Instant registeredAt;

  /** Whether {@code /health} and {@code /v1/models} both answered in this life. */
  private boolean proven;

  /** Whether the latest verdict of probes and reports is good. */
  private boolean answering;

  /** What spoke against it last; says nothing while it answers. */
  private @Nullable Suspicion against;

  /** Whether its pings stopped. */
  private boolean quiet;

  private int timeouts;
  private final Life life = new Life();
  private final Reports reports = new Reports();

  /** Probes that began before this say nothing any more. */
  private Instant askedAnewAt;

  private boolean probing;
  private Instant nextProbe;
  private Instant nextModels;

  Member(Registration registration, Instant now) {
    this.registration = registration;
    registeredAt = now;
    askedAnewAt = now;
    nextProbe = now;
    nextModels = now;
  }

  NodeState state() {
    if (drain.drained() || isWithheld(registration)) {
      return NodeState.DRAINING;
    }
    if (!proven) {
      return NodeState.JOINING;
    }
    return serving() ? NodeState.READY : NodeState.SUSPECT;
  }

  private static boolean isWithheld(Registration registration) {
    return registration.standing() == Standing.WITHHELD;
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

  /**
   * Takes back what a mirror said before this process started; nothing of it was seen yet.
   *
   * @param then how it was registered then
   */
  void remember(Registration then, Node node) {
    epoch = node.epoch();
    life.remember(epoch);
    models = node.models();
    version = node.version();
    load = node.load();
    // Without a time: whatever a peer knows of it is news.
    drain = drain(then, node);
    proven = node.state() == NodeState.READY || node.state() == NodeState.SUSPECT;
  }

  /** Likewise of a node that is there: what was seen since is newer. */
  void rememberLate(Registration then, Node node) {
    if (epoch.equals(Epoch.UNKNOWN)) {
      remember(then, node);
    } else if (drain.at() == null) {
      drain = drain(then, node);
    }
  }

  /** What was withheld by who announced it was drained by nobody. */
  private static PeerWord.Drain drain(Registration then, Node node) {
    return new PeerWord.Drain(node.state() == NodeState.DRAINING && !isWithheld(then), null);
  }

  /** Somebody said to this registry again that it is there. */
  void announced(Registration again, Instant now) {
    heard(again.origin(), now);
    quiet = false;
    register(again, now, now);
  }

  /** It was heard here. */
  void heard(Origin origin, Instant now) {
    if (origin == Origin.STATIC || origin == Origin.DISCOVERED) {
      hearing.listed(now);
    } else {
      hearing.here(now);
    }
  }

  private void register(Registration again, Instant at, Instant now) {
    NodeSpec before = registration.spec();
    NodeSpec after = again.spec();
    boolean moved = !before.url().equals(after.url());
    boolean otherLife =
        again.engineId() != null && !again.engineId().equals(registration.engineId());
    boolean otherJob =
        before.role() != after.role() || !before.connector().equals(after.connector());
    registration = again;
    registeredAt = at;
    if (moved) {
      epoch = Epoch.UNKNOWN;
      life.end();
      models = List.of();
      version = null;
      load = null;
    }
    if (moved || otherLife || otherJob) {
      askAnew(now);
      proven = false;
    }
  }

  /** A peer told of it for the first time: all but its state, which only a probe gives. */
  void begin(PeerWord.Known known) {
    registeredAt = known.registeredAt();
    drain = known.drain();
    epoch = known.epoch();
    life.remember(epoch);
    hearing.there(known.heardBy(), known.heardAt());
  }

  /** A peer told of it: what is better or newer than what is known here is taken over. */
  void told(PeerWord.Known known, String peer, Instant now) {
    if (known.heardBy().equals(peer)) {
      hearing.there(peer, known.heardAt());
    }
    Registration theirs = known.registration();
    int rank = theirs.origin().compareTo(registration.origin());
    boolean newer = rank == 0 && known.registeredAt().isAfter(registeredAt);
    boolean other = !theirs.equals(registration) && !hearing.isListed();
    if (other && (rank > 0 || newer)) {
      register(theirs, known.registeredAt(), now);
    }
    drain = drain.or(known.drain());
    Epoch agreed = life.agreedWith(known.epoch(), registration.engineId());
    if (agreed != null && !epoch.equals(Epoch.UNKNOWN)) {
      epoch = agreed;
    }
  }

  /** How it is told to peers; null if nobody is known to hear it. */
  PeerWord.@Nullable Known word(String self, Instant now, MembershipRules rules) {
    Instant here = hearing.here(now, term(rules));
    Map.Entry<String, Instant> peer = here == null ? hearing.lastPeer() : null;
    if (here == null && peer == null) {
      return null;
    }
    return new PeerWord.Known(
        registration,
        epoch,
        peer == null ? self : peer.getKey(),
        peer == null ? Objects.requireNonNull(here) : peer.getValue(),
        registeredAt,
        drain);
  }

  /**
   * A gateway saw it fail: asked at once. Not trusted until that probe is good, if another gateway
   * saw it fail too; one gateway alone may have lost its own way to it.
   */
  void reported(String gateway, Instant now) {
    boolean confirmed = reports.confirmedBy(gateway, now);
    if (confirmed && answering) {
      against = Suspicion.REPORTED;
      answering = false;
    }
    if (!reports.isAsking()) {
      boolean trusted = answering;
      askAnew(now);
      answering = trusted;
      reports.ask();
    }
  }

  private void askAnew(Instant now) {
    answering = false;
    askedAnewAt = now;
    nextProbe = now;
    probing = false;
  }

  void tick(Instant now, MembershipRules rules, Peers peers) {
    hearing.settle(peers, now, term(rules));
    quiet =
        registration.origin() == Origin.PINGED
            && !hearing.latest().plus(rules.pingSuspect()).isAfter(now)
            && !hearing.isUncertain(peers, now, term(rules));
  }

  /**
   * Whether nobody hears it any more. Where only registries heard it that cannot be asked now, it
   * stays for as long as it answers.
   */
  boolean hasLeft(Instant now, MembershipRules rules, Peers peers) {
    Duration term = term(rules);
    if (hearing.here(now, term) != null || hearing.isTold(peers, now)) {
      return false;
    }
    boolean over = !hearing.lastCertain(peers).plus(term).isAfter(now);
    return hearing.isUncertain(peers, now, term) ? over && !answering : over;
  }

  /** How long it stays after it was heard last. */
  private Duration term(MembershipRules rules) {
    return registration.origin() == Origin.LEASED ? rules.lease() : rules.pingGone();
  }

  Instant nextProbe() {
    return nextProbe;
  }

  boolean isDue(Instant now) {
    return !probing && !nextProbe.isAfter(now);
  }

  /** Whether its last probe got no answer in time: the next may hold its slot for as long. */
  boolean isSlow() {
    return timeouts > 0 && against == Suspicion.TIMED_OUT;
  }

  boolean isProbing() {
    return probing;
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
    reports.answered();
    EngineMetrics metrics = up.metrics();
    Epoch before = epoch;
    String start = metrics == null ? null : metrics.processStart();
    epoch = life.answered(start, registration.engineId(), now);
    if (metrics != null) {
      load = metrics.load();
    }
    if (!before.equals(epoch) && up.identity() == null && !before.isGuessed()) {
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

  void down(ProbeResult.Down down, MembershipRules rules) {
    probing = false;
    timeouts++;
    against = suspicion(down.verdict());
    boolean doubted = reports.answered();
    if (down.verdict() == Verdict.REFUSED && rules.lives() == MembershipRules.Lives.SEEN) {
      life.end();
    }
    if (down.verdict() != Verdict.TIMED_OUT || doubted || timeouts >= rules.timeoutsToSuspect()) {
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
