package io.turnpike.bench;

import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.conversation.ChatTable;
import io.turnpike.bench.conversation.Talk;
import io.turnpike.bench.conversation.TalkRun;
import io.turnpike.bench.conversation.TurnCsv;
import io.turnpike.bench.conversation.TurnSummary;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.load.SelfCheck;
import io.turnpike.bench.load.Tally;
import io.turnpike.bench.prompt.Bodies;
import io.turnpike.bench.report.AtomicFile;
import io.turnpike.bench.report.Environment;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Runs conversations with real answers, shows each turn and what all add up to. */
final class ChatRun {

  /** With more turns, single ones are in the file only. */
  private static final int MOST_LINES = 200;

  private final List<Talk> talks;
  private final KvBytes kv;
  private final Bodies bodies;
  private final Endpoint endpoint;
  private final PrintWriter out;
  private final PrintWriter err;
  private final ConcurrentLinkedQueue<TurnCsv.Line> lines = new ConcurrentLinkedQueue<>();
  private final Tally tally = new Tally(Goodput.ANY);
  private final TalkRun run;
  private final int turns;

  ChatRun(
      Endpoint endpoint,
      Bodies bodies,
      List<Talk> talks,
      KvBytes kv,
      PrintWriter out,
      PrintWriter err) {
    this.endpoint = endpoint;
    this.bodies = bodies;
    this.talks = talks;
    this.kv = kv;
    this.out = out;
    this.err = err;
    turns = talks.stream().mapToInt(talk -> talk.turns().size()).sum();
    run = new TalkRun(endpoint, bodies, this::ended);
  }

  /** Runs conversations that are not counted. */
  void warmUp(List<Talk> some) throws InterruptedException {
    new TalkRun(endpoint, bodies, (talk, measured) -> {}).run(some, 0);
  }

  /** Runs them, writes the files, prints; the exit code. */
  int run(int concurrency, Path name, Map<String, Object> config, List<String> arguments)
      throws IOException, InterruptedException {
    try (Interruption _ = new Interruption(run::stop)) {
      long cpu = endpoint.cpuNanos();
      long began = System.nanoTime();
      if (turns <= MOST_LINES) {
        out.println(ChatTable.turnHeader());
        run.run(talks, concurrency);
      } else {
        try (Progress _ = new Progress(err, "chat", turns, tally)) {
          run.run(talks, concurrency);
        }
      }
      double busy = (endpoint.cpuNanos() - cpu) / (double) Math.max(1, System.nanoTime() - began);
      SelfCheck self = new SelfCheck(tally.lag().percentile(99), tally.lag().max(), busy);
      write(name, config, arguments, self);
      print(name, self);
      return !self.isValid() ? Bench.NOT_VALID : tally.successes() == 0 ? Bench.FAILED : 0;
    }
  }

  private void ended(Talk talk, Measurement measured) {
    lines.add(new TurnCsv.Line("", talk.name(), measured));
    tally.add(measured);
    if (turns <= MOST_LINES) {
      out.println(ChatTable.turn(talk.name(), measured, kv.perToken));
    }
  }

  private List<TurnSummary> summaries() {
    return TurnSummary.of(lines.stream().map(TurnCsv.Line::measured).toList());
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

  private void write(Path name, Map<String, Object> config, List<String> arguments, SelfCheck self)
      throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("timestamp", Clock.systemUTC().instant().toString());
    json.put("config", config);
    json.put("environment", Environment.of(arguments));
    json.put("model", bodies.model());
    json.put("partial", run.isStopped());
    json.put("conversations", talks.size());
    json.put("turns_asked", turns);
    json.put("turns_sent", tally.successes() + tally.failed());
    json.put("turns_fine", tally.successes());
    json.put("failures", failures());
    json.put("seconds", tally.seconds());
    json.put("prompt_tokens", tally.promptTokens());
    json.put("cached_tokens", tally.cachedTokens());
    json.put("output_tokens", tally.outputTokens());
    json.put("held_tokens", heldTokens());
    json.put("held_kv_mb", TurnCsv.kvMegabytes(heldTokens(), kv.perToken));
    json.put("token_sources", tally.tokenSources());
    json.put("turns", summaries().stream().map(of -> of.json(kv.perToken)).toList());
    json.put("load_generator", self);
    json.put("valid", self.isValid());
    json.put("invalid_because", self.complaints());
    AtomicFile.json(Path.of(name + ".json"), json);
    TurnCsv.write(Path.of(name + ".csv"), List.copyOf(lines), kv.perToken);
  }

  private void print(Path name, SelfCheck self) {
    out.println();
    out.print(ChatTable.summary(summaries(), kv.perToken));
    out.println();
    out.printf(
        Locale.ROOT,
        "%d of %d turns fine, %d conversations, %.1f s%n",
        tally.successes(),
        turns,
        talks.size(),
        tally.seconds());
    if (!failures().isEmpty()) {
      out.printf("failures: %s%n", failures());
    }
    out.printf(
        Locale.ROOT,
        "tokens: %d in prompts (%d of them cached), %d in answers, %d held at the end = %.0f MB%n",
        tally.promptTokens(),
        tally.cachedTokens(),
        tally.outputTokens(),
        heldTokens(),
        TurnCsv.kvMegabytes(heldTokens(), kv.perToken));
    out.printf("KV MB: with %s%n", kv.text());
    if (tally.cachedTokens() == 0 && tally.successes() > 0) {
      out.println(
          "cached 0: nothing was, or the server does not say (vLLM:"
              + " --enable-prompt-tokens-details)");
    }
    if (run.isStopped()) {
      out.printf("PARTIAL: stopped after %d of %d turns%n", lines.size(), turns);
    }
    self.complaints().forEach(complaint -> out.println("NOT VALID: " + complaint));
    out.println(name + ".json");
    out.println(name + ".csv");
    out.flush();
  }
}
