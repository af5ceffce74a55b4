package io.turnpike.bench.handoff;

import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.figures.KvSize;
import io.turnpike.bench.load.SelfCheck;
import io.turnpike.bench.load.Tally;
import io.turnpike.bench.report.AtomicFile;
import io.turnpike.bench.report.Environment;
import io.turnpike.bench.report.LoadNotes;
import io.turnpike.bench.report.ResultHead;
import io.turnpike.bench.report.Trust;
import io.turnpike.bench.run.ExitCode;
import io.turnpike.bench.run.Interruption;
import io.turnpike.bench.run.Progress;
import io.turnpike.bench.run.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a ladder of prompts both ways, in turns, and says what the handoff costs. */
public final class HandoffRun {

  /**
   * What is run.
   *
   * @param ladder prompt tokens, growing
   * @param repeats of each, both ways
   * @param warmUp repeats of the shortest that are not counted
   * @param kv of the model
   * @param config as it goes into the result
   */
  public record Plan(
      List<Integer> ladder, int repeats, int warmUp, KvSize kv, HandoffConfig config) {}

  private final HandoffProbe probe;
  private final Plan plan;
  private final Terminal terminal;
  private final Runnable putBack;
  private final List<Trial> trials = new ArrayList<>();
  private final Tally tally = new Tally(Goodput.ANY);

  /**
   * A run.
   *
   * @param putBack done after the last request, also of an interrupted run
   */
  public HandoffRun(HandoffProbe probe, Plan plan, Runnable putBack, Terminal terminal) {
    this.probe = probe;
    this.plan = plan;
    this.putBack = putBack;
    this.terminal = terminal;
  }

  /** Measures, writes the files, prints. */
  public ExitCode run(Path name, Environment environment) throws IOException, InterruptedException {
    try (Interruption _ = new Interruption(probe::stop)) {
      probe.open();
      for (int i = 0; i < plan.warmUp() && !probe.isStopped(); i++) {
        pair(plan.ladder().getFirst(), 0);
      }
      trials.clear();
      long cpu = probe.cpuNanos();
      long began = System.nanoTime();
      int total = plan.ladder().size() * plan.repeats() * Way.values().length;
      try (Progress _ = new Progress(terminal.err(), "handoff", total, tally)) {
        ladder();
      }
      putBack.run();
      double busy = (probe.cpuNanos() - cpu) / (double) Math.max(1, System.nanoTime() - began);
      SelfCheck self = SelfCheck.closed(tally, busy);
      Ladder ladder = Ladder.of(trials, plan.kv().bytesPerToken());
      AtomicFile.json(
          Path.of(name + ".json"),
          new HandoffReport(
              ResultHead.now(plan.config(), environment, probe.model(), probe.isStopped()),
              LadderJson.of(ladder),
              Trust.of(self)));
      TrialCsv.write(Path.of(name + ".csv"), trials);
      print(name, ladder, self, environment);
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

  private void print(Path name, Ladder ladder, SelfCheck self, Environment environment) {
    var out = terminal.out();
    out.print(HandoffTable.text(ladder));
    out.println();
    out.print(HandoffTable.transports(ladder));
    out.println();
    HandoffTable.verdict(ladder).forEach(terminal::sentence);
    out.print(environment.engineLine());
    out.printf("Rates: with %s%n", plan.kv().text());
    if (!ladder.failures().isEmpty()) {
      out.printf("failures: %s%n", LoadNotes.words(ladder.failures()));
    }
    if (probe.isStopped()) {
      out.println("PARTIAL: stopped before its end");
    }
    self.complaints().forEach(complaint -> out.println("NOT VALID: " + complaint));
    out.println(name + ".json");
    out.println(name + ".csv");
    out.flush();
  }

  private static ExitCode exitCode(Ladder ladder, SelfCheck self) {
    if (!self.isValid()) {
      return ExitCode.NOT_VALID;
    }
    boolean any = ladder.rungs().stream().anyMatch(rung -> rung.extra().count() > 0);
    return any ? ExitCode.FINE : ExitCode.FAILED;
  }
}
