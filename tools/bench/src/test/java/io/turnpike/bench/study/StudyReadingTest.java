package io.turnpike.bench.study;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.study.StudyReading.Compared;
import io.turnpike.bench.study.VirtualCells.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/**
 * The committed reading of the study has the committed figures, and these are still about what the
 * model gives. After a wanted change: {@code sh docs/study/make.sh}.
 */
class StudyReadingTest {

  private static final Path DOCS = Path.of("../../docs/study");
  private static final int POOL = 100;

  @Test
  void readme_hasTheFiguresOfTheCommittedFile() throws IOException {
    StudyReading reading = new StudyReading(DOCS.resolve("figures.csv"));
    Map<String, String> blocks = new LinkedHashMap<>();
    blocks.put("ppd-pd", reading.pair("ppd", "pd", Compared.TTFT));
    blocks.put("tpot", reading.pair("ppd", "pd", Compared.TPOT));
    blocks.put("ppd-replication", reading.pair("ppd", "replication", Compared.TTFT));
    blocks.put("winners", reading.winners());
    blocks.put("figures", reading.figures());
    Path readme = DOCS.resolve("README.md");
    String text = Files.readString(readme);
    for (Map.Entry<String, String> block : blocks.entrySet()) {
      String begin = "<!-- " + block.getKey() + " -->\n";
      Pattern place = Pattern.compile(Pattern.quote(begin) + "(.*?)<!-- end -->", Pattern.DOTALL);
      assertThat(text).containsPattern(place);
      text =
          place
              .matcher(text)
              .replaceFirst(
                  Matcher.quoteReplacement(begin + "\n" + block.getValue() + "\n<!-- end -->"));
    }
    if (Boolean.getBoolean("study.write")) {
      Files.writeString(readme, text);
    }
    assertThat(readme).hasContent(text);
  }

  @Test
  void committedFigures_areWhatTheModelGives() throws IOException {
    StudyReading reading = new StudyReading(DOCS.resolve("figures.csv"));
    for (String workload : new String[] {"W1", "W4"}) {
      for (String mode : new String[] {"pd", "ppd", "replication", "adaptive"}) {
        assertThat(simulated(workload, mode))
            .as(workload + " " + mode)
            .isCloseTo(reading.model(workload, 4, mode, "avg_ttft"), Percentage.withPercentage(5));
      }
    }
  }

  /** Mean TTFT of turn 2 at 4 QPS over three runs. */
  private static double simulated(String workload, String mode) {
    VirtualCells cells =
        new VirtualCells(
            new VirtualCells.Model("h100-llama-3.1-8b", "p2p-nccl", "nvlink", POOL, History.FRESH),
            1);
    double sum = 0;
    for (int run = 1; run <= 3; run++) {
      Cell cell = new Cell(Workload.parse(workload).getFirst(), 4, mode, run, 60, 2);
      sum +=
          cells.measure(cell, Goodput.ANY, Cells.Watcher.NONE).turns().stream()
              .filter(m -> m.turn() == 2)
              .mapToDouble(Measurement::ttftMillis)
              .average()
              .orElseThrow();
    }
    return sum / 3;
  }
}
