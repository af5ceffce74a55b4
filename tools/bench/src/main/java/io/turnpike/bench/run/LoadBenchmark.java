package io.turnpike.bench.run;

import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.load.Tally;
import io.turnpike.bench.report.AtomicFile;
import io.turnpike.bench.report.Environment;
import io.turnpike.bench.report.LoadLog;
import io.turnpike.bench.report.LoadNotes;
import io.turnpike.bench.report.LoadResult;
import io.turnpike.bench.report.RequestLog;
import io.turnpike.bench.report.ServingBlock;
import io.turnpike.bench.report.ServingJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;

/** One load: measures it, writes its files, prints. */
public final class LoadBenchmark {

  /**
   * What is run.
   *
   * @param load the load
   * @param goodput the objective
   * @param isObjective whether missing it is an error
   * @param config as it goes into the result
   */
  public record Plan(
      LoadDriver.Load load, Goodput goodput, boolean isObjective, LoadConfig config) {}

  private final LoadDriver driver;
  private final Plan plan;
  private final Terminal terminal;

  /** A load by that driver. */
  public LoadBenchmark(LoadDriver driver, Plan plan, Terminal terminal) {
    this.driver = driver;
    this.plan = plan;
    this.terminal = terminal;
  }

  /** Measures, writes the files, prints. */
  public ExitCode run(Path name, Environment environment) throws IOException, InterruptedException {
    try (RequestLog csv = new RequestLog(Path.of(name + ".csv"));
        LoadLog log =
            new LoadLog(
                Path.of(name + ".log"), Clock.systemUTC().instant(), environment, plan.config());
        Interruption _ = new Interruption(driver::stop)) {
      LoadResult result =
          driver.run(
              plan.load(),
              plan.goodput(),
              "load",
              terminal.err(),
              measurement -> {
                csv.add(measurement);
                log.add(measurement);
              });
      AtomicFile.json(Path.of(name + ".json"), ServingJson.of(result, environment, plan.config()));
      String text =
          LoadNotes.before(result)
              + ServingBlock.text(result, plan.goodput())
              + LoadNotes.after(result)
              + environment.engineLine();
      log.result(text);
      terminal.out().print(text);
      terminal.out().flush();
      return exitCode(result, plan.isObjective());
    }
  }

  /** An objective counts every request that was sent, so failures miss it. */
  static ExitCode exitCode(LoadResult result, boolean isObjective) {
    Tally tally = result.tally();
    boolean missed = isObjective && tally.good() < result.sent();
    return result.self().isValid() && missed
        ? ExitCode.OBJECTIVE_MISSED
        : ExitCode.of(result.self(), tally);
  }
}
