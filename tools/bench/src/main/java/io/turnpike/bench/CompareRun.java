package io.turnpike.bench;

import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.compare.Comparison;
import io.turnpike.bench.compare.ComparisonTable;
import io.turnpike.bench.compare.Verdict;
import io.turnpike.bench.conversation.CacheLedger;
import io.turnpike.bench.conversation.Engines;
import io.turnpike.bench.conversation.Talk;
import io.turnpike.bench.conversation.TalkRun;
import io.turnpike.bench.conversation.TurnCsv;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.load.SelfCheck;
import io.turnpike.bench.load.Tally;
import io.turnpike.bench.prompt.Bodies;
import io.turnpike.bench.report.AtomicFile;
import io.turnpike.bench.report.Environment;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Runs the same conversations in two modes, lot by lot, and says what differs. */
final class CompareRun {

  /** At least so many lots spread drift of the machine over both modes; each has two switches. */
  private static final int FEWEST_LOTS = 4;

  /** Short lots, so that an interrupted run has both modes of most conversations. */
  private static final int MOST_ROUNDS = 4;

  /**
   * What is run.
   *
   * @param modes two
   * @param talks that are counted
   * @param warmUp that are not
   * @param turns of each
   * @param concurrency conversations at the same time
   * @param kvBytesPerToken for the CSV's column
   */
  record Plan(
      List<String> modes,
      List<Talk> talks,
      List<Talk> warmUp,
      int turns,
      int concurrency,
      long kvBytesPerToken) {}

  private final ModeSwitch servers;
  private final Bodies bodies;
  private final Plan plan;
  private final List<URI> engineUrls;
  private final PrintWriter out;
  private final PrintWriter err;
  private final Map<String, ConcurrentLinkedQueue<Measurement>> measured = new LinkedHashMap<>();
  private final Map<String, CacheLedger> caches = new LinkedHashMap<>();
  private final Map<String, String> salts = new LinkedHashMap<>();
  private final Tally tally = new Tally(Goodput.ANY);
  private final AtomicReference<@Nullable TalkRun> running = new AtomicReference<>();
  private double cpuShare;
  private volatile boolean stopped;

  CompareRun(
      ModeSwitch servers,
      Bodies bodies,
      Plan plan,
      List<URI> engineUrls,
      PrintWriter out,
      PrintWriter err) {
    this.servers = servers;
    this.bodies = bodies;
    this.plan = plan;
    this.engineUrls = engineUrls;
    this.out = out;
    this.err = err;
    for (String mode : plan.modes()) {
      measured.put(mode, new ConcurrentLinkedQueue<>());
      caches.put(mode, new CacheLedger());
      salts.put(mode, "bench-compare-%s-%d".formatted(mode, System.nanoTime()));
    }
  }

  /** Measures, writes the files, prints; the exit code. */
  int run(Path name, Map<String, Object> config, @Nullable CommandSpec spec)
      throws IOException, InterruptedException {
    try (Interruption _ = new Interruption(this::stop)) {
      for (String mode : plan.modes()) {
        warmUp(mode);
      }
      int total = plan.modes().size() * plan.talks().size() * plan.turns();
      try (Progress _ = new Progress(err, String.join(", ", plan.modes()), total, tally)) {
        lots();
      }
      servers.putBack();
      return report(name, config, spec);
    }
  }

  private void stop() {
    stopped = true;
    TalkRun run = running.get();
    if (run != null) {
      run.stop();
    }
  }

  private void warmUp(String mode) throws IOException, InterruptedException {
    if (!plan.warmUp().isEmpty() && !stopped) {
      TalkRun run = new TalkRun(servers.to(mode), salted(mode), (talk, m) -> {});
      running.set(run);
      run.run(plan.warmUp(), plan.concurrency());
    }
  }

  private void lots() throws IOException, InterruptedException {
    int even = (plan.talks().size() + FEWEST_LOTS - 1) / FEWEST_LOTS;
    int size = Math.clamp(even, plan.concurrency(), MOST_ROUNDS * plan.concurrency());
    List<String> order = plan.modes();
    for (int from = 0; from < plan.talks().size(); from += size) {
      List<Talk> lot = plan.talks().subList(from, Math.min(from + size, plan.talks().size()));
      for (String mode : order) {
        if (!stopped) {
          lot(mode, lot);
        }
      }
      order = order.reversed();
    }
  }

  private void lot(String mode, List<Talk> lot) throws IOException, InterruptedException {
    Endpoint endpoint = servers.to(mode);
    Engines engines =
        engineUrls.isEmpty()
            ? TargetOptions.enginesBehind(endpoint.options().url())
            : Engines.at(engineUrls);
    CacheLedger ledger = Objects.requireNonNull(caches.get(mode));
    ConcurrentLinkedQueue<Measurement> into = Objects.requireNonNull(measured.get(mode));
    TalkRun run =
        new TalkRun(
            endpoint,
            salted(mode),
            (talk, m) -> {
              into.add(m);
              tally.add(m);
            });
    running.set(run);
    ledger.begin(engines);
    long cpu = endpoint.cpuNanos();
    long began = System.nanoTime();
    run.run(lot, plan.concurrency());
    double share = (endpoint.cpuNanos() - cpu) / (double) Math.max(1, System.nanoTime() - began);
    cpuShare = Math.max(cpuShare, share);
    ledger.end(engines);
  }

  private Bodies salted(String mode) {
    return bodies.withSalt(salts.getOrDefault(mode, ""));
  }

  private int report(Path name, Map<String, Object> config, @Nullable CommandSpec spec)
      throws IOException {
    Comparison comparison = Comparison.of(measured, plan.talks().size(), plan.turns());
    SelfCheck self = new SelfCheck(tally.lag().percentile(99), tally.lag().max(), cpuShare);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("timestamp", Clock.systemUTC().instant().toString());
    json.put("config", config);
    json.put("environment", Environment.of(Terminal.arguments(spec)));
    json.put("model", bodies.model());
    json.put("partial", stopped);
    json.putAll(ComparisonTable.json(comparison, caches));
    json.put("load_generator", self);
    json.put("valid", self.isValid());
    json.put("invalid_because", self.complaints());
    Path jsonFile = Path.of(name + ".json");
    Path csvFile = Path.of(name + ".csv");
    AtomicFile.json(jsonFile, json);
    TurnCsv.write(csvFile, lines(), plan.kvBytesPerToken());
    out.print(ComparisonTable.text(comparison, caches));
    out.println();
    Verdict.of(comparison).forEach(said -> out.println(Terminal.wrapped(said)));
    Verdict.doubts(comparison)
        .forEach(doubt -> out.println(Terminal.wrapped("DOUBTFUL: " + doubt)));
    if (stopped) {
      out.println("PARTIAL: stopped before its end");
    }
    self.complaints().forEach(complaint -> out.println("NOT VALID: " + complaint));
    out.println(jsonFile);
    out.println(csvFile);
    out.flush();
    return exitCode(comparison, self);
  }

  private List<TurnCsv.Line> lines() {
    List<TurnCsv.Line> lines = new ArrayList<>();
    measured.forEach(
        (mode, all) ->
            all.forEach(
                m ->
                    lines.add(
                        new TurnCsv.Line(mode, plan.talks().get(m.conversation()).name(), m))));
    return lines;
  }

  private static int exitCode(Comparison comparison, SelfCheck self) {
    if (!self.isValid()) {
      return Bench.NOT_VALID;
    }
    return comparison.totals().stream().anyMatch(of -> of.successes() == 0) ? Bench.FAILED : 0;
  }
}
