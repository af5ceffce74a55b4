package io.turnpike.bench.compare;

import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.conversation.Talk;
import io.turnpike.bench.conversation.TalkRun;
import io.turnpike.bench.conversation.TurnCsv;
import io.turnpike.bench.engine.CacheLedger;
import io.turnpike.bench.engine.Engines;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.figures.KvSize;
import io.turnpike.bench.load.SelfCheck;
import io.turnpike.bench.load.Tally;
import io.turnpike.bench.prompt.Bodies;
import io.turnpike.bench.report.AtomicFile;
import io.turnpike.bench.report.Environment;
import io.turnpike.bench.report.ResultHead;
import io.turnpike.bench.report.Trust;
import io.turnpike.bench.run.ExitCode;
import io.turnpike.bench.run.Interruption;
import io.turnpike.bench.run.ModeSwitch;
import io.turnpike.bench.run.Progress;
import io.turnpike.bench.run.Terminal;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Runs the same conversations in two modes, lot by lot, and says what differs. */
public final class CompareRun {

  /** At least so many lots spread drift of the machine over both modes; each has two switches. */
  private static final int FEWEST_LOTS = 4;

  /** Short lots, so that an interrupted run has both modes of most conversations. */
  private static final int MOST_ROUNDS = 4;

  /**
   * What is run.
   *
   * @param talks that are counted
   * @param warmUp that are not
   * @param kv for the CSV's column
   * @param engineUrls engines whose caches are read; none: those that the server names
   * @param config as it goes into the result, with the modes
   */
  public record Plan(
      List<Talk> talks, List<Talk> warmUp, KvSize kv, List<URI> engineUrls, CompareConfig config) {

    List<String> modes() {
      return config.modes();
    }
  }

  private final ModeSwitch servers;
  private final Bodies bodies;
  private final Plan plan;
  private final Terminal terminal;
  private final Map<String, ConcurrentLinkedQueue<Measurement>> measured = new LinkedHashMap<>();
  private final Map<String, CacheLedger> caches = new LinkedHashMap<>();
  private final Map<String, String> salts = new LinkedHashMap<>();
  private final Tally tally = new Tally(Goodput.ANY);
  private final AtomicReference<@Nullable TalkRun> running = new AtomicReference<>();
  private double cpuShare;
  private volatile boolean stopped;

  /** A run over the gateways of both modes. */
  public CompareRun(ModeSwitch servers, Bodies bodies, Plan plan, Terminal terminal) {
    this.servers = servers;
    this.bodies = bodies;
    this.plan = plan;
    this.terminal = terminal;
    for (String mode : plan.modes()) {
      measured.put(mode, new ConcurrentLinkedQueue<>());
      caches.put(mode, new CacheLedger());
      salts.put(mode, "bench-compare-%s-%d".formatted(mode, System.nanoTime()));
    }
  }

  /** Measures, writes the files, prints. */
  public ExitCode run(Path name, Environment environment) throws IOException, InterruptedException {
    try (Interruption _ = new Interruption(this::stop)) {
      for (String mode : plan.modes()) {
        warmUp(mode);
      }
      int total = plan.modes().size() * plan.talks().size() * plan.config().turns();
      String what = String.join(", ", plan.modes());
      try (Progress _ = new Progress(terminal.err(), what, total, tally)) {
        lots();
      }
      servers.putBack();
      return report(name, environment);
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
      run.run(plan.warmUp(), plan.config().concurrency());
    }
  }

  private void lots() throws IOException, InterruptedException {
    int even = (plan.talks().size() + FEWEST_LOTS - 1) / FEWEST_LOTS;
    int size =
        Math.clamp(even, plan.config().concurrency(), MOST_ROUNDS * plan.config().concurrency());
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
        plan.engineUrls().isEmpty()
            ? Engines.behind(endpoint.options().url())
            : Engines.at(plan.engineUrls());
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
    run.run(lot, plan.config().concurrency());
    double share = (endpoint.cpuNanos() - cpu) / (double) Math.max(1, System.nanoTime() - began);
    cpuShare = Math.max(cpuShare, share);
    ledger.end(engines);
  }

  private Bodies salted(String mode) {
    return bodies.withSalt(salts.getOrDefault(mode, ""));
  }

  private ExitCode report(Path name, Environment environment) throws IOException {
    Comparison comparison = Comparison.of(measured, plan.talks().size(), plan.config().turns());
    SelfCheck self = SelfCheck.closed(tally, cpuShare);
    Path jsonFile = Path.of(name + ".json");
    Path csvFile = Path.of(name + ".csv");
    AtomicFile.json(
        jsonFile,
        new CompareReport(
            ResultHead.now(plan.config(), environment, bodies.model(), stopped),
            ComparisonJson.of(comparison, caches),
            Trust.of(self)));
    TurnCsv.write(csvFile, lines(), plan.kv());
    print(comparison, self);
    terminal.out().print(environment.engineLine());
    terminal.out().println(jsonFile);
    terminal.out().println(csvFile);
    terminal.out().flush();
    return exitCode(comparison, self);
  }

  private void print(Comparison comparison, SelfCheck self) {
    terminal.out().print(ComparisonTable.text(comparison, caches, plan.kv()));
    terminal.out().println();
    Verdict.of(comparison).forEach(terminal::sentence);
    Verdict.doubts(comparison).forEach(doubt -> terminal.sentence("DOUBTFUL: " + doubt));
    if (stopped) {
      terminal.out().println("PARTIAL: stopped before its end");
    }
    self.complaints().forEach(complaint -> terminal.out().println("NOT VALID: " + complaint));
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

  private static ExitCode exitCode(Comparison comparison, SelfCheck self) {
    if (!self.isValid()) {
      return ExitCode.NOT_VALID;
    }
    boolean silent = comparison.totals().stream().anyMatch(of -> of.successes() == 0);
    return silent ? ExitCode.FAILED : ExitCode.FINE;
  }
}
