package io.turnpike.bench.study;

import io.turnpike.bench.client.Failure;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.client.TokenSource;
import io.turnpike.routing.Mode;
import io.turnpike.simulator.profile.EngineProfile;
import io.turnpike.simulator.profile.Profiles;
import io.turnpike.simulator.replay.ClusterSpec;
import io.turnpike.simulator.replay.Replay;
import io.turnpike.simulator.replay.TurnResult;
import io.turnpike.simulator.workload.SyntheticSessions;
import io.turnpike.simulator.workload.WorkloadSpec;
import io.turnpike.simulator.workload.WorkloadSpec.Answers;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Cells in virtual time, under the study's conditions: two GPUs (1P1D, or two replicas), Poisson
 * arrivals, turn 1 over before turn 2 begins, and each turn's prompt new to the caches, as the
 * measured first-token times show that it was. The two turns are runs of their own.
 */
public final class VirtualCells implements Cells {

  private static final String SPLIT = "1P1D";
  private static final String REPLICAS = "2R";

  private final EngineProfile profile;
  private final String name;
  private final int connections;
  private final long seed;
  private volatile boolean stopped;

  /**
   * Cells on simulated engines.
   *
   * @param profile of each engine
   * @param connections all clients' connections, 0 for no bound
   */
  public VirtualCells(String profile, int connections, long seed) {
    this.profile = Profiles.find(profile);
    name = profile;
    this.connections = connections == 0 ? ClusterSpec.UNLIMITED : connections;
    this.seed = seed;
  }

  @Override
  public List<Measurement> measure(Cell cell) {
    if (cell.turns() > 2) {
      throw new IllegalArgumentException(
          "turns: %d (expected: 1 or 2 in virtual time)".formatted(cell.turns()));
    }
    List<Measurement> measured = new ArrayList<>();
    long origin = 0;
    for (int turn = 1; turn <= cell.turns() && !stopped; turn++) {
      origin = replay(cell, turn, origin, measured) + 1;
    }
    return measured;
  }

  private long replay(Cell cell, int turn, long origin, List<Measurement> into) {
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
    SyntheticSessions sessions =
        new SyntheticSessions(
            spec, cell.qps(), cell.conversations(), new SplittableRandom(cell.seed(seed) + turn));
    return origin
        + new Replay(
                cluster(cell.mode()),
                sessions,
                cell.seed(seed),
                result -> into.add(measurement(into.size(), turn, origin, result)))
            .run()
            .endNanos();
  }

  private ClusterSpec cluster(String mode) {
    String shape = mode.equals("replication") ? REPLICAS : SPLIT;
    return ClusterSpec.of(shape, profile, policy(mode))
        .withConnections(connections)
        .balancedLikeTheStudy();
  }

  private static Mode policy(String mode) {
    return mode.equals("replication")
        ? Mode.PPD
        : Mode.of(mode)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "mode: \"%s\" (expected in virtual time: replication, %s)"
                            .formatted(mode, Mode.words())));
  }

  private static Measurement measurement(int index, int turn, long origin, TurnResult result) {
    String session = result.session();
    return new Measurement(
        index,
        Integer.parseInt(session.substring(session.lastIndexOf('-') + 1)),
        turn,
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
            : Failure.of(Failure.Kind.OTHER, "rejected: " + result.reason().word()));
  }

  @Override
  public String what() {
    return "virtual time, 2 × "
        + name
        + (connections == ClusterSpec.UNLIMITED
            ? ", no client pool"
            : ", a client pool of %d connections shared by all".formatted(connections));
  }

  @Override
  public void stop() {
    stopped = true;
  }

  @Override
  public void close() {}
}
