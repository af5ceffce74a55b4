package io.turnpike.bench.conversation;

import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.engine.CacheLedger;
import io.turnpike.bench.engine.Engines;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.figures.KvSize;
import io.turnpike.bench.load.SelfCheck;
import io.turnpike.bench.load.Tally;
import io.turnpike.bench.prompt.Bodies;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Runs conversations with real answers, shows each turn and what all add up to. */
public final class ChatRun {

  /** With more turns, single ones are in the file only. */
  private static final int MOST_LINES = 200;

  /**
   * What is run.
   *
   * @param bodies of requests
   * @param talks the conversations
   * @param concurrency of them at the same time; 0 for no bound
   * @param kv of the model
   * @param config as it goes into the result
   */
  public record Plan(
      Bodies bodies, List<Talk> talks, int concurrency, KvSize kv, ChatConfig config) {

    /** Whether turns are due at times, as those of a trace. */
    boolean isTimed() {
      return talks.stream().anyMatch(talk -> talk.turns().getLast().atNanos() > 0);
    }

    int turns() {
      return talks.stream().mapToInt(talk -> talk.turns().size()).sum();
    }
  }

  private final Endpoint endpoint;
  private final Plan plan;
  private final Terminal terminal;
  private final ConcurrentLinkedQueue<TurnCsv.Line> lines = new ConcurrentLinkedQueue<>();
  private final Tally tally = new Tally(Goodput.ANY);
  private final CacheLedger caches = new CacheLedger();
  private final TalkRun run;

  /** Conversations with one server. */
  public ChatRun(Endpoint endpoint, Plan plan, Terminal terminal) {
    this.endpoint = endpoint;
    this.plan = plan;
    this.terminal = terminal;
    run = new TalkRun(endpoint, plan.bodies(), this::ended);
  }

  /** Runs conversations that are not counted. */
  public void warmUp(List<Talk> some) throws InterruptedException {
    new TalkRun(endpoint, plan.bodies(), (talk, measured) -> {}).run(some, 0);
  }

  /** Runs them, writes the files, prints. */
  public ExitCode run(Path name, Environment environment) throws IOException, InterruptedException {
    try (Interruption _ = new Interruption(run::stop)) {
      Engines engines = Engines.behind(endpoint.options().url());
      caches.begin(engines);
      long cpu = endpoint.cpuNanos();
      long began = System.nanoTime();
      if (plan.turns() <= MOST_LINES) {
        terminal.out().println(ChatTable.turnHeader());
        run.run(plan.talks(), plan.concurrency());
      } else {
        try (Progress _ = new Progress(terminal.err(), "chat", plan.turns(), tally)) {
          run.run(plan.talks(), plan.concurrency());
        }
      }
      caches.end(engines);
      double busy = (endpoint.cpuNanos() - cpu) / (double) Math.max(1, System.nanoTime() - began);
      SelfCheck self = plan.isTimed() ? SelfCheck.open(tally, busy) : SelfCheck.closed(tally, busy);
      AtomicFile.json(Path.of(name + ".json"), report(environment, self));
      TurnCsv.write(Path.of(name + ".csv"), List.copyOf(lines), plan.kv());
      print(name, self, environment);
      return ExitCode.of(self, tally);
    }
  }

  private void ended(Talk talk, Measurement measured) {
    lines.add(new TurnCsv.Line("", talk.name(), measured));
    tally.add(measured);
    if (plan.turns() <= MOST_LINES) {
      terminal.out().println(ChatTable.turn(talk.name(), measured, plan.kv()));
    }
  }

  private List<TurnSummary> summaries() {
    return TurnSummary.of(lines.stream().map(TurnCsv.Line::measured).toList());
  }

  private KvMoves moves() {
    return KvMoves.of(lines.stream().map(TurnCsv.Line::measured).toList(), caches, plan.kv());
  }

  private Map<String, Long> failures() {
    Map<String, Long> failures = new TreeMap<>(tally.failures());
    if (run.unsent() > 0) {
      failures.put("not_sent", (long) run.unsent());
    }
    return failures;
  }

  /** What conversations held at their last fine turn. */
  private long heldTokens() {
    Map<Integer, Integer> held = new TreeMap<>();
    for (TurnCsv.Line line : lines) {
      Measurement m = line.measured();
      if (m.ok()) {
        held.merge(m.conversation(), m.promptTokens() + m.outputTokens(), Math::max);
      }
    }
    return held.values().stream().mapToLong(Integer::longValue).sum();
  }

  private ChatReport report(Environment environment, SelfCheck self) {
    return new ChatReport(
        ResultHead.now(plan.config(), environment, plan.bodies().model(), run.isStopped()),
        new ChatReport.Counts(
            plan.talks().size(),
            plan.turns(),
            tally.successes() + tally.failed(),
            tally.successes()),
        failures(),
        tally.seconds(),
        new ChatReport.Tokens(
            tally.promptTokens(),
            tally.cachedTokens(),
            tally.outputTokens(),
            heldTokens(),
            plan.kv().megabytes(heldTokens())),
        tally.tokenSources(),
        moves(),
        summaries().stream().map(of -> of.line(plan.kv())).toList(),
        Trust.of(self));
  }

  private void print(Path name, SelfCheck self, Environment environment) {
    var out = terminal.out();
    out.println();
    if (tally.successes() == 0 && tally.failed() > 0) {
      out.printf("All turns failed: %s%n", LoadNotes.words(tally.failures()));
    }
    out.print(ChatTable.summary(summaries(), plan.kv()));
    out.println();
    out.printf(
        Locale.ROOT,
        "%d of %d turns fine, %d conversations, %.1f s%n",
        tally.successes(),
        plan.turns(),
        plan.talks().size(),
        tally.seconds());
    if (!failures().isEmpty()) {
      out.printf("failures: %s%n", LoadNotes.words(failures()));
    }
    out.printf(
        Locale.ROOT,
        "tokens: %d in prompts (%d of them cached), %d in answers, %d held at the end = %.0f MB%n",
        tally.promptTokens(),
        tally.cachedTokens(),
        tally.outputTokens(),
        heldTokens(),
        plan.kv().megabytes(heldTokens()));
    terminal.sentence(moves().text(plan.kv()));
    out.printf("KV MB: of 2^20 bytes, with %s%n", plan.kv().text());
    if (tally.cachedTokens() == 0 && tally.successes() > 0) {
      out.println(
          "cached 0: nothing was, or the server does not say (vLLM:"
              + " --enable-prompt-tokens-details)");
    }
    if (run.isStopped()) {
      out.printf("PARTIAL: stopped after %d of %d turns%n", lines.size(), plan.turns());
    }
    out.print(environment.engineLine());
    self.complaints().forEach(complaint -> out.println("NOT VALID: " + complaint));
    out.println(name + ".json");
    out.println(name + ".csv");
    out.flush();
  }
}
