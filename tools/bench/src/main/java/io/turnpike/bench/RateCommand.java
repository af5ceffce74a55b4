package io.turnpike.bench;

import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.prompt.Prompts;
import io.turnpike.bench.report.AtomicFile;
import io.turnpike.bench.report.LoadResult;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
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
          + " met the objective and the server kept up. Repeats in which the load generator was"
          + " itself the limit do not count; exit code 4 if that is all there is.",
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

  private final List<Tried> tried = new ArrayList<>();
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
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("goodput", slo);
      json.put("share", share);
      json.put("highest_rate", good);
      json.put("failed_rate", bad);
      json.put("partial", stopped);
      json.put("contradictions", contradictions());
      json.put("tried", tried);
      AtomicFile.json(out, json);
      PrintWriter print = Terminal.out(spec);
      print.print(text(good, bad));
      print.flush();
      double failed = bad;
      if (tried.stream().anyMatch(one -> one.rate == failed && one.valid() == 0)) {
        return Bench.NOT_VALID;
      }
      return good > 0 ? 0 : Bench.OBJECTIVE_MISSED;
    }
  }

  private String text(double good, double bad) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(Locale.ROOT, "%n%10s %8s %12s %10s%n", "rate 1/s", "passed", "met it", ""));
    for (Tried one : tried.stream().sorted(Comparator.comparingDouble(Tried::rate)).toList()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%10.2f %5d/%-2d %10.1f %% %10s%n",
              one.rate,
              one.passed(),
              one.valid(),
              100 * one.goodShare(),
              one.passes() ? "pass" : "fail"));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "%shighest rate at which %.1f %% meet %s: %.2f/s (%.2f/s does not)%n",
            stopped ? "PARTIAL: " : "",
            100 * share,
            slo,
            good,
            bad));
    long split = tried.stream().filter(t -> t.passed() > 0 && t.passed() < t.valid()).count();
    text.append(
        split == 0
            ? "All repeats of each rate agreed.\n"
            : "Repeats of %d of %d rates disagreed: near them the answer depends on the arrivals.%n"
                .formatted(split, tried.size()));
    tried.stream()
        .filter(one -> one.valid() < one.repeats.size())
        .forEach(one -> text.append(generatorWasLimit(one)));
    contradictions().forEach(c -> text.append("Not sure: ").append(c).append('\n'));
    return text.toString();
  }

  private static String generatorWasLimit(Tried one) {
    return String.format(
        Locale.ROOT,
        "Not counted: %d of %d repeats at %.2f/s, in which the load generator was the limit%n",
        one.repeats.size() - one.valid(),
        one.repeats.size(),
        one.rate);
  }

  /** A rate that failed below one that passed: the server or the machine was not steady. */
  private List<String> contradictions() {
    return tried.stream()
        .filter(low -> !low.passes())
        .filter(low -> tried.stream().anyMatch(t -> t.rate > low.rate && t.passes()))
        .map(low -> String.format(Locale.ROOT, "%.2f/s failed, a higher rate passed", low.rate))
        .toList();
  }

  private void stop() {
    stopped = true;
    LoadDriver running = driver;
    if (running != null) {
      running.stop();
    }
  }

  private boolean passes(Endpoint endpoint, double rate, Goodput goodput) throws Exception {
    List<Repeat> done = new ArrayList<>();
    int requests = Math.max(FEWEST_REQUESTS, (int) Math.round(rate * seconds));
    for (int repeat = 1; repeat <= repeats && !stopped; repeat++) {
      long seed = target.seed + repeat;
      LoadDriver one =
          new LoadDriver(
              endpoint,
              target.bodies(true, "bench-" + System.nanoTime()),
              new Prompts(seed, target.charactersPerToken),
              seed);
      driver = one;
      LoadResult result =
          one.run(
              new LoadDriver.Load(requests, rate, 0, promptTokens, maxTokens, 1),
              goodput,
              String.format(Locale.ROOT, "%.2f/s %d/%d", rate, repeat, repeats),
              Terminal.err(spec),
              m -> {});
      if (!result.isPartial()) {
        done.add(repeat(result, rate, repeat));
      }
    }
    if (done.isEmpty()) {
      return false;
    }
    Tried one = new Tried(rate, done);
    tried.add(one);
    return one.passes();
  }

  private Repeat repeat(LoadResult result, double rate, int number) {
    double good = (double) result.tally().good() / Math.max(1, result.asked());
    Repeat repeat =
        new Repeat(
            good,
            result.tally().ttft().percentile(99),
            result.tally().tpot().mean(),
            result.tally().failures(),
            result.saturation(),
            result.self().complaints(),
            good >= share && result.saturation().isEmpty() && result.self().isValid());
    PrintWriter err = Terminal.err(spec);
    err.printf(
        Locale.ROOT,
        "%.2f/s, repeat %d: %.1f %% met it%s%s: %s%n",
        rate,
        number,
        good * 100,
        repeat.saturation.isEmpty() ? "" : "; " + repeat.saturation,
        repeat.loadGenerator.isEmpty() ? "" : "; " + repeat.loadGenerator,
        repeat.pass ? "pass" : repeat.isValid() ? "fail" : "not counted");
    return repeat;
  }

  /** A rate and its repeats, as they go into the result file. */
  record Tried(double rate, List<Repeat> repeats) {
    long passed() {
      return repeats.stream().filter(Repeat::pass).count();
    }

    long valid() {
      return repeats.stream().filter(Repeat::isValid).count();
    }

    double goodShare() {
      return repeats.stream()
          .filter(Repeat::isValid)
          .mapToDouble(Repeat::goodShare)
          .average()
          .orElse(0);
    }

    boolean passes() {
      return passed() * 2 > valid();
    }
  }

  /** One repeat, as it goes into the result file; times in ms. */
  record Repeat(
      double goodShare,
      double p99TtftMillis,
      double meanTpotMillis,
      Map<String, Long> failures,
      String saturation,
      List<String> loadGenerator,
      boolean pass) {

    boolean isValid() {
      return loadGenerator.isEmpty();
    }
  }
}
