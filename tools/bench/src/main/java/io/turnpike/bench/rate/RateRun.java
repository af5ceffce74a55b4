package io.turnpike.bench.rate;

import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.prompt.Bodies;
import io.turnpike.bench.prompt.Prompts;
import io.turnpike.bench.report.AtomicFile;
import io.turnpike.bench.report.Environment;
import io.turnpike.bench.report.LoadResult;
import io.turnpike.bench.run.ExitCode;
import io.turnpike.bench.run.Interruption;
import io.turnpike.bench.run.LoadConfig;
import io.turnpike.bench.run.LoadDriver;
import io.turnpike.bench.run.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Measures rates until the highest one is found that meets an objective. */
public final class RateRun {

  private static final int FEWEST_REQUESTS = 20;

  /**
   * What is run.
   *
   * @param slo the objective as it was given
   * @param share of requests that is enough
   * @param from the first rate
   * @param seconds of a repeat
   * @param repeats of a rate
   * @param steps of the bisection
   * @param config of one repeat, whose rate and number of requests change
   */
  public record Plan(
      String slo,
      double share,
      double from,
      double seconds,
      int repeats,
      int steps,
      LoadConfig config) {}

  private final Endpoint endpoint;
  private final Bodies bodies;
  private final Plan plan;
  private final Goodput goodput;
  private final Terminal terminal;
  private volatile @Nullable LoadDriver driver;
  private volatile boolean stopped;

  /** A search on one server. */
  public RateRun(Endpoint endpoint, Bodies bodies, Plan plan, Terminal terminal) {
    this.endpoint = endpoint;
    this.bodies = bodies;
    this.plan = plan;
    this.terminal = terminal;
    goodput = Goodput.parse(plan.slo());
  }

  /** Searches, writes the file, prints. */
  public ExitCode run(Path file, Environment environment) throws IOException, InterruptedException {
    try (Interruption _ = new Interruption(this::stop)) {
      RateSearch.Found found = new RateSearch(this::tried).from(plan.from(), plan.steps());
      RateReport report = RateReport.of(plan, found, stopped, environment);
      AtomicFile.json(file, report);
      terminal.out().print(report.text());
      terminal.out().println(file);
      terminal.out().flush();
      return found.exitCode();
    }
  }

  private void stop() {
    stopped = true;
    LoadDriver running = driver;
    if (running != null) {
      running.stop();
    }
  }

  private Optional<Tried> tried(double rate) throws InterruptedException {
    List<Tried.Repeat> done = new ArrayList<>();
    int requests = Math.max(FEWEST_REQUESTS, (int) Math.round(rate * plan.seconds()));
    for (int number = 1; number <= plan.repeats() && !stopped; number++) {
      long seed = plan.config().seed() + number;
      LoadDriver one =
          new LoadDriver(
              endpoint,
              bodies.withSalt("bench-" + System.nanoTime()),
              new Prompts(seed, plan.config().promptLengths()),
              seed);
      driver = one;
      LoadConfig config = plan.config();
      LoadResult result =
          one.run(
              new LoadDriver.Load(requests, rate, 0, config.promptTokens(), config.maxTokens(), 1),
              goodput,
              String.format(Locale.ROOT, "%.2f/s %d/%d", rate, number, plan.repeats()),
              terminal.err(),
              m -> {});
      if (!result.isPartial()) {
        Tried.Repeat repeat = repeat(result);
        done.add(repeat);
        terminal.err().println(line(rate, number, repeat));
      }
    }
    return done.isEmpty() ? Optional.empty() : Optional.of(new Tried(rate, done));
  }

  private Tried.Repeat repeat(LoadResult result) {
    double good = (double) result.tally().good() / Math.max(1, result.asked());
    return new Tried.Repeat(
        good,
        result.tally().ttft().percentile(99),
        result.tally().tpot().mean(),
        result.tally().failures(),
        result.saturation(),
        result.self().complaints(),
        good >= plan.share() && result.saturation().isEmpty() && result.self().isValid());
  }

  private static String line(double rate, int number, Tried.Repeat repeat) {
    return String.format(
        Locale.ROOT,
        "%.2f/s, repeat %d: %.1f %% met it%s%s: %s",
        rate,
        number,
        repeat.goodShare() * 100,
        repeat.saturation().isEmpty() ? "" : "; " + repeat.saturation(),
        repeat.counts() ? "" : "; " + repeat.loadGenerator(),
        repeat.pass() ? "pass" : repeat.counts() ? "fail" : "not counted");
  }
}
