package io.turnpike.bench.cli;

import io.turnpike.bench.cli.option.TargetOptions;
import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.engine.ServerFacts;
import io.turnpike.bench.prompt.Bodies;
import io.turnpike.bench.prompt.PromptLengths;
import io.turnpike.bench.report.AtomicFile;
import io.turnpike.bench.report.Environment;
import io.turnpike.bench.run.LoadDriver;
import io.turnpike.bench.sweep.SweepRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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
      "A point that is there is taken up again if everything that it was measured with is the same:"
          + " server, engines, model, load, seed. Else it gets a file of its own."
    },
    footer = {
      "",
      "For example:",
      "  ./turnpike bench sweep --concurrency 1,4,16 --prompt-tokens 64,1024 --max-tokens 128"
    })
final class SweepCommand implements Callable<Integer> {

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

  @Override
  public Integer call() throws Exception {
    Call call = Call.of(spec);
    AtomicFile.folder(folder.resolve("any"));
    ServerFacts server = ServerFacts.of(target.url());
    try (Endpoint endpoint = new Endpoint(target.endpoint())) {
      return new SweepRun(endpoint, server, steps(call), call.terminal())
          .run(folder, Environment.of(call.arguments()))
          .code();
    }
  }

  private List<SweepRun.Step> steps(Call call) throws IOException, InterruptedException {
    List<String> asked = models.isEmpty() ? List.of(target.model()) : models;
    List<SweepRun.Step> steps = new ArrayList<>();
    for (String model : asked) {
      Bodies bodies = target.bodies(model, true, "");
      PromptLengths lengths = target.lengths(bodies, call.terminal().err());
      for (int concurrency : concurrencies) {
        for (int prompt : promptTokens) {
          for (int most : maxTokens) {
            LoadDriver.Load load = new LoadDriver.Load(requests, 0, concurrency, prompt, most, 1);
            steps.add(new SweepRun.Step(bodies, load, target.config(bodies, lengths, load)));
          }
        }
      }
    }
    return steps;
  }
}
