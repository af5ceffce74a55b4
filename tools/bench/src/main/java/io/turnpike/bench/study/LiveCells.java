package io.turnpike.bench.study;

import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.client.Request;
import io.turnpike.bench.load.Arrivals;
import io.turnpike.bench.load.LoadRun;
import io.turnpike.bench.prompt.Bodies;
import io.turnpike.bench.prompt.Prompts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Cells on servers. Each turn of all conversations is an open loop of its own, and begins when the
 * one before has ended, as in the study. Prompts and what stands for the assistant's answers in
 * later prompts come from the seed, so every mode sees the same bytes; only the cache salt differs,
 * which keeps one mode from finding the other's prefix caches warm.
 */
public final class LiveCells implements Cells {

  /** Gets a server ready for a mode. */
  @FunctionalInterface
  public interface Switch {
    /** The server of that mode, switched to it and with no conversation. */
    Endpoint to(String mode) throws IOException, InterruptedException;
  }

  private final Switch servers;
  private final Bodies bodies;
  private final double charactersPerToken;
  private final long seed;
  private final String what;
  private final Running running = new Running();

  /** The run under way, so that it can be stopped. */
  private static final class Running {
    private boolean stopped;
    private final List<LoadRun> runs = new ArrayList<>();

    synchronized boolean begin(LoadRun run) {
      runs.clear();
      runs.add(run);
      return !stopped;
    }

    synchronized void stop() {
      stopped = true;
      runs.forEach(LoadRun::stop);
    }
  }

  /** Cells on the servers that the switch knows. */
  public LiveCells(
      Switch servers, Bodies bodies, double charactersPerToken, long seed, String what) {
    this.servers = servers;
    this.bodies = bodies;
    this.charactersPerToken = charactersPerToken;
    this.seed = seed;
    this.what = what;
  }

  @Override
  public List<Measurement> measure(Cell cell) throws IOException, InterruptedException {
    Endpoint endpoint = servers.to(cell.mode());
    ConcurrentLinkedQueue<Measurement> measured = new ConcurrentLinkedQueue<>();
    Prompts prompts = new Prompts(cell.seed(seed), charactersPerToken);
    Bodies salted = bodies.withSalt("bench-%s-%d".formatted(cell.key(), System.nanoTime()));
    for (int turn = 1; turn <= cell.turns(); turn++) {
      int number = turn;
      LoadRun run =
          new LoadRun(
              endpoint,
              index -> request(index, number, cell, prompts, salted),
              gap -> {},
              measured::add);
      if (!running.begin(run)) {
        break;
      }
      run.open(Arrivals.poisson(cell.qps(), cell.conversations(), cell.seed(seed) + turn), 0);
    }
    return List.copyOf(measured);
  }

  private static Request request(
      int conversation, int turn, Cell cell, Prompts prompts, Bodies bodies) {
    Workload w = cell.workload();
    List<String> said = new ArrayList<>();
    for (int earlier = 1; earlier < turn; earlier++) {
      said.add(prompts.user(conversation, earlier, w.inputTokens()));
      said.add(prompts.assistant(conversation, earlier, w.outputTokens()));
    }
    said.add(prompts.user(conversation, turn, w.inputTokens()));
    return new Request(
        conversation,
        conversation,
        turn,
        bodies.api().path(),
        bodies.body(said, w.outputTokens()),
        bodies.streamed(),
        w.outputTokens(),
        false);
  }

  @Override
  public String what() {
    return what;
  }

  @Override
  public void stop() {
    running.stop();
  }

  @Override
  public void close() {}
}
