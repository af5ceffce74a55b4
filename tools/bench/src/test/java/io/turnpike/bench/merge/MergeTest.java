package io.turnpike.bench.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.bench.cli.BenchCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Files in the original tools' shape are read, merged and drawn. */
class MergeTest {

  @TempDir private Path folder;

  @Test
  void merge_readsTheOriginals_andSaysWhatItUsed() throws IOException {
    JsonNode merged = merged();
    assertThat(merged.path("results")).hasSize(6);
    assertThat(merged.path("runs_used").asInt()).isEqualTo(6);
    assertThat(merged.path("runs_filtered").asInt()).isEqualTo(1);
    assertThat(merged.path("source_files").path("pdppd").path(0).asString()).contains("pdppd");
    assertThat(merged.path("source_files").path("replication")).hasSize(1);
    assertThat(merged.path("config").path("workloads")).as("the same in both").hasSize(1);
    assertThat(merged.path("config").path("qps_sweep")).hasSize(2);
    Point point = Merge.points(merged).getFirst();
    assertThat(point.mean(Metric.TTFT)).as("of turn 2").isEqualTo(80);
    assertThat(point.successRate()).isEqualTo(95);
  }

  @Test
  void crossover_hasTheOriginalsKeys() throws IOException {
    Map<String, Object> all = Crossover.of(Merge.points(merged()));
    assertThat(all).containsOnlyKeys("W1");
    assertThat(all.get("W1"))
        .isEqualTo(
            Map.of(
                "winners_by_qps",
                Map.of("1.0", "ppd", "4.0", "replication"),
                "ppd_beats_repl_qps",
                List.of(1.0),
                "max_ppd_vs_repl_advantage_pct",
                100 * (52.5 - 45.0) / 52.5,
                "max_ppd_vs_repl_advantage_qps",
                1.0,
                "ppd_beats_pd_qps",
                List.of(1.0, 4.0),
                "max_ppd_vs_pd_advantage_pct",
                62.5,
                "max_ppd_vs_pd_advantage_qps",
                1.0));
  }

  @Test
  void verdict_isUnsure_withOneRun_andSure_whenEveryRunSaysTheSame() throws IOException {
    assertThat(Verdict.of(Merge.points(merged())))
        .contains(
            "W1, smallest mean TTFT of turn 2: at 1 QPS ppd ahead, not surely; at 4 QPS ppd and"
                + " replication ahead, not surely.");
    List<Point> far = List.of(point("pd", 0, 80, 82, 78), point("ppd", 0, 30, 31, 29));
    assertThat(Verdict.of(far))
        .containsExactly(
            "W1, smallest mean TTFT of turn 2: at 1 QPS ppd (surely).",
            "W1, ppd against pd: at 1 QPS surely smaller (30 ms against 80 ms).");
    List<Point> wild = List.of(point("pd", 0, 80, 150, 20), point("ppd", 0, 30, 31, 29));
    assertThat(Verdict.of(wild)).anyMatch(s -> s.contains("not told apart"));
    List<Point> near = List.of(point("pd", 0, 80, 80, 80), point("ppd", 0, 79, 79, 79));
    assertThat(Verdict.of(near)).anyMatch(s -> s.contains("pd and ppd (all even)"));
  }

  @Test
  void modes_areComparedRunByRun_sinceRunsHaveTheSameArrivals() {
    Point pd = point("pd", 60, 50, 100, 150);
    Point ppd = point("ppd", 60, 40, 90, 140);
    assertThat(Contest.outcome(ppd, pd, Metric.TTFT)).isEqualTo(Contest.Outcome.BETTER);
    Point other = point("ppd", 60, 140, 40, 90);
    assertThat(Contest.outcome(other, pd, Metric.TTFT)).isEqualTo(Contest.Outcome.UNSURE);
  }

  @Test
  void plot_drawsPictures_underTheOriginalsNames_andASelfContainedReport() throws IOException {
    Files.writeString(folder.resolve("m.json"), merged().toString());
    StringWriter err = new StringWriter();
    int code =
        BenchCommand.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err),
            "plot",
            folder.resolve("m.json").toString(),
            "--folder",
            folder.toString());
    assertThat(code).as(err.toString()).isZero();
    for (String name :
        List.of(
            "qps_p99_ttft.png",
            "qps_avg_e2e.png",
            "qps_ratio_crossover.png",
            "qps_success_rate.png",
            "qps_throughput.png",
            "qps_throughput_comparison.png")) {
      assertThat(Files.readAllBytes(folder.resolve(name))).startsWith(0x89, 'P', 'N', 'G');
    }
    String html = Files.readString(folder.resolve("report.html"));
    assertThat(html)
        .contains("<svg")
        .contains("prefers-color-scheme: dark")
        .contains("Who wins where")
        .doesNotContain("{{");
    assertThat(html).doesNotContain("http://").doesNotContain("https://").doesNotContain("NaN");
  }

  private static JsonNode merged() throws IOException {
    return Merge.merge(List.of(original("pdppd"), original("replication")), "now");
  }

  private static Path original(String name) {
    return Path.of(
        Objects.requireNonNull(MergeTest.class.getResource("/original/" + name + ".json"))
            .getPath());
  }

  private static Point point(String mode, double half, double... ttfts) {
    ObjectNode json = new JsonMapper().createObjectNode();
    json.put("workload", "W1").put("target_qps", 1.0).put("mode", mode);
    ObjectNode turn = json.putObject("turn2_metrics");
    turn.put("avg_ttft", Arrays.stream(ttfts).average().orElseThrow());
    turn.putObject("ci95").put("avg_ttft", half);
    turn.putObject("by_run").set("avg_ttft", new JsonMapper().valueToTree(ttfts));
    return Point.of(json);
  }
}
