package io.turnpike.bench.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.bench.client.Failure;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.report.Environment;
import io.turnpike.bench.report.ResultJson;
import io.turnpike.bench.study.VirtualCells.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class StudyTest {

  private static final List<String> RESULT_KEYS =
      List.of(
          "workload",
          "input_tokens",
          "output_tokens",
          "target_qps",
          "mode",
          "duration_s",
          "sample_count",
          "success_count",
          "failure_count",
          "real_qps",
          "avg_ttft",
          "p50_ttft",
          "p90_ttft",
          "p99_ttft",
          "min_ttft",
          "max_ttft",
          "avg_e2e",
          "p50_e2e",
          "p90_e2e",
          "p99_e2e",
          "avg_throughput_tps",
          "total_tokens",
          "turn1_metrics",
          "turn2_metrics",
          "raw_metrics");
  private static final List<String> TURN_KEYS =
      List.of(
          "turn",
          "sample_count",
          "success_count",
          "avg_ttft",
          "p50_ttft",
          "p90_ttft",
          "p99_ttft",
          "avg_tpot",
          "p50_tpot",
          "p99_tpot",
          "avg_e2e",
          "p50_e2e",
          "p99_e2e",
          "avg_throughput_tps",
          "total_tokens");
  private static final List<String> RAW_KEYS =
      List.of(
          "req_id",
          "mode",
          "workload",
          "qps_target",
          "input_len",
          "output_len",
          "start_time",
          "ttft_ms",
          "e2e_latency_ms",
          "output_tokens",
          "throughput_tps",
          "tpot_ms",
          "success",
          "error",
          "turn");

  private static final Workload W1 = Workload.parse("W1").getFirst();

  @TempDir private Path folder;

  @Test
  void virtualCells_haveTheSameArrivals_inEveryMode() {
    VirtualCells cells = cells(100, History.FRESH);
    List<Measurement> pd = turns(cells, cell("pd", 1));
    List<Measurement> ppd = turns(cells, cell("ppd", 1));
    assertThat(due(ppd, 1)).isEqualTo(due(pd, 1));
    assertThat(offsets(ppd)).isEqualTo(offsets(pd));
    assertThat(due(turns(cells, cell("pd", 2)), 1)).isNotEqualTo(due(pd, 1));
    assertThat(ppd.stream().filter(m -> m.turn() == 2).map(Measurement::route))
        .containsOnly("decode-direct");
    assertThat(pd.stream().map(Measurement::route)).containsOnly("disaggregated");
  }

  @Test
  void conversations_growTurnByTurn_andFindTheirHistoryInACache() {
    VirtualCells cells = cells(0, History.GROWS);
    Outcome ppd = cells.measure(long4("ppd"), Goodput.ANY, Cells.Watcher.NONE);
    assertThat(ppd.turns()).hasSize(40);
    Measurement fourth = ppd.turns().stream().filter(m -> m.turn() == 4).findFirst().orElseThrow();
    assertThat(fourth.promptTokens()).isEqualTo(4 * 340 + 3 * 245);
    assertThat(fourth.cachedTokens()).isGreaterThan(2 * 340);
    assertThat(fourth.route()).isEqualTo("decode-direct");
    assertThat(ppd.movedTokens().get(1)).isEqualTo(10 * 340L);
    assertThat(ppd.movedTokens().get(4)).isZero();
    Outcome adaptive = cells.measure(long4("adaptive"), Goodput.ANY, Cells.Watcher.NONE);
    assertThat(due(adaptive.turns(), 1)).isEqualTo(due(ppd.turns(), 1));
    Outcome pd = cells.measure(long4("pd"), Goodput.ANY, Cells.Watcher.NONE);
    assertThat(pd.movedTokens().get(4)).isPositive();
  }

  private static Cell long4(String mode) {
    return new Cell(W1, 2, mode, 1, 5, 4);
  }

  @Test
  void figures_haveTheOriginalsKeys() {
    JsonNode json = ResultJson.MAPPER.valueToTree(figures(cell("ppd", 1)));
    assertThat(json.propertyNames()).containsAll(RESULT_KEYS);
    assertThat(json.path("turn2_metrics").propertyNames()).containsAll(TURN_KEYS);
    assertThat(json.path("raw_metrics").path(0).propertyNames()).containsAll(RAW_KEYS);
    assertThat(json.path("sample_count").asInt()).isEqualTo(20);
  }

  @Test
  void file_averagesRuns_withIntervals_andResumes() throws IOException {
    StudyFile file = file("a");
    file.begin();
    for (int run = 1; run <= 3; run++) {
      file.add(cell("ppd", run), figures(cell("ppd", run)), true);
    }
    file.add(cell("pd", 1), figures(cell("pd", 1)), false);
    JsonNode json = file.write("now", false);
    assertThat(json.path("runs")).hasSize(4);
    JsonNode mean = json.path("results").path(0);
    assertThat(mean.path("runs").asInt()).isEqualTo(3);
    assertThat(mean.path("turn2_metrics").path("ci95").path("avg_ttft").asDouble()).isPositive();
    assertThat(json.path("results").path(1).path("ci95").has("avg_ttft")).isFalse();
    StudyFile again = file("a");
    Files.writeString(
        folder.resolve("a.cells.jsonl"), "{\"key\": \"cut sho", StandardOpenOption.APPEND);
    assertThat(again.resume()).isEqualTo(3);
    assertThat(again.damaged()).isEqualTo(1);
    assertThat(again.has(cell("ppd", 3))).isTrue();
    assertThat(again.has(cell("pd", 1))).as("it was partial").isFalse();
    again.add(cell("pd", 1), figures(cell("pd", 1)), true);
    StudyFile third = file("a");
    assertThat(third.resume()).as("nothing was appended to half a line").isEqualTo(4);
    assertThat(third.damaged()).isZero();
  }

  @Test
  void runs_areAdded_soThatNoFailureIsLost() throws IOException {
    StudyFile file = file("a");
    file.begin();
    file.add(cell("ppd", 1), failing(1, "cut"), true);
    file.add(cell("ppd", 2), failing(2, "cut"), true);
    file.add(cell("ppd", 3), failing(3, "http_503"), true);
    JsonNode mean = file.write("now", false).path("results").path(0);
    assertThat(mean.path("failure_count").asInt()).isEqualTo(3);
    assertThat(mean.path("failures").path("cut").asInt()).isEqualTo(2);
    assertThat(mean.path("failures").path("http_503").asInt()).isEqualTo(1);
    assertThat(mean.path("turn2_metrics").path("sample_count").asInt()).isEqualTo(30);
    assertThat(mean.path("turn2_metrics").path("success_count").asInt()).isEqualTo(27);
    assertThat(mean.path("turn2_metrics").path("by_run").path("avg_ttft")).hasSize(3);
  }

  /** A cell whose first turn 2 is a failure. */
  private static CellJson failing(int run, String reason) {
    Cell cell = cell("ppd", run);
    VirtualCells cells = cells(100, History.FRESH);
    List<Measurement> turns = new ArrayList<>(turns(cells, cell));
    Measurement fine = turns.stream().filter(m -> m.turn() == 2).findFirst().orElseThrow();
    Failure failure =
        reason.equals("cut")
            ? Failure.of(Failure.Kind.CUT, "")
            : new Failure(Failure.Kind.HTTP, 503, "");
    turns.set(
        turns.indexOf(fine),
        new Measurement(
            fine.index(),
            fine.conversation(),
            2,
            fine.scheduledNanos(),
            fine.startedNanos(),
            fine.sentNanos(),
            0,
            fine.endNanos(),
            0,
            0,
            0,
            fine.tokenSource(),
            0,
            0,
            "",
            "",
            failure));
    return CellFigures.of(cell, new Outcome(turns, List.of(), 0, Map.of()), Goodput.ANY);
  }

  @Test
  void aBusyLoadGenerator_isNamedInTheCell() {
    Cell cell = cell("ppd", 1);
    VirtualCells cells = cells(100, History.FRESH);
    Outcome busy = new Outcome(turns(cells, cell), List.of(), 0.97, Map.of());
    JsonNode json = ResultJson.MAPPER.valueToTree(CellFigures.of(cell, busy, Goodput.ANY));
    assertThat(json.path("load_generator").path("valid").asBoolean()).isFalse();
    assertThat(json.path("load_generator").path("invalid_because").path(0).asString())
        .contains("97 % of its core");
  }

  @Test
  void resume_refusesAnotherStudy() throws IOException {
    file("a").begin();
    StudyFile other =
        new StudyFile(folder.resolve("a"), Map.of("seed", 2), Environment.of(List.of()));
    assertThatThrownBy(other::resume).hasMessageContaining("is of another study");
  }

  @Test
  void workloads_areReadByName_andByTokens() {
    assertThat(Workload.parse("all")).hasSize(4);
    assertThat(Workload.parse("w2,512/256").getLast().outputTokens()).isEqualTo(256);
    assertThatThrownBy(() -> Workload.parse("W9")).hasMessageContaining("expected: W1 to W4");
  }

  private StudyFile file(String name) {
    return new StudyFile(folder.resolve(name), Map.of("seed", 1), Environment.of(List.of()));
  }

  private static CellJson figures(Cell cell) {
    VirtualCells cells = cells(100, History.FRESH);
    return CellFigures.of(cell, cells.measure(cell, Goodput.ANY, Cells.Watcher.NONE), Goodput.ANY);
  }

  private static VirtualCells cells(int clientPool, History history) {
    return new VirtualCells(
        new VirtualCells.Model("h100-llama-3.1-8b", "p2p-nccl", "nvlink", clientPool, history), 1);
  }

  private static List<Measurement> turns(VirtualCells cells, Cell cell) {
    return cells.measure(cell, Goodput.ANY, Cells.Watcher.NONE).turns();
  }

  private static Cell cell(String mode, int run) {
    return new Cell(W1, 2, mode, run, 5, 2);
  }

  private static List<Long> due(List<Measurement> of, int turn) {
    return of.stream()
        .filter(m -> m.turn() == turn)
        .map(Measurement::scheduledNanos)
        .sorted()
        .toList();
  }

  private static List<Long> offsets(List<Measurement> of) {
    List<Long> due = due(of, 2);
    return due.stream().map(nanos -> nanos - due.getFirst()).toList();
  }
}
