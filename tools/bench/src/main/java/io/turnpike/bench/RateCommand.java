package io.turnpike.bench;

import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.prompt.Prompts;
import io.turnpike.bench.report.AtomicFile;
import io.turnpike.bench.report.LoadResult;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Looks for the highest rate at which an objective is met. */
@Command(
    name = "rate",
    header = "Find the highest rate that meets an objective, by bisection.",
    mixinStandardHelpOptions = true,
    description = {
      "A rate passes if in the majority of its repeats, each with other arrivals, enough requests"
          + " met the objective, the server kept up, and the load generator was not the limit.",
      "Doubles the rate until one fails, then halves the gap."
    },
    footer = {
      "",
      "For example:",
      "  ./turnpike bench rate --goodput ttft:500,tpot:50 --from 1 --seconds 20"
    })
final class RateCommand implements Callable<Integer> {

  private static final int MOST_DOUBLINGS = 14;
  private static final int FEWEST_REQUESTS = 20;

  @Mixin private TargetOptions target = new TargetOptions();

  @Option(names = "--goodput", required = true, description = "For example ttft:500,tpot:50 (ms).")
  private String slo = "";

  @Option(names = "--share", defaultValue = "0.99", description = "Enough requests. Default: 0.99.")
  private double share = 0.99;

  @Option(names = "--from", defaultValue = "1", description = "The first rate. Default: 1.")
  private double from = 1;

  @Option(names = "--seconds", defaultValue = "20", description = "Of a repeat. Default: 20.")
  private double seconds = 20;

  @Option(names = "--repeats", defaultValue = "3", description = "Of a rate. Default: 3.")
  private int repeats = 3;

  @Option(names = "--steps", defaultValue = "4", description = "Of the bisection. Default: 4.")
  private int steps = 4;

  @Option(names = "--prompt-tokens", defaultValue = "64", description = "Default: 64.")
  private int promptTokens = 64;

  @Option(names = "--max-tokens", defaultValue = "64", description = "Default: 64.")
  private int maxTokens = 64;

  @Option(names = "--out", defaultValue = "bench-rate.json", description = "The result file.")
  private Path out = Path.of("bench-rate.json");

  @Spec private @Nullable CommandSpec spec;

  private final List<Map<String, Object>> tried = new ArrayList<>();
  private volatile @Nullable LoadDriver driver;
  private volatile boolean stopped;

  @Override
  public Integer call() throws Exception {
    Goodput goodput = Goodput.parse(slo);
    try (Endpoint endpoint = new Endpoint(target.endpoint());
        Interruption _ = new Interruption(this::stop)) {
      double good = 0;
      double bad = from;
      for (int i = 0; i < MOST_DOUBLINGS && !stopped && passes(endpoint, bad, goodput); i++) {
        good = bad;
        bad *= 2;
      }
      for (int i = 0; i < steps && !stopped; i++) {
        double middle = (good + bad) / 2;
        if (passes(endpoint, middle, goodput)) {
          good = middle;
        } else {
          bad = middle;
        }
      }
      AtomicFile.json(
          out, Map.of("goodput", slo, "highest_rate", good, "failed_rate", bad, "tried", tried));
      Terminal.out(spec)
          .printf(
              Locale.ROOT,
              "%shighest rate that meets %s: %.2f/s (%.2f/s does not)%n",
              stopped ? "PARTIAL: " : "",
              slo,
              good,
              bad);
      return good > 0 ? 0 : Bench.OBJECTIVE_MISSED;
    }
  }

  private void stop() {
    stopped = true;
    LoadDriver running = driver;
    if (running != null) {
      running.stop();
    }
  }

  private boolean passes(Endpoint endpoint, double rate, Goodput goodput) throws Exception {
    int passed = 0;
    for (int repeat = 1; repeat <= repeats && !stopped; repeat++) {
      long seed = target.seed + repeat;
      LoadDriver one =
          new LoadDriver(
              endpoint,
              target.bodies(true, "bench-" + System.nanoTime()),
              new Prompts(seed, target.charactersPerToken),
              seed);
      driver = one;
      int requests = Math.max(FEWEST_REQUESTS, (int) Math.round(rate * seconds));
      LoadResult result =
          one.run(
              new LoadDriver.Load(requests, rate, 0, promptTokens, maxTokens, 1),
              goodput,
              "rate",
              Terminal.err(spec),
              m -> {});
      passed += passes(result, rate, repeat) ? 1 : 0;
    }
    return passed * 2 > repeats;
  }

  private boolean passes(LoadResult result, double rate, int repeat) {
    double good = (double) result.tally().good() / Math.max(1, result.asked());
    boolean pass = good >= share && result.saturation().isEmpty() && result.self().isValid();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("rate", rate);
    json.put("repeat", repeat);
    json.put("good_share", good);
    json.put("p99_ttft_ms", result.tally().ttft().percentile(99));
    json.put("mean_tpot_ms", result.tally().tpot().mean());
    json.put("failures", result.tally().failures());
    json.put("saturation", result.saturation());
    json.put("load_generator", result.self().complaints());
    json.put("pass", pass);
    tried.add(json);
    PrintWriter err = Terminal.err(spec);
    err.printf(
        Locale.ROOT,
        "%.2f/s, repeat %d: %.1f %% met it%s%s: %s%n",
        rate,
        repeat,
        good * 100,
        result.saturation().isEmpty() ? "" : "; " + result.saturation(),
        result.self().isValid() ? "" : "; " + result.self().complaints(),
        pass ? "pass" : "fail");
    return pass;
  }
}
