package io.turnpike.bench.cli;

import io.turnpike.bench.merge.Crossover;
import io.turnpike.bench.merge.Merge;
import io.turnpike.bench.merge.Verdict;
import io.turnpike.bench.report.AtomicFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
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

  @Parameters(paramLabel = "FILE", arity = "0..*", description = "Result files; later ones win.")
  private List<Path> files = List.of();

  @Option(names = "--auto", description = "All result files in the folder.")
  private boolean auto;

  @Option(
      names = "--folder",
      defaultValue = ".",
      description = "Where results are written, and found by --auto. Default: here.")
  private Path folder = Path.of(".");

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    List<Path> of = auto ? Merge.find(folder) : files;
    if (of.isEmpty()) {
      throw new IllegalArgumentException(
          auto
              ? "no result file in %s (bench qps writes them)".formatted(folder)
              : "no files (name some, or say --auto)");
    }
    Clock clock = Clock.systemUTC();
    ObjectNode merged = Merge.merge(of, clock.instant().toString());
    String time =
        DateTimeFormatter.ofPattern("yyyyMMdd_HHmmss")
            .withZone(ZoneOffset.UTC)
            .format(clock.instant());
    Path file = folder.resolve("merged_3mode_" + time + ".json");
    AtomicFile.json(file, merged);
    Path crossover = folder.resolve("qps_crossover_analysis.json");
    AtomicFile.json(crossover, Crossover.of(Merge.points(merged)));
    PrintWriter out = Call.of(spec).terminal().out();
    Verdict.of(Merge.points(merged)).forEach(out::println);
    out.println(file);
    out.println(crossover);
    return 0;
  }
}
