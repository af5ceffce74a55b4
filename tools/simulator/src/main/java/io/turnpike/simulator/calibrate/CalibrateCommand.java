package io.turnpike.simulator.calibrate;

import io.turnpike.cost.EngineProfile;
import io.turnpike.cost.StepCosts;
import io.turnpike.simulator.calibrate.Calibration.Point;
import io.turnpike.simulator.profile.Profiles;
import io.turnpike.simulator.table.CsvTable;
import io.turnpike.simulator.table.Figures;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code simulator calibrate}: a profile of an operator's own engine. */
@Command(
    name = "calibrate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Fits t0, a, b, c and d to measured points of your engine.",
    description = {
      "",
      "The points are a CSV with the header",
      "  kind,batch,context_tokens,new_tokens,millis",
      "  decode,32,2048,0,12.9     TPOT while 32 requests of 2,048 tokens each are decoded",
      "  prefill,0,6144,2048,81.5  TTFT of a prompt of 6,144 tokens, 2,048 of them not cached,",
      "                            on an idle engine",
      "Three or more of a kind, of different batch sizes, contexts and lengths; a kind that is",
      "missing leaves the base profile's constants. Relative errors count.",
      ""
    })
public final class CalibrateCommand implements Callable<Integer> {

  @Option(names = "--points", required = true, description = "the measured points")
  private Path points = Path.of("points.csv");

  @Option(
      names = "--base",
      defaultValue = Profiles.DEFAULT,
      description = "profile that gives everything else [${DEFAULT-VALUE}]")
  private String base = Profiles.DEFAULT;

  @Option(names = "--write", description = "write the profile into this YAML file")
  private @Nullable Path file;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    EngineProfile profile = Profiles.find(base);
    Calibration calibration;
    try (Reader reader = Files.newBufferedReader(points)) {
      calibration = Calibration.fit(name(), profile, CsvTable.read(reader));
    }
    print(calibration, spec.commandLine().getOut());
    if (file != null) {
      Files.writeString(file, Profiles.write(calibration.profile()));
    }
    return 0;
  }

  private String name() {
    return file == null
        ? "calibrated"
        : file.getFileName().toString().replaceFirst("\\.ya?ml$", "");
  }

  private static void print(Calibration calibration, PrintWriter out) {
    StepCosts steps = calibration.profile().steps();
    out.printf("t0 %.4g ms a step%n", steps.baseMillis());
    out.printf("a  %.4g ms a decode%n", steps.decodeMillis());
    out.printf("b  %.4g ms a context token of a decode%n", steps.decodeContextMillis());
    out.printf("c  %.4g ms a prompt token%n", steps.prefillMillis());
    out.printf("d  %.4g ms a prompt token and token of its prompt%n", steps.attentionMillis());
    out.printf("fixed %.4g ms of TTFT%n", calibration.fixedMillis());
    out.printf(
        "%n%-8s %6s %8s %8s %10s %10s %8s%n",
        "kind", "batch", "context", "new", "measured", "fitted", "error");
    for (Point point : calibration.points()) {
      out.printf(
          "%-8s %6d %8d %8d %10.2f %10.2f %+6.1f %%%n",
          point.decode() ? "decode" : "prefill",
          point.batch(),
          point.contextTokens(),
          point.newTokens(),
          point.measuredMillis(),
          point.fittedMillis(),
          100 * point.error());
    }
    double[] errors =
        calibration.points().stream().mapToDouble(point -> Math.abs(point.error())).toArray();
    out.printf(
        "median absolute error %.1f %%, 90th percentile %.1f %%%n",
        100 * Figures.median(errors), 100 * Figures.percentile(errors, 90));
    out.flush();
  }
}
