package io.turnpike.bench;

import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.figures.Sample;
import io.turnpike.bench.plot.SweepPngs;
import io.turnpike.bench.prompt.Prompts;
import io.turnpike.bench.report.AtomicFile;
import io.turnpike.bench.report.LoadResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
    header = "Closed loops over concurrency × prompt tokens × max tokens × models.",
    mixinStandardHelpOptions = true,
    description = {
      "Writes a CSV a point, throughput_vs_concurrency.png and ttft_vs_prompt_tokens.png.",
      "A point whose CSV is there is not measured again, so a sweep can be resumed."
    },
    footer = {
      "",
      "For example:",
      "  ./turnpike bench sweep --concurrency 1,4,16 --prompt-tokens 64,1024 --max-tokens 128"
    })
final class SweepCommand implements Callable<Integer> {

  /** The original tool's columns. */
  static final String ORIGINAL_HEADER =
      "p50_ttft,p95_ttft,min_ttft,max_ttft,p50_tps,p95_tps,mean_tps,total_tokens,wall_time_sec,"
          + "aggregate_throughput";

  private static final String HEADER = ORIGINAL_HEADER + ",failures,valid";
  private static final String ROW_HEADER =
      String.format(
          Locale.ROOT,
          "%-24s %11s %13s %10s %14s %14s",
          "model",
          "concurrency",
          "prompt tokens",
          "max tokens",
          "p50 TTFT ms",
          "tokens/s");

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

  @Option(
      names = "--models",
      split = ",",
      paramLabel = "NAME",
      description = "Several models. Default: that of --model, or the first one listed.")
  private List<String> models = List.of();

  @Option(names = "--requests", defaultValue = "50", description = "Of each point. Default: 50.")
  private int requests = 50;

  @Option(names = "--folder", defaultValue = "bench-sweep", description = "Default: bench-sweep.")
  private Path folder = Path.of("bench-sweep");

  @Spec private @Nullable CommandSpec spec;

  private volatile @Nullable LoadDriver driver;
  private volatile boolean stopped;

  @Override
  public Integer call() throws Exception {
    List<Step> steps = steps();
    List<SweepPngs.Point> points = new ArrayList<>();
    PrintWriter out = Terminal.out(spec);
    out.println(ROW_HEADER);
    try (Endpoint endpoint = new Endpoint(target.endpoint());
        Interruption _ = new Interruption(this::stop)) {
      for (int i = 0; i < steps.size() && !stopped; i++) {
        Step step = steps.get(i);
        if (!Files.exists(step.file)) {
          measure(endpoint, step, "%d/%d %s".formatted(i + 1, steps.size(), step.name()));
        }
        if (Files.exists(step.file)) {
          SweepPngs.Point point = read(step);
          points.add(point);
          out.println(row(point));
          out.flush();
        }
      }
    }
    if (!points.isEmpty()) {
      SweepPngs.write(points, folder).forEach(out::println);
    }
    out.flush();
    return stopped ? Bench.FAILED : 0;
  }

  private List<Step> steps() throws IOException, InterruptedException {
    List<String> asked = models.isEmpty() ? List.of(target.model()) : models;
    List<Step> steps = new ArrayList<>();
    for (String model : asked) {
      for (int concurrency : concurrencies) {
        for (int prompt : promptTokens) {
          for (int most : maxTokens) {
            String name = "c%d_p%d_o%d.csv".formatted(concurrency, prompt, most);
            String prefix = asked.size() > 1 ? model.replaceAll("[^\\w.-]", "_") + "_" : "";
            steps.add(
                new Step(
                    model,
                    new LoadDriver.Load(requests, 0, concurrency, prompt, most, 1),
                    folder.resolve(prefix + name)));
          }
        }
      }
    }
    return steps;
  }

  private void stop() {
    stopped = true;
    LoadDriver running = driver;
    if (running != null) {
      running.stop();
    }
  }

  private void measure(Endpoint endpoint, Step step, String what) throws Exception {
    LoadDriver one =
        new LoadDriver(
            endpoint,
            target.bodies(step.model, true, "bench-" + System.nanoTime()),
            new Prompts(target.seed, target.charactersPerToken),
            target.seed);
    driver = one;
    ConcurrentLinkedQueue<Measurement> measured = new ConcurrentLinkedQueue<>();
    LoadResult result = one.run(step.load, Goodput.ANY, what, Terminal.err(spec), measured::add);
    if (!result.isPartial()) {
      String line = line(result, measured.stream().filter(Measurement::ok).toList());
      AtomicFile.write(step.file, HEADER + "\n" + line + "\n");
    }
  }

  private static SweepPngs.Point read(Step step) throws IOException {
    List<String> lines = Files.readAllLines(step.file);
    String[] values = lines.size() < 2 ? new String[0] : lines.get(1).split(",", -1);
    if (!lines.getFirst().startsWith(ORIGINAL_HEADER) || values.length < 10) {
      throw new IOException(
          "%s: not a sweep's file (expected: the columns %s); delete it to measure it again"
              .formatted(step.file, HEADER));
    }
    return new SweepPngs.Point(
        step.model,
        step.load.concurrency(),
        step.load.promptTokens(),
        step.load.maxTokens(),
        Double.parseDouble(values[9]),
        Double.parseDouble(values[0]));
  }

  private static String row(SweepPngs.Point point) {
    return String.format(
        Locale.ROOT,
        "%-24s %11d %13d %10d %14.1f %14.1f",
        point.model(),
        point.concurrency(),
        point.promptTokens(),
        point.maxTokens(),
        point.ttftMillis(),
        point.tokensPerSecond());
  }

  /**
   * A point to be measured.
   *
   * @param model which model
   * @param load what load
   * @param file its CSV
   */
  private record Step(String model, LoadDriver.Load load, Path file) {
    String name() {
      return String.valueOf(file.getFileName());
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
