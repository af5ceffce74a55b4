package io.turnpike.bench.run;

import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.client.Request;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.load.Arrivals;
import io.turnpike.bench.load.LoadRun;
import io.turnpike.bench.load.Saturation;
import io.turnpike.bench.load.SelfCheck;
import io.turnpike.bench.load.Tally;
import io.turnpike.bench.prompt.Bodies;
import io.turnpike.bench.prompt.Prompts;
import io.turnpike.bench.report.LoadResult;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs loads of single turns against one server, each with its warm-up first and apart. */
public final class LoadDriver {

  /** Prompts of the warm-up are those of conversations from here on, so that none is cached. */
  private static final int WARM_UP_CONVERSATIONS = 1_000_000_000;

  /**
   * A load.
   *
   * @param requests how many
   * @param ratePerSecond of an open loop with stretched Poisson arrivals; 0 for a closed loop
   * @param concurrency of the closed loop, or the bound of the open one; 0 for none
   * @param promptTokens of each prompt
   * @param maxTokens of each answer
   * @param warmUp requests before it that are not counted
   */
  public record Load(
      int requests,
      double ratePerSecond,
      int concurrency,
      int promptTokens,
      int maxTokens,
      int warmUp) {}

  private final Endpoint endpoint;
  private final Bodies bodies;
  private final Prompts prompts;
  private final long seed;
  private final AtomicReference<@Nullable LoadRun> running = new AtomicReference<>();
  private volatile boolean stopped;

  /** Loads of one server. */
  public LoadDriver(Endpoint endpoint, Bodies bodies, Prompts prompts, long seed) {
    this.endpoint = endpoint;
    this.bodies = bodies;
    this.prompts = prompts;
    this.seed = seed;
  }

  /** Ends what runs; what was measured is returned as a partial result. */
  public void stop() {
    stopped = true;
    LoadRun run = running.get();
    if (run != null) {
      run.stop();
    }
  }

  /** Whether it was stopped. */
  public boolean isStopped() {
    return stopped;
  }

  /** Runs a load; the sink gets each measurement too. */
  public LoadResult run(
      Load load, Goodput goodput, String what, PrintWriter err, Consumer<Measurement> sink)
      throws InterruptedException {
    warmUp(load);
    Tally tally = new Tally(goodput);
    long[] due =
        load.ratePerSecond() > 0
            ? Arrivals.stretchedPoisson(load.ratePerSecond(), load.requests(), seed)
            : new long[0];
    Saturation saturation =
        new Saturation(load.ratePerSecond(), due.length == 0 ? 0 : due[due.length - 1]);
    LoadRun run =
        new LoadRun(
            endpoint,
            index -> request(index, index, load),
            tally::gap,
            measurement -> {
              tally.add(measurement);
              saturation.add(measurement);
              sink.accept(measurement);
            });
    saturation.start(System.nanoTime());
    long cpu = endpoint.cpuNanos();
    long began = System.nanoTime();
    int sent;
    try (Progress _ = new Progress(err, what, load.requests(), tally)) {
      sent = start(run, load, due);
    }
    double busy = (double) (endpoint.cpuNanos() - cpu) / Math.max(1, System.nanoTime() - began);
    return new LoadResult(
        bodies.model(),
        load.ratePerSecond(),
        load.concurrency(),
        load.requests(),
        sent,
        tally,
        load.ratePerSecond() > 0 ? SelfCheck.open(tally, busy) : SelfCheck.closed(tally, busy),
        saturation.verdict(),
        endpoint.options().isPooled() ? endpoint.options().connections() : 0);
  }

  private void warmUp(Load load) throws InterruptedException {
    if (load.warmUp() > 0 && !stopped) {
      LoadRun run =
          new LoadRun(
              endpoint,
              i -> request(i, WARM_UP_CONVERSATIONS + i, load),
              gap -> {},
              measurement -> {});
      running.set(run);
      run.closed(load.warmUp(), Math.min(load.warmUp(), Math.max(1, load.concurrency())));
    }
  }

  private int start(LoadRun run, Load load, long[] due) throws InterruptedException {
    running.set(run);
    if (stopped) {
      return 0;
    }
    return load.ratePerSecond() > 0
        ? run.open(due, load.concurrency())
        : run.closed(load.requests(), Math.max(1, load.concurrency()));
  }

  private Request request(int index, int conversation, Load load) {
    String said = prompts.user(conversation, 1, load.promptTokens());
    return new Request(
        index,
        conversation,
        1,
        bodies.api().path(),
        bodies.body(List.of(said), load.maxTokens()),
        bodies.streamed(),
        load.maxTokens(),
        false,
        bodies.session(conversation));
  }
}
