package io.turnpike.bench.cli;

import io.turnpike.bench.cli.option.Checks;
import io.turnpike.bench.cli.option.KvBytes;
import io.turnpike.bench.cli.option.OutOptions;
import io.turnpike.bench.cli.option.SwitchOptions;
import io.turnpike.bench.cli.option.TargetOptions;
import io.turnpike.bench.compare.CompareConfig;
import io.turnpike.bench.compare.CompareRun;
import io.turnpike.bench.conversation.Talk;
import io.turnpike.bench.conversation.Talks;
import io.turnpike.bench.conversation.Talks.Answers;
import io.turnpike.bench.prompt.Bodies;
import io.turnpike.bench.prompt.Prompts;
import io.turnpike.bench.run.ModeSwitch;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Two modes on the same conversations. */
@Command(
    name = "compare",
    header = "Compare two modes turn by turn, on the same conversations.",
    mixinStandardHelpOptions = true,
    description = {
      "Conversations run in both modes, in lots that change places: a b, b a, a b. A turn's prompt"
          + " is all that was said before it; what stands for the answers is seeded text, so both"
          + " modes see the same bytes. cache_salt keeps one mode from finding the other's caches.",
      "Each figure has its 95 %% interval over conversations; a speed-up is marked when the"
          + " difference, conversation by conversation, is within noise.",
      "How much engines found in their prefix caches is read from their metrics. Turnpike says"
          + " where its engines are; for others see --engine-metrics.",
      "Writes NAME.json (the comparison) and NAME.csv (every turn)."
    },
    footer = {
      "",
      "For example, with a stack started by ./turnpike up:",
      "  ./turnpike bench compare --turns 4 --conversations 12",
      "  ./turnpike bench compare --questions --max-tokens 64 --modes replication,ppd",
      "  ./turnpike bench compare --prompt-tokens 2000 --concurrency 4"
    })
final class CompareCommand implements Callable<Integer> {

  /** Numbers of conversations that are not counted, so that their prompts are others. */
  private static final int WARM_UP = 1_000_000_000;

  @Mixin private TargetOptions target = new TargetOptions();
  @Mixin private OutOptions files = new OutOptions();
  @Mixin private SwitchOptions gateways = new SwitchOptions();
  @Mixin private KvBytes kv = new KvBytes();

  @Option(
      names = "--modes",
      split = ",",
      paramLabel = "MODE",
      defaultValue = "pd,ppd",
      description = "Two of pd, ppd, adaptive, replication. Default: ${DEFAULT-VALUE}.")
  private List<String> modes = List.of();

  @Option(
      names = "--turns",
      paramLabel = "N",
      defaultValue = "4",
      description = "Of each conversation. Default: ${DEFAULT-VALUE}; 2 with --questions.")
  private int turns = 4;

  @Option(
      names = "--conversations",
      paramLabel = "N",
      defaultValue = "10",
      description = "Default: ${DEFAULT-VALUE}.")
  private int conversations = 10;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "1",
      description = "Conversations at the same time. Default: ${DEFAULT-VALUE}, one by one.")
  private int concurrency = 1;

  @Option(
      names = "--prompt-tokens",
      paramLabel = "N",
      defaultValue = "512",
      description = "New in each turn. Default: ${DEFAULT-VALUE}.")
  private int promptTokens = 512;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "64",
      description = "Of each answer. Default: ${DEFAULT-VALUE}.")
  private int maxTokens = 64;

  @Option(names = "--questions", description = "Ask the two-turn questions of MT-Bench instead.")
  private boolean questions;

  @Option(
      names = "--engine-metrics",
      split = ",",
      paramLabel = "URL",
      description = "Engines whose /metrics are read. Default: those that the server names.")
  private List<URI> engineMetrics = List.of();

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "1",
      description = "Conversations of two turns in each mode before it, not counted. Default: 1.")
  private int warmUp = 1;

  @Option(
      names = "--out",
      paramLabel = "NAME",
      defaultValue = "bench-compare",
      description = "Of the files. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("bench-compare");

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (modes.size() != 2 || modes.get(0).equals(modes.get(1))) {
      throw new IllegalArgumentException("modes: %s (expected: two, like pd,ppd)".formatted(modes));
    }
    Checks.atLeastOne("turns", turns);
    Checks.atLeastOne("conversations", conversations);
    Checks.atLeastOne("concurrency", concurrency);
    Checks.atLeastOne("prompt-tokens", promptTokens);
    Checks.atLeastOne("max-tokens", maxTokens);
    Checks.atLeast("warm-up", warmUp, 0);
    turns = questions ? 2 : turns;
    Call call = Call.of(spec);
    Path name = files.free(out, List.of(".json", ".csv"), call.terminal().err());
    Bodies bodies = target.bodies(true, "");
    Prompts prompts = new Prompts(target.seed(), target.lengths(bodies, call.terminal().err()));
    try (ModeSwitch servers = gateways.servers(target.endpoint())) {
      CompareRun run =
          new CompareRun(
              servers,
              bodies,
              new CompareRun.Plan(
                  talks(prompts, 0, conversations, turns),
                  talks(prompts, WARM_UP, warmUp, Math.min(2, turns)),
                  kv.size(),
                  engineMetrics,
                  config()),
              call.terminal());
      return run.run(name, target.environment(call.arguments())).code();
    }
  }

  private List<Talk> talks(Prompts prompts, int first, int count, int ofTurns) throws IOException {
    return questions
        ? Talks.questions(prompts, first, count, maxTokens, Answers.SEEDED)
        : Talks.seeded(
            prompts,
            new Talks.Shape(first, count, ofTurns, promptTokens, maxTokens),
            Answers.SEEDED);
  }

  private CompareConfig config() {
    return new CompareConfig(
        target.url().toString(),
        modes,
        turns,
        conversations,
        concurrency,
        questions ? Talks.QUESTIONS : promptTokens + " seeded tokens a turn",
        maxTokens,
        target.seed(),
        target.isPlain() ? "shared by both modes" : "kept apart by cache_salt");
  }
}
