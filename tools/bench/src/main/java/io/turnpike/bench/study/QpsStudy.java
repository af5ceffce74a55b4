package io.turnpike.bench.study;

import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.figures.Sample;
import io.turnpike.bench.load.SelfCheck;
import io.turnpike.bench.load.Tally;
import io.turnpike.bench.merge.Merge;
import io.turnpike.bench.merge.Verdict;
import io.turnpike.bench.report.BlockLog;
import io.turnpike.bench.report.LoadResult;
import io.turnpike.bench.report.StudyTable;
import io.turnpike.bench.run.Estimate;
import io.turnpike.bench.run.ExitCode;
import io.turnpike.bench.run.Interruption;
import io.turnpike.bench.run.Progress;
import io.turnpike.bench.run.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Runs a study's cells one after the other and says what came of them. One thread. */
public final class QpsStudy {

  /**
   * How it is run.
   *
   * @param goodput the objective
   * @param isObjective whether missing it is an error
   * @param warmUp conversations before it in each mode
   * @param keepRaw whether single requests go into the result
   * @param clientPool connections at most, 0 for no bound; for the text blocks
   */
  public record Settings(
      Goodput goodput, boolean isObjective, int warmUp, boolean keepRaw, int clientPool) {}

  private static final long LARGE_MEGABYTES = 20;

  private final Cells cells;
  private final StudyFile file;
  private final BlockLog blocks;
  private final Settings settings;
  private final Terminal terminal;
  private volatile boolean stopped;

  /** A study of those cells. */
  public QpsStudy(
      Cells cells, StudyFile file, BlockLog blocks, Settings settings, Terminal terminal) {
    this.cells = cells;
    this.file = file;
    this.blocks = blocks;
    this.settings = settings;
    this.terminal = terminal;
  }

  /** Ends the cell under way; what was measured is reported. */
  private void stop() {
    stopped = true;
    cells.stop();
  }

  /** Measures what is not done yet; how it ended. */
  public ExitCode run(List<Cell> all, boolean resume) throws IOException, InterruptedException {
    int done = resume ? file.resume() : 0;
    if (done == 0) {
      file.begin();
      blocks.begin();
    } else {
      terminal.err().printf("resumed: %d of %d cells were done%n", done, all.size());
    }
    try (Interruption _ = new Interruption(this::stop)) {
      List<Cell> open = all.stream().filter(cell -> !file.has(cell)).toList();
      arrivals(open);
      Estimate estimate = new Estimate(open.size());
      warmUp(open);
      for (int i = 0; i < open.size() && !stopped; i++) {
        Cell cell = open.get(i);
        String place = "%d/%d".formatted(all.size() - open.size() + i + 1, all.size());
        measure(cell, place, estimate);
      }
      JsonNode result = file.write(Clock.systemUTC().instant().toString(), settings.keepRaw());
      report(result, all.size());
      return exitCode(result);
    }
  }

  /** What a study on servers takes at least, so that nobody waits for hours unasked. */
  private void arrivals(List<Cell> open) {
    if (cells.conditions().measured().equals(Conditions.LIVE)) {
      double seconds =
          open.stream().mapToDouble(c -> c.turns() * c.conversations() / c.qps()).sum();
      terminal
          .err()
          .printf(
              "%d cells: %s of arrivals, and longer where the server falls behind%n",
              open.size(), Estimate.words(Duration.ofMillis(Math.round(seconds * 1000))));
    }
  }

  private void warmUp(List<Cell> open) throws IOException, InterruptedException {
    Set<String> warm = new LinkedHashSet<>();
    for (Cell cell : open) {
      if (!stopped && warm.add(cell.mode())) {
        cells.warmUp(cell, settings.warmUp());
      }
    }
  }

