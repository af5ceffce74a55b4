package io.turnpike.bench;

import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.handoff.HandoffTable;
import io.turnpike.bench.handoff.Ladder;
import io.turnpike.bench.handoff.Trial;
import io.turnpike.bench.handoff.TrialCsv;
import io.turnpike.bench.handoff.Way;
import io.turnpike.bench.load.SelfCheck;
import io.turnpike.bench.load.Tally;
import io.turnpike.bench.report.AtomicFile;
import io.turnpike.bench.report.Environment;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs a ladder of prompts both ways, in turns, and says what the handoff costs. */
final class HandoffRun {

  /**
   * What is run.
   *
   * @param ladder prompt tokens, growing
   * @param repeats of each, both ways
   * @param warmUp repeats of the shortest that are not counted
   */
  record Plan(List<Integer> ladder, int repeats, int warmUp) {}

  private final HandoffProbe probe;
  private final Plan plan;
  private final KvBytes kv;
  private final PrintWriter out;
  private final PrintWriter err;
  private final Runnable putBack;
  private final List<Trial> trials = new ArrayList<>();
  private final Tally tally = new Tally(Goodput.ANY);

  /**
   * A run.
   *
   * @param putBack done after the last request, also of an interrupted run
   */
  HandoffRun(
      HandoffProbe probe,
      Plan plan,
      KvBytes kv,
      Runnable putBack,
      PrintWriter out,
      PrintWriter err) {
    this.putBack = putBack;
    this.probe = probe;
    this.plan = plan;
    this.kv = kv;
    this.out = out;
    this.err = err;
  }

  /** Measures, writes the files, prints; the exit code. */
  int run(Path name, Map<String, Object> config, List<String> arguments)
      throws IOException, InterruptedException {
    try (Interruption _ = new Interruption(probe::stop)) {
      probe.open();
      for (int i = 0; i < plan.warmUp() && !probe.isStopped(); i++) {
        pair(plan.ladder().getFirst(), 0);
      }
      trials.clear();
      long cpu = probe.cpuNanos();
      long began = System.nanoTime();
      int total = plan.ladder().size() * plan.repeats() * Way.values().length;
      try (Progress _ = new Progress(err, "handoff", total, tally)) {
        ladder();
      }
      putBack.run();
      double busy = (probe.cpuNanos() - cpu) / (double) Math.max(1, System.nanoTime() - began);
      SelfCheck self = new SelfCheck(tally.lag().percentile(99), tally.lag().max(), busy);
      Ladder ladder = Ladder.of(trials, kv.perToken);
      write(name, config, arguments, ladder, self);
      print(name, ladder, self);
      return exitCode(ladder, self);
    }
  }

  /** Lengths follow each other in every repeat, so that what drifts meets all alike. */
  private void ladder() throws InterruptedException {
    for (int repeat = 1; repeat <= plan.repeats(); repeat++) {
      for (int tokens : plan.ladder()) {
        if (!probe.isStopped()) {
          pair(tokens, repeat);
        }
      }
    }
  }

  private void pair(int tokens, int repeat) throws InterruptedException {
    List<Way> ways = List.of(Way.values());
    for (Way way : repeat % 2 == 0 ? ways : ways.reversed()) {
      Trial trial = probe.send(way, tokens, repeat);
      trials.add(trial);
      if (repeat > 0) {
        tally.add(trial.measured());
      }
    }
  }

  private void write(
      Path name, Map<String, Object> config, List<String> arguments, Ladder ladder, SelfCheck self)
      throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("timestamp", Clock.systemUTC().instant().toString());
    json.put("config", config);
    json.put("environment", Environment.of(arguments));
    json.put("model", probe.model());
    json.put("partial", probe.isStopped());
    json.putAll(HandoffTable.json(ladder));
    json.put("load_generator", self);
    json.put("valid", self.isValid());
    json.put("invalid_because", self.complaints());
    AtomicFile.json(Path.of(name + ".json"), json);
    TrialCsv.write(Path.of(name + ".csv"), trials);
  }

  private void print(Path name, Ladder ladder, SelfCheck self) {
    out.print(HandoffTable.text(ladder));
    out.println();
    out.print(HandoffTable.transports(ladder));
    out.println();
    HandoffTable.verdict(ladder).forEach(said -> out.println(Terminal.wrapped(said)));
    out.printf("Rates: with %s%n", kv.text());
    if (!ladder.failures().isEmpty()) {
      out.printf("failures: %s%n", ladder.failures());
    }
    if (probe.isStopped()) {
      out.println("PARTIAL: stopped before its end");
    }
    self.complaints().forEach(complaint -> out.println("NOT VALID: " + complaint));
    out.println(name + ".json");
    out.println(name + ".csv");
    out.flush();
  }

  private static int exitCode(Ladder ladder, SelfCheck self) {
    if (!self.isValid()) {
      return Bench.NOT_VALID;
    }
    boolean any = ladder.rungs().stream().anyMatch(rung -> rung.extra().count() > 0);
    return any ? 0 : Bench.FAILED;
  }
}
