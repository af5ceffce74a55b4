package io.turnpike.simulator.replay;

import io.turnpike.cost.EngineCosts;
import io.turnpike.cost.EngineProfile;
import io.turnpike.node.Cluster;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.Role;
import io.turnpike.routing.Mode;
import io.turnpike.routing.ReplicaPolicy;
import io.turnpike.routing.RoutingPolicy;
import io.turnpike.routing.TurnFacts.Holder;
import io.turnpike.simulator.workload.Session;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Runs a cluster in virtual time until every turn of every conversation has ended. One thread; the
 * same input and seed give the same output, byte for byte. Holds only conversations under way.
 */
public final class Replay {

  private final Timeline timeline = new Timeline();
  private final Alarms alarms = new Alarms();
  private final List<VirtualEngine> engines = new ArrayList<>();
  private final EngineHeap due;
  private final Network network;
  private final ClientPool pool;
  private final ClusterSpec spec;
  private final VirtualWorld world;
  private final Failures failures;
  private final RandomGenerator random;
  private final Iterator<Session> sessions;
  private final Consumer<TurnResult> results;
  private final Lanes lanes;
  private final IdentityHashMap<EngineProfile, EngineCosts> costs = new IdentityHashMap<>();

  private long nowNanos;
  private long events;
  private int conversations;

  /**
   * A run.
   *
   * @param sessions in order of their starts
   * @param seed of the routing's choices
   * @param results gets each turn when it ends
   */
  public Replay(
      ClusterSpec spec, Iterator<Session> sessions, long seed, Consumer<TurnResult> results) {
    this.spec = spec;
    this.sessions = sessions;
    this.results = results;
    random = new SplittableRandom(seed);
    for (EngineSpec engine : spec.engines()) {
      engines.add(new VirtualEngine(engines.size(), engine, spec.handoff()));
    }
    due = new EngineHeap(engines.size());
    network = new Network(timeline, engines.size(), spec.network().gigabytesPerSecond());
    pool = new ClientPool(spec.connections());
    world = new VirtualWorld(engines, () -> nowNanos);
    failures = new Failures(spec.failures(), world);
    RoutingPolicy split = splitPolicy();
    boolean one = spec.mode() == Mode.ADAPTIVE;
    lanes = new Lanes(world.view().cluster(), split, one ? split : replicaPolicy());
  }

  /** Runs to the end and says what it took. */
  public RunFacts run() {
    return run(() -> {});
  }

  /** The same, looking after each event. */
  RunFacts run(Runnable afterEach) {
    scheduleNextSession();
    while (step()) {
      afterEach.run();
    }
    return new RunFacts(events, nowNanos, engines.stream().map(e -> e.core.stats()).toList());
  }

  /** Does what is due next; false when nothing is. */
  private boolean step() {
    long action = timeline.nextNanos();
    long engine = due.nextNanos();
    long alarm = alarms.nextNanos();
    long failure = failures.nextNanos();
    long work = Math.min(Math.min(action, engine), alarm);
    if (work == Long.MAX_VALUE && (failure == Long.MAX_VALUE || !waitsForFailures())) {
      return false;
    }
    events++;
    nowNanos = Math.min(work, failure);
    if (failure <= work) {
      failures.doNext();
      engines.forEach(this::touch);
    } else if (action == work) {
      timeline.poll().run();
    } else if (engine == work) {
      VirtualEngine next = engines.get(due.first());
      next.advance(nowNanos);
      touch(next);
    } else {
      alarms.ring();
    }
    return true;
  }

  /** Whether anything is left to do that only an engine's recovery lets go on. */
  private boolean waitsForFailures() {
    return conversations > 0 || engines.stream().anyMatch(VirtualEngine::isHeldUp);
  }

  private RoutingPolicy splitPolicy() {
    return RoutingPolicy.of(spec.mode(), this::costs, world.answers());
  }

  private EngineCosts costs(Node node) {
    VirtualEngine engine = world.engine(node.id());
    return costs.computeIfAbsent(
        engine.spec.profile(),
        profile ->
            EngineCosts.of(
                profile,
                spec.handoff(),
                spec.network().gigabytesPerSecond(),
                spec.network().setUpMillis()));
  }

  private RoutingPolicy replicaPolicy() {
    return switch (spec.balancing()) {
      case TURNPIKE -> new ReplicaPolicy();
      case STUDY -> new StudyBalancing(node -> world.engine(node).silent);
    };
  }

  private void scheduleNextSession() {
    if (sessions.hasNext()) {
      Session session = sessions.next();
      long start = Math.max(nowNanos, session.startNanos());
      timeline.at(start, () -> begin(session));
    }
  }

  private void begin(Session session) {
    scheduleNextSession();
    conversations++;
    new ConversationRun(this, session, lanes.assign(session)).sendNext();
  }

  void conversationEnded() {
    conversations--;
  }

  /** Something was asked of an engine, so its next event may be another. */
  void touch(VirtualEngine engine) {
    due.set(engine.index, engine.nextEventNanos());
  }

  VirtualEngine engine(NodeId id) {
    return world.engine(id);
  }

  List<VirtualEngine> engines() {
    return engines;
  }

  Timeline timeline() {
    return timeline;
  }

  ClientPool pool() {
    return pool;
  }

  Network network() {
    return network;
  }

  ClusterSpec spec() {
    return spec;
  }

  Alarms alarms() {
    return alarms;
  }

  VirtualWorld world() {
    return world;
  }

  RandomGenerator random() {
    return random;
  }

  long nowNanos() {
    return nowNanos;
  }

  void report(TurnResult result) {
    results.accept(result);
  }

  /**
   * Which policy a conversation gets, and its place if it is older than the run. In a cluster of
   * replicas beside prefill and decode engines, conversations are dealt out evenly over all that
   * decode: so many to the replicas as there are replicas among them. In mode adaptive one policy
   * chooses among all.
   */
  private static final class Lanes {

    private final List<Node> replicas;
    private final List<Node> decodes;
    private final RoutingPolicy split;
    private final RoutingPolicy replica;
    private int assigned;

    Lanes(Cluster cluster, RoutingPolicy split, RoutingPolicy replica) {
      replicas =
          cluster.ready(Role.REPLICA).stream().filter(n -> n.role() == Role.REPLICA).toList();
      decodes = cluster.ready(Role.DECODE);
      this.split = split;
      this.replica = replica;
    }

    ConversationRun.Lane assign(Session session) {
      int seat = assigned++ % (replicas.size() + decodes.size());
      boolean toReplica = seat < replicas.size();
      Node place = toReplica ? replicas.get(seat) : decodes.get(seat - replicas.size());
      Holder holder =
          session.turnsBefore() == 0 || (toReplica && replica instanceof StudyBalancing)
              ? null
              : new Holder(place.id(), place.epoch());
      return new ConversationRun.Lane(toReplica ? replica : split, holder);
    }
  }
}
