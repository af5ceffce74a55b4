package io.turnpike.bench;

import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.figures.Sample;
import io.turnpike.bench.prompt.Prompts;
import io.turnpike.bench.report.AtomicFile;
import io.turnpike.bench.report.LoadResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Closed loops over a grid. */
@Command(
    name = "sweep",
    header = "Closed loops over concurrency × prompt tokens × max tokens; a CSV each.",
    mixinStandardHelpOptions = true,
    description = "A point whose CSV is there is not measured again, so a sweep can be resumed.",
    footer = {
      "",
      "For example:",
      "  ./turnpike bench sweep --concurrency 1,4,16 --prompt-tokens 64,1024 --max-tokens 128"
    })
final class SweepCommand implements Callable<Integer> {

  /** The original tool's columns. */
  static final String HEADER =
      "p50_ttft,p95_ttft,min_ttft,max_ttft,p50_tps,p95_tps,mean_tps,total_tokens,wall_time_sec,"
          + "aggregate_throughput,failures,valid";

  @Mixin private TargetOptions target = new TargetOptions();

  @Option(
      names = "--concurrency",
      split = ",",
      defaultValue = "1,4,16",
      description = "Default: ${DEFAULT-VALUE}.")
  private List<Integer> concurrencies = List.of();

  @Option(names = "--prompt-tokens", split = ",", defaultValue = "64", description = "Default: 64.")
  private List<Integer> promptTokens = List.of();

  @Option(names = "--max-tokens", split = ",", defaultValue = "128", description = "Default: 128.")
  private List<Integer> maxTokens = List.of();

  @Option(names = "--requests", defaultValue = "50", description = "Of each point. Default: 50.")
  private int requests = 50;

  @Option(names = "--folder", defaultValue = "bench-sweep", description = "Default: bench-sweep.")
  private Path folder = Path.of("bench-sweep");

  @Spec private @Nullable CommandSpec spec;

  private volatile @Nullable LoadDriver driver;
  private volatile boolean stopped;

  @Override
  public Integer call() throws Exception {
    try (Endpoint endpoint = new Endpoint(target.endpoint());
        Interruption _ = new Interruption(this::stop)) {
      for (int concurrency : concurrencies) {
        for (int prompt : promptTokens) {
          for (int most : maxTokens) {
            point(endpoint, new LoadDriver.Load(requests, 0, concurrency, prompt, most, 1));
          }
        }
      }
    }
    return stopped ? Bench.FAILED : 0;
  }

  private void stop() {
    stopped = true;
    LoadDriver running = driver;
    if (running != null) {
      running.stop();
    }
  }

  private void point(Endpoint endpoint, LoadDriver.Load load) throws Exception {
    Path file =
        folder.resolve(
            "c%d_p%d_o%d.csv".formatted(load.concurrency(), load.promptTokens(), load.maxTokens()));
    if (stopped || Files.exists(file)) {
      return;
    }
    LoadDriver one =
        new LoadDriver(
            endpoint,
            target.bodies(true, "bench-" + System.nanoTime()),
            new Prompts(target.seed, target.charactersPerToken),
            target.seed);
    driver = one;
    ConcurrentLinkedQueue<Measurement> measured = new ConcurrentLinkedQueue<>();
    LoadResult result =
        one.run(
            load, Goodput.ANY, file.getFileName().toString(), Terminal.err(spec), measured::add);
    if (!result.isPartial()) {
      String line = line(result, measured.stream().filter(Measurement::ok).toList());
      AtomicFile.write(file, HEADER + "\n" + line + "\n");
      Terminal.out(spec).println(file + ": " + line);
    }
  }

  /** Times in milliseconds, wall time in seconds. */
  private static String line(LoadResult result, List<Measurement> ok) {
    Sample ttft = Sample.of(ok, Measurement::ttftMillis);
    Sample tps = Sample.of(ok, m -> m.outputTokens() / Math.max(1e-3, m.e2eMillis()) * 1000);
    return String.format(
        Locale.ROOT,
        "%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%d,%.3f,%.3f,%d,%s",
        ttft.percentile(50),
        ttft.percentile(95),
        ttft.min(),
        ttft.max(),
        tps.percentile(50),
        tps.percentile(95),
        tps.mean(),
        result.tally().outputTokens(),
        result.tally().seconds(),
        result.tally().perSecond(result.tally().outputTokens()),
        result.tally().failed(),
        result.self().isValid());
  }
}