  private void measure(Cell cell, String place, Estimate estimate)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    Outcome outcome = cells.measure(cell, settings.goodput(), new Watched(place));
    if (outcome.turns().isEmpty()) {
      return;
    }
    file.add(cell, CellFigures.of(cell, outcome, settings.goodput()), !stopped);
    for (int turn = 1; turn <= outcome.tallies().size(); turn++) {
      blocks.add(
          "%s turn %d%s".formatted(cell.key(), turn, stopped ? " (partial)" : ""),
          block(cell, turn, outcome));
    }
    estimate.took(Duration.ofNanos(System.nanoTime() - began));
    terminal.err().printf("%s %s%s%n", place, line(cell, outcome.turns()), estimate.left());
  }

  private LoadResult block(Cell cell, int turn, Outcome outcome) {
    Tally tally = outcome.tallies().get(turn - 1);
    int ended = (int) (tally.successes() + tally.failed());
    return new LoadResult(
        "",
        cell.qps(),
        0,
        cell.conversations(),
        ended,
        tally,
        SelfCheck.open(tally, outcome.cpuShare()),
        "",
        settings.clientPool());
  }

  private static String line(Cell cell, List<Measurement> measured) {
    List<Measurement> ok = measured.stream().filter(Measurement::ok).toList();
    List<Measurement> last = ok.stream().filter(m -> m.turn() == cell.turns()).toList();
    return "%s: %d of %d fine, turn %d mean TTFT %.0f ms, E2E %.0f ms"
        .formatted(
            cell.key(),
            ok.size(),
            measured.size(),
            cell.turns(),
            Sample.of(last, Measurement::ttftMillis).mean(),
            Sample.of(last, Measurement::e2eMillis).mean());
  }

  private void report(JsonNode result, int asked) throws IOException {
    terminal.out().print(StudyTable.text(result));
    terminal.sentence("Measured: " + cells.conditions().what());
    Verdict.of(Merge.points(result)).forEach(terminal::sentence);
    complaints(result).forEach(complaint -> terminal.out().println("NOT VALID: " + complaint));
    int measured = result.path("runs").size();
    if (stopped) {
      terminal
          .out()
          .printf(
              "PARTIAL: %d of %d cells (go on with --resume --out %s)%n",
              measured, asked, file.name());
    }
    terminal.out().println(file.path() + size());
    terminal.out().println(blocks.path());
    terminal.out().flush();
  }

  /** Single turns are most of a large file. */
  private String size() throws IOException {
    long megabytes = Files.size(file.path()) >> 20;
    return settings.keepRaw() && megabytes >= LARGE_MEGABYTES
        ? " (%d MB; --no-raw leaves the single turns out)".formatted(megabytes)
        : "";
  }

  private ExitCode exitCode(JsonNode result) {
    if (!complaints(result).isEmpty()) {
      return ExitCode.NOT_VALID;
    }
    boolean missed = false;
    for (JsonNode cell : result.path("results")) {
      if (cell.path("success_count").asLong() == 0) {
        return ExitCode.FAILED;
      }
      missed |= cell.path("good_count").asLong() < cell.path("sample_count").asLong();
    }
    return settings.isObjective() && missed ? ExitCode.OBJECTIVE_MISSED : ExitCode.FINE;
  }

  private static List<String> complaints(JsonNode result) {
    List<String> complaints = new ArrayList<>();
    for (JsonNode run : result.path("runs")) {
      for (JsonNode because : run.path("load_generator").path("invalid_because")) {
        complaints.add(
            "%s@%s/%s#%s: %s"
                .formatted(
                    run.path("workload").asString(),
                    run.path("target_qps"),
                    run.path("mode").asString(),
                    run.path("run"),
                    because.asString()));
      }
    }
    return complaints;
  }

  /** Shows each turn as it is measured. */
  private final class Watched implements Cells.Watcher {
    private final String place;
    private @Nullable Progress progress;

    Watched(String place) {
      this.place = place;
    }

    @Override
    public void began(Cell cell, int turn, Tally tally) {
      String what =
          String.format(
              Locale.ROOT,
              "%s %s %s/s %s run %d turn %d",
              place,
              cell.workload().name(),
              cell.qps(),
              cell.mode(),
              cell.run(),
              turn);
      progress = new Progress(terminal.err(), what, cell.conversations(), tally);
    }

    @Override
    public void ended() {
      if (progress != null) {
        progress.close();
      }
    }
  }
}
