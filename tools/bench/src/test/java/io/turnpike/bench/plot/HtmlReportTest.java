package io.turnpike.bench.plot;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.report.Environment;
import io.turnpike.bench.study.Cell;
import io.turnpike.bench.study.CellFigures;
import io.turnpike.bench.study.Cells;
import io.turnpike.bench.study.StudyFile;
import io.turnpike.bench.study.VirtualCells;
import io.turnpike.bench.study.VirtualCells.History;
import io.turnpike.bench.study.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class HtmlReportTest {

  private static final Workload W4 = Workload.parse("W4").getFirst();

  @TempDir private Path folder;

  @Test
  void page_saysWhoWins_whoFellBehind_andWhatItCost() throws IOException {
    String html = new HtmlReport(study(List.of("pd", "ppd", "replication"), 2)).page();
    assertThat(html)
        .contains("Mean TTFT of turn 2", "Mean TPOT of turn 2", "W4, smallest mean TTFT of turn 2")
        .contains("class='h'", "the server fell behind", "of 2 runs: saturated")
        .contains("W4 at 1 QPS", "P99</text>")
        .contains("10\u202f880 computed · 5\u202f440 moved")
        .contains("<dt>Seed</dt><dd>7</dd>", "<dt>Java</dt>", "turnpike bench qps --virtual");
    assertThat(html).doesNotContain("NaN", "{{", "http:", "https:", "src=", "<link", "@import");
  }

  @Test
  void page_showsEveryTurn_ofLongerConversations() throws IOException {
    String html = new HtmlReport(study(List.of("ppd", "adaptive"), 4)).page();
    assertThat(html).contains("turn by turn", "adaptive", "cached");
    assertThat(html).doesNotContain("NaN");
  }

  private JsonNode study(List<String> modes, int turns) throws IOException {
    Map<String, Object> config = Map.of("seed", 7, "what", "virtual time", "qps_sweep", List.of(1));
    StudyFile file =
        new StudyFile(folder.resolve("study"), config, Environment.of(List.of("qps", "--virtual")));
    file.begin();
    VirtualCells cells =
        new VirtualCells(
            new VirtualCells.Model(
                "h100-llama-3.1-8b",
                "p2p-nccl",
                "nvlink",
                100,
                turns > 2 ? History.GROWS : History.FRESH),
            1);
    for (double qps : new double[] {1, 16}) {
      for (int run = 1; run <= 2; run++) {
        for (String mode : modes) {
          Cell cell = new Cell(W4, qps, mode, run, 40, turns);
          file.add(
              cell,
              CellFigures.of(
                  cell, cells.measure(cell, Goodput.ANY, Cells.Watcher.NONE), Goodput.ANY),
              true);
        }
      }
    }
    return file.write("now", false);
  }
}
