package io.turnpike.bench.study;

import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.client.Request;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.load.LoadRun;
import io.turnpike.bench.load.Tally;
import io.turnpike.bench.prompt.Bodies;
import io.turnpike.bench.prompt.PromptLengths;
import io.turnpike.bench.prompt.Prompts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Cells on servers. Each turn of all conversations is an open loop of its own, and begins when the
 * one before has ended, as in the study. Prompts and what stands for the assistant's answers in
 * later prompts come from the seed, so every mode sees the same bytes; only the cache salt differs,
 * which keeps one mode from finding the other's prefix caches warm.
 */
public final class LiveCells implements Cells {

  /** Prompts of the warm-up are those of conversations from here on, so that none is cached. */
  private static final int WARM_UP_CONVERSATIONS = 1_000_000_000;

  /** Gets a server ready for a mode. */
  @FunctionalInterface
  public interface Switch {
    /** The server of that mode, switched to it. */
    Endpoint to(String mode) throws IOException, InterruptedException;
  }

  private final Switch servers;
  private final Bodies bodies;
  private final PromptLengths lengths;
  private final long seed;
  private final Conditions conditions;
  private final AtomicReference<@Nullable LoadRun> running = new AtomicReference<>();
  private volatile boolean stopped;

  /** Cells on the servers that the switch knows. */
  public LiveCells(
      Switch servers, Bodies bodies, PromptLengths lengths, long seed, Conditions conditions) {
    this.servers = servers;
    this.bodies = bodies;
    this.lengths = lengths;
    this.seed = seed;
    this.conditions = conditions;
  }

  @Override
  public void warmUp(Cell like, int conversations) throws IOException, InterruptedException {
    Asked asked = asked(servers.to(like.mode()), like, WARM_UP_CONVERSATIONS);
    for (int turn = 1; turn <= like.turns(); turn++) {
      LoadRun run = asked.run(turn, gap -> {}, measurement -> {});
      if (begin(run)) {
        run.closed(conversations, conversations);
      }
    }
  }

  @Override
  public Outcome measure(Cell cell, Goodput goodput, Watcher watcher)
      throws IOException, InterruptedException {
    Endpoint endpoint = servers.to(cell.mode());
    Asked asked = asked(endpoint, cell, 0);
    ConcurrentLinkedQueue<Measurement> measured = new ConcurrentLinkedQueue<>();
    List<Tally> tallies = new ArrayList<>();
    long cpu = endpoint.cpuNanos();
    long began = System.nanoTime();
    for (int turn = 1; turn <= cell.turns() && !stopped; turn++) {
      Tally tally = new Tally(goodput);
      tallies.add(tally);
      LoadRun run = asked.run(turn, tally::gap, measurement -> keep(measurement, tally, measured));
      watcher.began(cell, turn, tally);
      if (begin(run)) {
        run.open(cell.arrivals(seed, turn), 0);
      }
      watcher.ended();
    }
    double wall = Math.max(1, System.nanoTime() - began);
    return new Outcome(
        List.copyOf(measured), tallies, (endpoint.cpuNanos() - cpu) / wall, Map.of());
  }

  private static void keep(
      Measurement measurement, Tally tally, ConcurrentLinkedQueue<Measurement> measured) {
    tally.add(measurement);
    measured.add(measurement);
  }

  private boolean begin(LoadRun run) {
    running.set(run);
    return !stopped;
  }

  private Asked asked(Endpoint endpoint, Cell cell, int firstConversation) {
    return new Asked(
        endpoint,
        cell,
        firstConversation,
        new Prompts(cell.seed(seed), lengths),
        bodies.withSalt("bench-%s-%d".formatted(cell.key(), System.nanoTime())));
  }

  /** What a cell asks. */
  private record Asked(
      Endpoint endpoint, Cell cell, int firstConversation, Prompts prompts, Bodies bodies) {

    LoadRun run(int turn, LongConsumer gaps, Consumer<Measurement> sink) {
      return new LoadRun(endpoint, index -> request(index, turn), gaps, sink);
    }

    private Request request(int index, int turn) {
      Workload w = cell.workload();
      int conversation = firstConversation + index;
      List<String> said = new ArrayList<>();
      for (int earlier = 1; earlier < turn; earlier++) {
        said.add(prompts.user(conversation, earlier, w.inputTokens()));
        said.add(prompts.assistant(conversation, earlier, w.outputTokens()));
      }
      said.add(prompts.user(conversation, turn, w.inputTokens()));
      return new Request(
          index,
          conversation,
          turn,
          bodies.api().path(),
          bodies.body(said, w.outputTokens()),
          bodies.streamed(),
          w.outputTokens(),
          false,
          bodies.session(conversation));
    }
  }

  @Override
  public Conditions conditions() {
    return conditions;
  }

  @Override
  public void stop() {
    stopped = true;
    LoadRun run = running.get();
    if (run != null) {
      run.stop();
    }
  }

  @Override
  public void close() {}
}
