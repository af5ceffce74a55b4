package io.turnpike.bench.cli;

import io.turnpike.bench.cli.option.Checks;
import io.turnpike.bench.cli.option.KvBytes;
import io.turnpike.bench.cli.option.OutOptions;
import io.turnpike.bench.cli.option.TargetOptions;
import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.conversation.ChatConfig;
import io.turnpike.bench.conversation.ChatRun;
import io.turnpike.bench.conversation.Talk;
import io.turnpike.bench.conversation.Talks;
import io.turnpike.bench.conversation.Talks.Answers;
import io.turnpike.bench.prompt.Bodies;
import io.turnpike.bench.prompt.PromptLengths;
import io.turnpike.bench.prompt.Prompts;
import io.turnpike.simulator.workload.Session;
import io.turnpike.simulator.workload.TraceException;
import io.turnpike.simulator.workload.TraceReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Conversations with the model's real answers in them. */
@Command(
    name = "chat",
    header = "Replay conversations: real questions or a trace, with the model's real answers.",
    mixinStandardHelpOptions = true,
    description = {
      "Asks the two-turn questions of MT-Bench, or what a trace says. What the model answered goes"
          + " into the next prompt. A turn that fails ends its conversation; its other turns are"
          + " counted as not sent.",
      "A trace has one JSON object a line: timestamp (ms), input_length, output_length, hash_ids"
          + " (Mooncake's format), or session_id, turn, timestamp or delay (ms), input_length,"
          + " output_length. Text is made up: equal where hash_ids are. A turn is sent when it is"
          + " due, but not before the turn before has ended; clocks start when it is due.",
      "Shows latency, tokens and KV size turn by turn, and how much KV was moved from P to D"
          + " against each token once. Writes NAME.json and NAME.csv."
    },
    footer = {
      "",
      "For example, with a stack started by ./turnpike up:",
      "  ./turnpike bench chat --conversations 5",
      "  ./turnpike bench chat --turns 5 --prompt-tokens 100 --max-tokens 30 --conversations 1",
      "  ./turnpike bench chat --conversations 0 --concurrency 8 --max-tokens 256",
      "  ./turnpike bench chat --trace mooncake --conversations 100 --speed 4",
      "  ./turnpike bench chat --trace my-trace.jsonl"
    })
final class ChatCommand implements Callable<Integer> {

  private static final int WARM_UP_TOKENS = 16;

  /** Numbers of conversations that are not counted, so that their prompts are others. */
  private static final int WARM_UP = 1_000_000_000;

  @Mixin private TargetOptions target = new TargetOptions();
  @Mixin private OutOptions files = new OutOptions();
  @Mixin private KvBytes kv = new KvBytes();

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Replay this trace; mooncake for the one that comes with the simulator.")
  private @Nullable String trace;

  @Option(
      names = "--speed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of a trace: timestamps and delays are divided by it. Default: 1.")
  private double speed = 1;

  @Option(
      names = "--turns",
      paramLabel = "N",
      description = "So many turns of made-up words, instead of questions.")
  private int turns;

  @Option(
      names = "--prompt-tokens",
      paramLabel = "N",
      defaultValue = "100",
      description = "With --turns: new in each turn. Default: ${DEFAULT-VALUE}.")
  private int promptTokens = 100;

  @Option(
      names = "--conversations",
      paramLabel = "N",
      defaultValue = "10",
      description = "The first so many; 0 for all. Default: ${DEFAULT-VALUE}.")
  private int conversations = 10;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description =
          "Conversations at the same time. Default: 1 for questions, no bound for a trace, whose"
              + " times say when they begin.")
  private int concurrency;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "128",
      description = "Of answers to questions; a trace has its own. Default: ${DEFAULT-VALUE}.")
  private int maxTokens = 128;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "2",
      description = "Short conversations before it, not counted. Default: ${DEFAULT-VALUE}.")
  private int warmUp = 2;

  @Option(
      names = "--out",
      paramLabel = "NAME",
      defaultValue = "bench-chat",
      description = "Of the files. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("bench-chat");

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (!(speed > 0)) {
      throw new IllegalArgumentException("speed: %s (expected: more than 0)".formatted(speed));
    }
    Checks.atLeastOne("max-tokens", maxTokens);
    Checks.atLeast("conversations", conversations, 0);
    Checks.atLeast("concurrency", concurrency, 0);
    Checks.atLeast("warm-up", warmUp, 0);
    Checks.atLeast("turns", turns, 0);
    Checks.atLeastOne("prompt-tokens", promptTokens);
    if (turns > 0 && trace != null) {
      throw new IllegalArgumentException("--turns: not with --trace, which has turns of its own");
    }
    List<Session> sessions = trace == null ? List.of() : sessions(trace);
    Call call = Call.of(spec);
    Path name = files.free(out, List.of(".json", ".csv"), call.terminal().err());
    int bound = concurrency == 0 && trace == null ? 1 : concurrency;
    Bodies bodies = target.bodies(true, "bench-chat-" + System.nanoTime());
    PromptLengths lengths = target.lengths(bodies, call.terminal().err());
    Prompts prompts = new Prompts(target.seed(), lengths);
    List<Talk> talks = trace == null ? talks(prompts) : Talks.ofTrace(sessions, lengths, speed);
    try (Endpoint endpoint = new Endpoint(target.endpoint())) {
      ChatRun run =
          new ChatRun(
              endpoint,
              new ChatRun.Plan(bodies, talks, bound, kv.size(), config()),
              call.terminal());
      Talks.Shape shape = new Talks.Shape(WARM_UP, warmUp, 2, WARM_UP_TOKENS, WARM_UP_TOKENS);
      run.warmUp(Talks.seeded(prompts, shape, Answers.SEEDED));
      return run.run(name, target.environment(call.arguments())).code();
    }
  }

  private List<Talk> talks(Prompts prompts) throws IOException {
    if (turns > 0) {
      int count = conversations == 0 ? 1 : conversations;
      return Talks.seeded(
          prompts, new Talks.Shape(0, count, turns, promptTokens, maxTokens), Answers.REAL);
    }
    int count = conversations == 0 ? Talks.QUESTIONS_COUNT : conversations;
    return Talks.questions(prompts, 0, count, maxTokens, Answers.REAL);
  }

  private List<Session> sessions(String file) throws IOException {
    List<Session> sessions = read(file);
    if (sessions.isEmpty()) {
      throw new IllegalArgumentException(
          "trace %s: empty (expected: one JSON object a line)".formatted(file));
    }
    int count = conversations == 0 ? sessions.size() : Math.min(conversations, sessions.size());
    return sessions.subList(0, count);
  }

  private static List<Session> read(String file) throws IOException {
    if (file.equals("mooncake")) {
      return TraceReader.mooncake();
    }
    Path path = Path.of(file);
    if (!Files.isReadable(path) || Files.isDirectory(path)) {
      throw new IllegalArgumentException(
          "trace: %s cannot be read (expected: a file, or mooncake)".formatted(file));
    }
    try {
      return TraceReader.read(path);
    } catch (TraceException e) {
      throw new IllegalArgumentException("trace %s, %s".formatted(file, e.getMessage()), e);
    }
  }

  private ChatConfig config() {
    return new ChatConfig(
        target.url().toString(),
        trace != null
            ? trace
            : turns > 0
                ? "%d turns of %d made-up tokens".formatted(turns, promptTokens)
                : Talks.QUESTIONS,
        conversations,
        concurrency,
        speed,
        trace == null ? maxTokens : null,
        kv.size().bytesPerToken(),
        target.seed());
  }
}
