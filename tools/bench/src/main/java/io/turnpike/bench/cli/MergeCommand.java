package io.turnpike.bench.cli;

import io.turnpike.bench.merge.Crossover;
import io.turnpike.bench.merge.Merge;
import io.turnpike.bench.merge.Verdict;
import io.turnpike.bench.report.AtomicFile;
import io.turnpike.bench.run.ExitCode;
import io.turnpike.bench.run.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** Brings result files together. */
@Command(
    name = "merge",
    header = "Merge result files, ours or the original tools', and find the crossovers.",
    mixinStandardHelpOptions = true,
    description = "Writes merged_3mode_TIME.json and qps_crossover_analysis.json.",
    footer = {
      "",
      "For example:",
      "  ./turnpike bench merge --auto --folder results",
      "  ./turnpike bench merge pd_ppd.json replication.json"
    })
final class MergeCommand implements Callable<Integer> {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd_HHmmss_SSS").withZone(ZoneOffset.UTC);

  @Parameters(paramLabel = "FILE", arity = "0..*", description = "Result files; later ones win.")
  private List<Path> files = List.of();

  @Option(
      names = "--auto",
      description =
          "The latest file of pd and ppd and the latest one of replication in the folder, as the"
              + " original tool does.")
  private boolean auto;

  @Option(
      names = "--folder",
      defaultValue = ".",
      description = "Where results are written, and found by --auto. Default: here.")
  private Path folder = Path.of(".");

  @Option(names = "--no-raw", description = "Leave the single requests out.")
  private boolean noRaw;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    List<Path> of = auto ? Merge.latest(folder) : files;
    if (of.isEmpty()) {
      throw new IllegalArgumentException(
          auto
              ? "no result file in %s (bench qps writes them)".formatted(folder)
              : "no files (name some, or say --auto)");
    }
    Terminal terminal = Call.of(spec).terminal();
    of.forEach(file -> terminal.out().println("from " + file));
    Instant now = Clock.systemUTC().instant();
    ObjectNode merged = Merge.merge(of, now.toString());
    if (noRaw) {
      merged.path("results").forEach(result -> ((ObjectNode) result).putArray("raw_metrics"));
    }
    terminal
        .out()
        .printf(
            "runs: %s used, %s replaced by a later file's, %s without a sample%n",
            merged.path("runs_used"), merged.path("runs_replaced"), merged.path("runs_filtered"));
    merged
        .path("differences")
        .forEach(one -> terminal.sentence("DOUBTFUL: not measured alike, " + one.asString()));
    Path file = folder.resolve("merged_3mode_" + TIME.format(now) + ".json");
    AtomicFile.json(file, merged);
    Path crossover = folder.resolve("qps_crossover_analysis.json");
    String again = Files.exists(crossover) ? " (made again over an earlier one)" : "";
    AtomicFile.json(crossover, Crossover.of(Merge.points(merged)));
    Verdict.of(Merge.points(merged)).forEach(terminal::sentence);
    terminal.out().println(file);
    terminal.out().println(crossover + again);
    terminal.out().flush();
    return ExitCode.FINE.code();
  }
}
