package io.turnpike.bench.cli;

import io.turnpike.bench.cli.option.Checks;
import io.turnpike.bench.cli.option.OutOptions;
import io.turnpike.bench.cli.option.TargetOptions;
import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.prompt.Bodies;
import io.turnpike.bench.prompt.PromptLengths;
import io.turnpike.bench.rate.RateRun;
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

/** Looks for the highest rate at which an objective is met. */
@Command(
    name = "rate",
    header = "Find the highest rate that meets an objective, by bisection.",
    mixinStandardHelpOptions = true,
    description = {
      "A rate passes if in the majority of its repeats, each with other arrivals, enough requests"
          + " met the objective and the server kept up. Repeats in which the load generator was"
          + " itself the limit do not count; exit code 4 if that is all there is.",
      "Doubles the rate until one fails, then halves the gap."
    },
    footer = {
      "",
      "For example:",
      "  ./turnpike bench rate --goodput ttft:500,tpot:50 --from 1 --seconds 20"
    })
final class RateCommand implements Callable<Integer> {

  @Mixin private TargetOptions target = new TargetOptions();
  @Mixin private OutOptions files = new OutOptions();

  @Option(names = "--goodput", required = true, description = "For example ttft:500,tpot:50 (ms).")
  private String slo = "";

  @Option(names = "--share", defaultValue = "0.99", description = "Enough requests. Default: 0.99.")
  private double share = 0.99;

  @Option(names = "--from", defaultValue = "1", description = "The first rate. Default: 1.")
  private double from = 1;

  @Option(names = "--seconds", defaultValue = "20", description = "Of a repeat. Default: 20.")
  private double seconds = 20;

  @Option(names = "--repeats", defaultValue = "3", description = "Of a rate. Default: 3.")
  private int repeats = 3;

  @Option(names = "--steps", defaultValue = "4", description = "Of the bisection. Default: 4.")
  private int steps = 4;

  @Option(names = "--prompt-tokens", defaultValue = "64", description = "Default: 64.")
  private int promptTokens = 64;

  @Option(names = "--max-tokens", defaultValue = "64", description = "Default: 64.")
  private int maxTokens = 64;

  @Option(
      names = "--out",
      defaultValue = "bench-rate",
      description = "Of the file. Default: bench-rate.")
  private Path out = Path.of("bench-rate");

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Goodput.parse(slo);
    Checks.atLeastOne("repeats", repeats);
    Checks.atLeast("steps", steps, 0);
    Call call = Call.of(spec);
    Path name = files.free(withoutEnding(), List.of(".json"), call.terminal().err());
    Bodies bodies = target.bodies(true, "");
    PromptLengths lengths = target.lengths(bodies, call.terminal().err());
    LoadDriver.Load load = new LoadDriver.Load(0, from, 0, promptTokens, maxTokens, 1);
    RateRun.Plan plan =
        new RateRun.Plan(
            slo, share, from, seconds, repeats, steps, target.config(bodies, lengths, load));
    try (Endpoint endpoint = new Endpoint(target.endpoint())) {
      return new RateRun(endpoint, bodies, plan, call.terminal())
          .run(Path.of(name + ".json"), target.environment(call.arguments()))
          .code();
    }
  }

  /** {@code --out} was the whole name once. */
  private Path withoutEnding() {
    return Path.of(out.toString().replaceFirst("\\.json$", ""));
  }
}
