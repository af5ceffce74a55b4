package io.turnpike.bench.cli;

import io.turnpike.bench.cli.option.OutOptions;
import io.turnpike.bench.cli.option.TargetOptions;
import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.prompt.Bodies;
import io.turnpike.bench.prompt.PromptLengths;
import io.turnpike.bench.prompt.Prompts;
import io.turnpike.bench.run.LoadBenchmark;
import io.turnpike.bench.run.LoadDriver;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One load against one server. */
@Command(
    name = "load",
    header = "Load a server with single turns; TTFT, TPOT, ITL, throughput.",
    mixinStandardHelpOptions = true,
    description = {
      "With --rate an open loop: Poisson arrivals, sent when due, clocks start when due. Without"
          + " it a closed loop of --concurrency requests.",
      "Writes FILE.json (the keys of vllm bench serve, and more), FILE.csv (every request) and"
          + " FILE.log (what ran, failures, the text)."
    },
    footer = {
      "",
      "For example:",
      "  ./turnpike bench load --requests 100 --concurrency 16 --prompt-tokens 64 --max-tokens 128",
      "  ./turnpike bench load --rate 8 --requests 480 --goodput ttft:500,tpot:50"
    })
final class LoadCommand implements Callable<Integer> {

  @Mixin private TargetOptions target = new TargetOptions();
  @Mixin private OutOptions files = new OutOptions();

  @Option(
      names = "--requests",
      paramLabel = "N",
      defaultValue = "100",
      description = "Default: 100.")
  private int requests = 100;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description = "Requests a second, an open loop. Default: a closed loop.")
  private double rate;

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      description = "With --rate: as many requests as are due in that time, instead of --requests.")
  private double seconds;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description = "Requests under way at most. Default: 16 without --rate, no bound with it.")
  private int concurrency;

  @Option(
      names = "--prompt-tokens",
      paramLabel = "N",
      defaultValue = "64",
      description = "Default: 64.")
  private int promptTokens = 64;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "128",
      description = "Default: 128.")
  private int maxTokens = 128;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "2",
      description = "Requests before it that are not counted. Default: 2.")
  private int warmUp = 2;

  @Option(
      names = "--no-stream",
      description = "Ask for whole answers; TTFT is then the whole time.")
  private boolean whole;

  @Option(
      names = "--goodput",
      paramLabel = "SLO",
      description = "For example ttft:500,tpot:50,e2el:4000 (ms). Exit code 3 if not all meet it.")
  private @Nullable String slo;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Without its ending. Default: bench-load.")
  private Path out = Path.of("bench-load");

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Goodput goodput = slo == null ? Goodput.ANY : Goodput.parse(slo);
    LoadDriver.Load load = load();
    Call call = Call.of(spec);
    Path name = files.free(out, List.of(".json", ".csv", ".log"), call.terminal().err());
    Bodies bodies = target.bodies(!whole, "bench-" + System.nanoTime());
    try (Endpoint endpoint = new Endpoint(target.endpoint())) {
      PromptLengths lengths = target.lengths(bodies, call.terminal().err());
      Prompts prompts = new Prompts(target.seed(), lengths);
      LoadDriver driver = new LoadDriver(endpoint, bodies, prompts, target.seed());
      LoadBenchmark.Plan plan =
          new LoadBenchmark.Plan(load, goodput, slo != null, target.config(bodies, lengths, load));
      return new LoadBenchmark(driver, plan, call.terminal())
          .run(name, target.environment(call.arguments()))
          .code();
    }
  }

  private LoadDriver.Load load() {
    if (seconds > 0 && rate == 0) {
      throw new IllegalArgumentException(
          "--duration: %s (expected: with --rate)".formatted(seconds));
    }
    int count = seconds > 0 ? Math.max(1, (int) Math.round(seconds * rate)) : requests;
    int bound = concurrency == 0 && rate == 0 ? 16 : concurrency;
    return new LoadDriver.Load(count, rate, bound, promptTokens, maxTokens, warmUp);
  }
}
