package io.turnpike.bench.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.bench.cli.BenchCommand;
import io.turnpike.bench.report.ResultJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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
  void merge_countsRunsThatALaterFileReplaces_asReplaced() throws IOException {
    JsonNode twice =
        Merge.merge(List.of(original("pdppd"), original("replication"), original("pdppd")), "now");
    assertThat(twice.path("results")).hasSize(6);
    assertThat(twice.path("runs_used").asInt()).isEqualTo(6);
    assertThat(twice.path("runs_replaced").asInt()).isEqualTo(4);
  }

  @Test
  void merge_refusesLiveBesideVirtual_andFilesOfOtherKinds() throws IOException {
    Path virtual = study("virtual.json", "2026-01-02", "virtual", "ppd");
    assertThatThrownBy(() -> Merge.merge(List.of(original("pdppd"), virtual), "now"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pdppd.json is live and")
        .hasMessageContaining("virtual.json virtual");
    Path load = folder.resolve("bench-compare.json");
    Files.writeString(load, "{\"turns\":[]}");
    assertThatThrownBy(() -> Merge.merge(List.of(original("pdppd"), load), "now"))
        .hasMessageContaining("bench-compare.json: not a study");
  }

  @Test
  void merge_saysWhatWasNotMeasuredAlike() throws IOException {
    JsonNode merged =
        Merge.merge(
            List.of(
                study("a.json", "2026-01-01", "live", "ppd"),
                study("b.json", "2026-01-02", "live", "replication")),
            "now");
    assertThat(merged.path("differences").path(0).asString()).isEqualTo("what: a.json | b.json");
  }

  @Test
  void auto_takesTheLatestOfEachKind_andMixesNothing() throws IOException {
    study("old.json", "2026-01-01", "live", "ppd");
    Path split = study("split.json", "2026-01-02", "live", "ppd");
    study("simulated.json", "2026-01-03", "virtual", "ppd");
    Path replication = study("a-replication.json", "2026-01-04", "live", "replication");
    Files.writeString(folder.resolve("bench-load.json"), "{\"completed\":1}");
    assertThat(Merge.latest(folder)).containsExactly(split, replication);
    Path both = study("both.json", "2026-01-05", "live", "ppd", "replication");
    assertThat(Merge.latest(folder)).containsExactly(both);
  }

  private Path study(String name, String time, String measured, String... modes)
      throws IOException {
    ObjectNode json = new JsonMapper().createObjectNode().put("timestamp", time);
    json.putObject("config").put("measured", measured).put("what", name);
    var results = json.putArray("results");
    for (String mode : modes) {
      results
          .addObject()
          .put("workload", "W1")
          .put("target_qps", 1.0)
          .put("mode", mode)
          .put("sample_count", 1);
    }
    Path file = folder.resolve(name);
    Files.writeString(file, json.toString());
    return file;
  }

  @Test
  void crossover_hasTheOriginalsKeys_andSaysTheSameAsTheWords() throws IOException {
    List<Point> points = Merge.points(merged());
    JsonNode w1 = ResultJson.MAPPER.valueToTree(Crossover.of(points)).path("W1");
    assertThat(w1.path("winners_by_qps").toString())
        .isEqualTo("{\"1.0\":\"ppd\",\"4.0\":\"even\"}");
    assertThat(w1.path("ppd_beats_repl_qps").toString()).isEqualTo("[1.0]");
    assertThat(w1.path("max_ppd_vs_repl_advantage_pct").asDouble())
        .isEqualTo(100 * (52.5 - 45.0) / 52.5);
    assertThat(w1.path("max_ppd_vs_repl_advantage_qps").asDouble()).isEqualTo(1);
    assertThat(w1.path("ppd_beats_pd_qps").toString()).isEqualTo("[1.0,4.0]");
    assertThat(w1.path("max_ppd_vs_pd_advantage_pct").asDouble()).isEqualTo(62.5);
    assertThat(w1.path("max_ppd_vs_pd_advantage_qps").asDouble()).isEqualTo(1);
    assertThat(w1.path("winners_by_qps_mean_ttft").path("4.0").asString()).isEqualTo("even");
    assertThat(w1.path("sure_by_qps").path("1.0").asBoolean()).as("one run").isFalse();
    assertThat(w1.path("verdict").valueStream().map(JsonNode::asString).toList())
        .isEqualTo(Verdict.of(points));
  }

  @Test
  void aTie_hasNoWinner_andBeatsNobody() {
    List<Point> tie = List.of(point("replication", 0, 80, 80, 80), point("ppd", 0, 80, 80, 80));
    Crossover.Analysis w1 = Objects.requireNonNull(Crossover.of(tie).get("W1"));
    assertThat(w1.winnersByQpsMeanTtft()).containsEntry("1.0", "even");
    assertThat(w1.ppdBeatsReplQps()).isEmpty();
  }

  @Test
  void verdict_isUnsure_withOneRun_andSure_whenEveryRunSaysTheSame() throws IOException {
    assertThat(Verdict.of(Merge.points(merged())))
        .contains(
            "W1, smallest mean TTFT of turn 2: at 1 QPS ppd ahead, not surely; at 4 QPS ppd and"
                + " replication even, the others behind, not surely.");
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
