package io.turnpike.bench.study;

import io.turnpike.bench.client.Failure;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.client.TokenSource;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.load.Tally;
import io.turnpike.cost.EngineProfile;
import io.turnpike.cost.HandoffCosts;
import io.turnpike.routing.Mode;
import io.turnpike.simulator.profile.Profiles;
import io.turnpike.simulator.replay.ClusterSpec;
import io.turnpike.simulator.replay.NetworkProfile;
import io.turnpike.simulator.replay.Replay;
import io.turnpike.simulator.replay.TurnResult;
import io.turnpike.simulator.workload.Content;
import io.turnpike.simulator.workload.Session;
import io.turnpike.simulator.workload.SyntheticSessions;
import io.turnpike.simulator.workload.Turn;
import io.turnpike.simulator.workload.WorkloadSpec;
import io.turnpike.simulator.workload.WorkloadSpec.Answers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Cells in virtual time, on two GPUs (1P1D, or two replicas) with Poisson arrivals. Each turn of
 * all conversations begins when the one before is over. Nothing needs warming up.
 */
public final class VirtualCells implements Cells {

  private static final String SPLIT = "1P1D";
  private static final String REPLICAS = "2R";
  private static final String REPLICATION = "replication";

  /** Longer than any turn of all conversations takes, so that each begins in quiet. */
  private static final long QUIET_NANOS = 100_000L * 1_000_000_000;

  /** What a later turn's prompt consists of. */
  public enum History {
    /** Nothing that a cache has seen, as the measured study's first-token times show it was. */
    FRESH,
    /** All that was said before, as in {@link LiveCells}. */
    GROWS
  }

  /**
   * What is simulated.
   *
   * @param profile of each engine
   * @param connector by which P hands KV to D
   * @param network that it moves over
   * @param clientPool all clients' connections, 0 for no bound
   * @param history what a later turn's prompt consists of
   */
  public record Model(
      String profile, String connector, String network, int clientPool, History history) {}

  private final Model model;
  private final EngineProfile profile;
  private final HandoffCosts handoff;
  private final NetworkProfile network;
  private final long seed;
  private volatile boolean stopped;

  /** Cells on simulated engines. */
  public VirtualCells(Model model, long seed) {
    this.model = model;
    this.seed = seed;
    profile = Profiles.find(model.profile());
    handoff = HandoffCosts.of(model.connector());
    network = NetworkProfile.of(model.network());
  }

  @Override
  public void warmUp(Cell like, int conversations) {
    cluster(like.mode());
  }

  @Override
  public Outcome measure(Cell cell, Goodput goodput, Watcher watcher) {
    Turns turns = new Turns();
    switch (model.history()) {
      case FRESH -> {
        for (int turn = 1; turn <= cell.turns() && !stopped; turn++) {
          turns.origin += replay(cell, fresh(cell, turn), turns).run().endNanos() + 1;
        }
      }
      case GROWS -> replay(cell, growing(cell), turns).run();
    }
    List<Tally> tallies = new ArrayList<>();
    for (int turn = 1; turn <= cell.turns(); turn++) {
      Tally tally = new Tally(goodput);
      tallies.add(tally);
      watcher.began(cell, turn, tally);
      int number = turn;
      turns.measured.stream().filter(m -> m.turn() == number).forEach(tally::add);
      watcher.ended();
    }
    return new Outcome(turns.measured, tallies, 0, turns.moved);
  }

  private Replay replay(Cell cell, Iterator<Session> sessions, Turns into) {
    return new Replay(cluster(cell.mode()), sessions, cell.seed(seed), into::add);
  }

  private Iterator<Session> fresh(Cell cell, int turn) {
    Workload w = cell.workload();
    WorkloadSpec spec =
        new WorkloadSpec(
            w.name(),
            w.realInputTokens(),
            w.realOutputTokens(),
            turn,
            turn - 1,
            0,
            0,
            Answers.MISS);
    Iterator<Session> sessions =
        new SyntheticSessions(
            spec, cell.qps(), cell.conversations(), new SplittableRandom(cell.seed(seed) + turn));
    return Arrays.stream(cell.arrivals(seed, turn))
        .mapToObj(due -> at(due, sessions.next()))
        .iterator();
  }

  private static Session at(long due, Session session) {
    return new Session(
        session.name(), due, session.turnsBefore(), session.answers(), session.turns());
  }

  private Iterator<Session> growing(Cell cell) {
    List<Session> sessions = new ArrayList<>();
    List<long[]> due = new ArrayList<>();
    for (int turn = 1; turn <= cell.turns(); turn++) {
      due.add(cell.arrivals(seed, turn));
    }
    for (int i = 0; i < cell.conversations(); i++) {
      sessions.add(growing(cell, i, due));
    }
    sessions.sort(Comparator.comparingLong(Session::startNanos));
    return sessions.iterator();
  }

  private static Session growing(Cell cell, int conversation, List<long[]> due) {
    Workload w = cell.workload();
    List<Turn> turns = new ArrayList<>();
    int prompt = 0;
    for (int turn = 1; turn <= cell.turns(); turn++) {
      prompt += w.realInputTokens();
      long at = (turn - 1) * QUIET_NANOS + due.get(turn - 1)[conversation];
      turns.add(new Turn(prompt, w.realOutputTokens(), at, 0, Content.of(conversation)));
      prompt += w.realOutputTokens();
    }
    String session = w.name() + "-" + conversation;
    return new Session(session, turns.getFirst().atNanos(), 0, Answers.MISS, turns);
  }

  private ClusterSpec cluster(String mode) {
    ClusterSpec spec =
        mode.equals(REPLICATION)
            ? ClusterSpec.of(REPLICAS, profile, Mode.PPD)
            : ClusterSpec.of(SPLIT, profile, mode);
    return spec.with(handoff, network).withConnections(connections()).balancedLikeTheStudy();
  }

  private int connections() {
    return model.clientPool() == 0 ? ClusterSpec.UNLIMITED : model.clientPool();
  }

  /** Turns as they end. */
  private static final class Turns {
    private final List<Measurement> measured = new ArrayList<>();
    private final Map<Integer, Long> moved = new TreeMap<>();
    private long origin;

    void add(TurnResult result) {
      moved.merge(result.turn(), (long) result.movedTokens(), Long::sum);
      String session = result.session();
      measured.add(
          new Measurement(
              measured.size(),
              Integer.parseInt(session.substring(session.lastIndexOf('-') + 1)),
              result.turn(),
              origin + result.dueNanos(),
              origin + result.dueNanos(),
              origin + result.sentNanos(),
              origin + result.firstNanos(),
              origin + result.endNanos(),
              result.promptTokens(),
              result.outputTokens(),
              result.cachedTokens(),
              TokenSource.USAGE,
              result.outputTokens(),
              0,
              result.route().word(),
              "",
              result.isAnswered()
                  ? null
                  : Failure.of(Failure.Kind.OTHER, "rejected: " + result.reason().word())));
    }
  }

  @Override
  public Conditions conditions() {
    String pool =
        model.clientPool() == 0
            ? "no client pool"
            : "a client pool of %d connections shared by all".formatted(model.clientPool());
    return new Conditions(
        Conditions.VIRTUAL,
        "virtual time, 2 × %s, %s over %s, %s"
            .formatted(model.profile(), model.connector(), model.network(), pool),
        model);
  }

  @Override
  public void stop() {
    stopped = true;
  }

  @Override
  public void close() {}
}
