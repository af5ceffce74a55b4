package io.turnpike.bench.sweep;

import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.engine.ServerFacts;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.prompt.Bodies;
import io.turnpike.bench.prompt.Prompts;
import io.turnpike.bench.report.Environment;
import io.turnpike.bench.report.LoadNotes;
import io.turnpike.bench.report.LoadResult;
import io.turnpike.bench.report.Trust;
import io.turnpike.bench.run.Estimate;
import io.turnpike.bench.run.ExitCode;
import io.turnpike.bench.run.Interruption;
import io.turnpike.bench.run.LoadConfig;
import io.turnpike.bench.run.LoadDriver;
import io.turnpike.bench.run.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Measures the points of a sweep that are not there yet, then draws all that belong together. */
public final class SweepRun {

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

  /**
   * A point to be measured.
   *
   * @param bodies of its requests
   * @param load one of the grid
   * @param config all that it is measured with
   */
  public record Step(Bodies bodies, LoadDriver.Load load, LoadConfig config) {}

  private final Endpoint endpoint;
  private final ServerFacts server;
  private final List<Step> steps;
  private final Terminal terminal;
  private volatile @Nullable LoadDriver driver;
  private volatile boolean stopped;

  /** A sweep over one server. */
  public SweepRun(Endpoint endpoint, ServerFacts server, List<Step> steps, Terminal terminal) {
    this.endpoint = endpoint;
    this.server = server;
    this.steps = List.copyOf(steps);
    this.terminal = terminal;
  }

  /** Measures what is not done, writes the files, prints. */
  public ExitCode run(Path folder, Environment environment)
      throws IOException, InterruptedException {
    SweepFolder files = new SweepFolder(folder);
    Estimate estimate = new Estimate(steps.size());
    terminal.out().println(ROW_HEADER);
    boolean valid = true;
    int there = 0;
    try (Interruption _ = new Interruption(this::stop)) {
      for (int i = 0; i < steps.size() && !stopped; i++) {
        JsonNode point = point(files, i, estimate, environment);
        if (point != null) {
          there++;
          valid &= point.path("trust").path("valid").asBoolean(true);
          terminal.out().println(row(point));
          terminal.out().flush();
        }
      }
    }
    if (there > 0) {
      draw(files, folder);
    }
    terminal.out().flush();
    return there < steps.size() ? ExitCode.FAILED : valid ? ExitCode.FINE : ExitCode.NOT_VALID;
  }

  private @Nullable JsonNode point(
      SweepFolder files, int number, Estimate estimate, Environment environment)
      throws IOException, InterruptedException {
    Step step = steps.get(number);
    SweepFolder.Place place = files.place(step.config(), server);
    String what = "point %d of %d, %s".formatted(number + 1, steps.size(), place.json());
    if (place.done() != null) {
      estimate.skip();
      terminal.err().println(what + ": measured before with all the same; taken up");
      return place.done();
    }
    place.others().forEach(other -> terminal.err().println(kept(other, place.json())));
    terminal.err().println(what + estimate.left());
    long began = System.nanoTime();
    LoadResult result = measure(step, what);
    estimate.took(Duration.ofNanos(System.nanoTime() - began));
    if (result.isPartial() || result.tally().successes() == 0) {
      terminal.err().print(LoadNotes.before(result));
      return null;
    }
    return files.write(
        place.json(),
        new SweepPoint(
            Clock.systemUTC().instant().toString(),
            step.config(),
            server,
            environment,
            SweepPoint.Figures.of(result),
            Trust.of(result.self())));
  }

  private static String kept(Path other, Path json) {
    return "%s was not measured with all the same (server, load or seed): kept, new file %s"
        .formatted(other, json.getFileName());
  }

  private LoadResult measure(Step step, String what) throws InterruptedException {
    LoadConfig config = step.config();
    LoadDriver one =
        new LoadDriver(
            endpoint,
            step.bodies().withSalt("bench-" + System.nanoTime()),
            new Prompts(config.seed(), config.promptLengths()),
            config.seed());
    driver = one;
    return one.run(step.load(), Goodput.ANY, what, terminal.err(), measurement -> {});
  }

  private void draw(SweepFolder files, Path folder) throws IOException {
    List<JsonNode> points = files.comparable(steps.getFirst().config(), server);
    SweepPngs.write(points.stream().map(SweepRun::drawn).toList(), folder, server.words())
        .forEach(terminal.out()::println);
    if (points.size() > steps.size()) {
      terminal
          .out()
          .printf(
              "%d points in the pictures: all in %s that were measured alike%n",
              points.size(), folder);
    }
  }

  private static SweepPngs.Point drawn(JsonNode point) {
    JsonNode asked = point.path("asked");
    return new SweepPngs.Point(
        asked.path("model").asString(""),
        asked.path("concurrency").asInt(),
        asked.path("prompt_tokens").asInt(),
        asked.path("max_tokens").asInt(),
        point.path("figures").path("aggregate_throughput").asDouble(),
        point.path("figures").path("p50_ttft").asDouble() * 1000);
  }

  private static String row(JsonNode json) {
    SweepPngs.Point point = drawn(json);
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

  private void stop() {
    stopped = true;
    LoadDriver running = driver;
    if (running != null) {
      running.stop();
    }
  }
}
