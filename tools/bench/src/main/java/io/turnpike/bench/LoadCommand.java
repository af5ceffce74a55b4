package io.turnpike.bench;

import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.load.SelfCheck;
import io.turnpike.bench.prompt.Bodies;
import io.turnpike.bench.prompt.Prompts;
import io.turnpike.bench.report.AtomicFile;
import io.turnpike.bench.report.Environment;
import io.turnpike.bench.report.LoadLog;
import io.turnpike.bench.report.LoadResult;
import io.turnpike.bench.report.RequestLog;
import io.turnpike.bench.report.ServingBlock;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
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
    Bodies bodies = target.bodies(!whole, "bench-" + System.nanoTime());
    Prompts prompts = new Prompts(target.seed, target.charactersPerToken);
    LoadDriver.Load load = load();
    PrintWriter print = Terminal.out(spec);
    Path folder = out.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    try (Endpoint endpoint = new Endpoint(target.endpoint());
        RequestLog csv = new RequestLog(Path.of(out + ".csv"));
        LoadLog log =
            new LoadLog(
                Path.of(out + ".log"), Clock.systemUTC().instant(), environment(), config(load))) {
      LoadDriver driver = new LoadDriver(endpoint, bodies, prompts, target.seed);
      try (Interruption _ = new Interruption(driver::stop)) {
        LoadResult result =
            driver.run(
                load,
                goodput,
                "load",
                Terminal.err(spec),
                measurement -> {
                  csv.add(measurement);
                  log.add(measurement);
                });
        Map<String, Object> json = ServingBlock.json(result);
        json.put("environment", environment());
        json.put("config", config(load));
        AtomicFile.json(Path.of(out + ".json"), json);
        String text = ServingBlock.text(result, goodput) + notes(result);
        log.result(text);
        print.print(text);
        print.flush();
        return exitCode(result);
      }
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

  private Map<String, Object> environment() {
    return Environment.of(Terminal.arguments(spec));
  }

  private Map<String, Object> config(LoadDriver.Load load) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("url", target.url.toString());
    config.put("requests", load.requests());
    config.put("rate", load.ratePerSecond());
    config.put("concurrency", load.concurrency());
    config.put("prompt_tokens", load.promptTokens());
    config.put("max_tokens", load.maxTokens());
    config.put("warm_up", load.warmUp());
    config.put("seed", target.seed);
    return config;
  }

  private int exitCode(LoadResult result) {
    if (!result.self().isValid()) {
      return Bench.NOT_VALID;
    }
    if (slo != null && result.tally().good() < result.sent()) {
      return Bench.OBJECTIVE_MISSED;
    }
    return result.tally().successes() == 0 ? Bench.FAILED : 0;
  }

  /** What must be known to read the figures rightly. */
  static String notes(LoadResult result) {
    StringBuilder text = new StringBuilder();
    SelfCheck self = result.self();
    text.append(
        String.format(
            Locale.ROOT,
            "From when due:  mean TTFT %.2f ms, P99 %.2f ms; mean E2EL %.2f ms%n",
            result.tally().ttft().mean(),
            result.tally().ttft().percentile(99),
            result.tally().e2e().mean()));
    text.append(
        String.format(
            Locale.ROOT,
            "Load generator: lag P99 %.2f ms, max %.2f ms; %.0f %% of a core%n",
            self.lagP99Millis(),
            self.lagMaxMillis(),
            self.cpuShare() * 100));
    if (result.tally().failed() > 0) {
      text.append("Failures:       %s%n".formatted(result.tally().failures()));
    }
    text.append("Routes:         %s%n".formatted(result.tally().routes()));
    text.append("Tokens from:    %s%n".formatted(result.tally().tokenSources()));
    if (result.clientPool() > 0) {
      text.append("Client pool:    %d connections, shared by all%n".formatted(result.clientPool()));
    }
    if (!result.saturation().isEmpty()) {
      text.append("Server:         %s%n".formatted(result.saturation()));
    }
    if (result.isPartial()) {
      text.append("PARTIAL: stopped after %d of %d%n".formatted(result.sent(), result.asked()));
    }
    self.complaints().forEach(c -> text.append("NOT VALID: %s%n".formatted(c)));
    return text.toString();
  }
}
