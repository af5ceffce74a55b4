package io.turnpike.bench.cli;

import io.turnpike.bench.merge.Merge;
import io.turnpike.bench.merge.Point;
import io.turnpike.bench.merge.Verdict;
import io.turnpike.bench.plot.HtmlReport;
import io.turnpike.bench.plot.Pngs;
import io.turnpike.bench.report.AtomicFile;
import io.turnpike.bench.report.FiguresCsv;
import io.turnpike.bench.run.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Draws a result file. */
@Command(
    name = "plot",
    header = "Draw a result file: PNGs, one report.html, and figures.csv.",
    mixinStandardHelpOptions = true,
    description = "Reads files of bench qps, bench merge and the original tools.",
    footer = {"", "For example:", "  ./turnpike bench plot study.json --folder report"})
final class PlotCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FILE", description = "A result file.")
  private Path file = Path.of("bench-qps.json");

  @Option(names = "--folder", defaultValue = ".", description = "For the pictures. Default: here.")
  private Path folder = Path.of(".");

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    JsonNode study = Merge.read(file);
    List<Point> points = Merge.points(study);
    if (points.isEmpty()) {
      throw new IllegalArgumentException(
          "%s has no results (expected: a file of bench qps or bench merge)".formatted(file));
    }
    PrintWriter out = Call.of(spec).terminal().out();
    Files.createDirectories(folder);
    Set<Path> before = present();
    List<Path> written = new ArrayList<>(new Pngs(study).write(folder));
    Path report = folder.resolve("report.html");
    AtomicFile.write(report, new HtmlReport(study).page());
    written.add(report);
    Path figures = folder.resolve("figures.csv");
    AtomicFile.write(figures, FiguresCsv.text(study));
    written.add(figures);
    for (Path one : written) {
      out.println(one + (before.contains(one) ? " (drawn again over an earlier one)" : ""));
    }
    Verdict.of(points).forEach(out::println);
    return ExitCode.FINE.code();
  }

  private Set<Path> present() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.collect(Collectors.toSet());
    }
  }
}
