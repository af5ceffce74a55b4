package io.turnpike.membership;

import io.turnpike.node.Cluster;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one {@link Membership}: gives it the time, its ticks and the results of its probes, and
 * publishes its table. Safe for use by many threads; every method takes microseconds under one lock
 * and does no I/O.
 *
 * <p>Changes of a node's load are published with the next tick, all others at once.
 */
public final class MembershipDriver implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(MembershipDriver.class);
  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration LONGEST_SETTLING = Duration.ofSeconds(5);

  /**
   * Half of them may wait for engines that hang, up to 4 s each; the others ask 1,024 nodes a
   * second although a tick hands each slot out only once.
   */
  static final int MAX_PROBES_AT_ONCE = 256;

  /** Hears of every new table, in order. Called under the driver's lock: must not block. */
  @FunctionalInterface
  public interface Listener {
    void onChanges(Published published, List<Change> changes);
  }

  /** Hears of every probe that has ended. Must not block. */
  @FunctionalInterface
  public interface ProbeListener {
    void probed(ProbeOutcome outcome, Duration took);
  }

  /** What came of a probe. */
  public enum ProbeOutcome {
    ANSWERED("answered"),
    /** Nobody listens at its port. */
    REFUSED("refused"),
    /** It broke off, or answered that it does not serve. */
    FAILED("failed"),
    TIMED_OUT("timed-out");

    private final String word;

    ProbeOutcome(String word) {
      this.word = word;
    }

    /** Its name in metrics. */
    public String word() {
      return word;
    }

    static ProbeOutcome of(ProbeResult result) {
      return switch (result) {
        case ProbeResult.Up _ -> ANSWERED;
        case ProbeResult.Down down ->
            switch (down.verdict()) {
              case REFUSED -> REFUSED;
              case CERTAIN -> FAILED;
              case TIMED_OUT -> TIMED_OUT;
            };
      };
    }
  }

  /**
   * One table out of the row of tables.
   *
   * @param version grows by one with every table
   * @param table the table
   * @param complete whether all nodes there are can be in it; not so soon after the start, while
   *     engines have not yet said again that they are there
   */
  public record Published(long version, Cluster table, boolean complete) {}

  private final Membership membership;
  private final Duration grace;
  private final EngineProbe probe;
  private final InstantSource time;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final List<ProbeListener> probeListeners = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> settled = new CompletableFuture<>();
  private final ScheduledExecutorService ticker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("membership").daemon().factory());

  /** Guarded by {@link #lock}, like all that follow. */
  private final Map<NodeId, Change> pendingLoads = new LinkedHashMap<>();

  private final Set<NodeId> unsettled = new HashSet<>();
  private int probesUnderWay;
  private Instant startedAt;

  private volatile Published published = new Published(0, Cluster.EMPTY, false);

  public MembershipDriver(MembershipRules rules, EngineProbe probe, InstantSource time) {
    this.membership = new Membership(rules);
    this.grace = longer(rules.lease(), rules.pingSuspect());
    this.probe = probe;
    this.time = time;
    this.startedAt = time.instant();
  }

  /** All engines have said that they are there within this time. */
  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /** Adds one that hears of all tables from now on. */
  public void listen(Listener listener) {
    listeners.add(listener);
  }

  /** Adds one that hears of all probes from now on. */
  public void listenToProbes(ProbeListener listener) {
    probeListeners.add(listener);
  }

  /** Begins to tick and to probe. */
  public void start() {
    lock.lock();
    try {
      startedAt = time.instant();
      unsettled.addAll(membership.registrations().keySet());
      settle();
    } finally {
      lock.unlock();
    }
    Future<?> _ =
        ticker.scheduleWithFixedDelay(this::tick, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whose time it goes by. */
  public InstantSource time() {
    return time;
  }

  /** The latest table. */
  public Published published() {
    return published;
  }

  /** Completes when each node known at the start was asked once, or after 5 s. */
  public CompletableFuture<Void> settled() {
    return settled.copy();
  }

  /** How each node came to be known. */
  public Map<NodeId, Registration> registrations() {
    lock.lock();
    try {
      return membership.registrations();
    } finally {
      lock.unlock();
    }
  }

  /** See {@link Membership#announce}. */
  public Outcome announce(Registration registration) {
    return apply(now -> membership.announce(registration, now));
  }

  /** See {@link Membership#restore}. */
  public Outcome restore(Registration registration, Node node) {
    return apply(now -> membership.restore(registration, node, now));
  }

  /** See {@link Membership#heartbeat}. */
  public Outcome heartbeat(NodeId id) {
    return apply(now -> membership.heartbeat(id, now));
  }

  /** See {@link Membership#failureReported}; the probe that it asks for begins at once. */
  public Outcome failureReported(FailureReport report) {
    Outcome outcome = apply(now -> membership.failureReported(report, now));
    if (outcome instanceof Outcome.Applied) {
      ticker.execute(this::tick);
    }
    return outcome;
  }

  /** See {@link Membership#drain}. */
  public Outcome drain(NodeId id) {
    return apply(now -> membership.drain(id, now));
  }

  /** See {@link Membership#undrain}. */
  public Outcome undrain(NodeId id) {
    return apply(now -> membership.undrain(id, now));
  }

  /** See {@link Membership#remove}. */
  public Outcome remove(NodeId id) {
    return apply(now -> membership.remove(id, now));
  }

  /** See {@link Membership#withdraw}. */
  public Outcome withdraw(NodeId id) {
    return apply(now -> membership.withdraw(id, now));
  }

  /**
   * What this registry tells its peers.
   *
   * @param self its name, another one at each start
   */
  public PeerWord word(String self) {
    lock.lock();
    try {
      return membership.word(self, published.complete(), time.instant());
    } finally {
      lock.unlock();
    }
  }

  /**
   * See {@link Membership#hear}; who is told by one that knows all nodes, knows them too.
   *
   * @param self as in {@link #word}
   */
  public void hear(PeerWord word, String self) {
    lock.lock();
    try {
      publish(membership.hear(word, self, time.instant()), false);
    } finally {
      lock.unlock();
    }
    if (word.complete()) {
      believe();
    }
  }

  /** From now on the table counts as complete. */
  public void believe() {
    lock.lock();
    try {
      if (!published.complete()) {
        // A version that no change tells of, so that every watcher gets a snapshot.
        published = new Published(published.version() + 1, published.table(), true);
      }
    } finally {
      lock.unlock();
    }
  }

  private Outcome apply(Function<Instant, Outcome> event) {
    lock.lock();
    try {
      Outcome outcome = event.apply(time.instant());
      publish(outcome.changes(), false);
      return outcome;
    } finally {
      lock.unlock();
    }
  }

  private void tick() {
    try {
      List<ProbeOrder> orders;
      lock.lock();
      try {
        Instant now = time.instant();
        publish(membership.tick(now), true);
        orders = membership.dueProbes(now, MAX_PROBES_AT_ONCE, probesUnderWay);
        probesUnderWay += orders.size();
        settle();
        if (!published.complete() && startedAt.plus(grace).isBefore(now)) {
          believe();
        }
      } finally {
        lock.unlock();
      }
      orders.forEach(this::ask);
    } catch (RuntimeException e) {
      LOG.error("A tick of the membership failed", e);
    }
  }

  private void ask(ProbeOrder order) {
    probe
        .probe(order.url(), order.identity(), time.instant())
        .subscribe(
            result -> probed(order.node(), result),
            fault -> LOG.atError().addKeyValue("node", order.node()).setCause(fault).log("Fault"));
  }

  private void probed(NodeId id, ProbeResult result) {
    Duration took = Duration.between(result.startedAt(), time.instant());
    probeListeners.forEach(listener -> listener.probed(ProbeOutcome.of(result), took));
    lock.lock();
    try {
      probesUnderWay--;
      publish(membership.probed(id, result, time.instant()).changes(), false);
      unsettled.remove(id);
      settle();
    } finally {
      lock.unlock();
    }
  }

  private void settle() {
    if (unsettled.isEmpty() || startedAt.plus(LONGEST_SETTLING).isBefore(time.instant())) {
      settled.complete(null);
    }
  }

  private void publish(List<Change> changes, boolean withLoads) {
    List<Change> out = new ArrayList<>();
    for (Change change : changes) {
      if (change.kind() == Change.Kind.LOAD) {
        pendingLoads.put(change.node().id(), change);
      } else {
        pendingLoads.remove(change.node().id());
        out.add(change);
        log(change);
      }
    }
    if (withLoads) {
      out.addAll(pendingLoads.values());
      pendingLoads.clear();
    }
    if (out.isEmpty()) {
      return;
    }
    Published next =
        new Published(published.version() + 1, membership.table(), published.complete());
    published = next;
    for (Listener listener : listeners) {
      listener.onChanges(next, List.copyOf(out));
    }
  }

  private static void log(Change change) {
    LOG.atInfo()
        .addKeyValue("node", change.node().id())
        .addKeyValue("change", change.kind().word())
        .addKeyValue("role", change.node().role().word())
        .addKeyValue("state", change.node().state().word())
        .addKeyValue("epoch", change.node().epoch())
        .addKeyValue("reason", change.reason())
        .log("Node changed");
  }

  @Override
  public void close() {
    ticker.shutdownNow();
  }
}
