package io.turnpike.simulator.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReplayCommandTest {

  @TempDir private Path folder = Path.of(".");

  private final StringWriter out = new StringWriter();

  private int run(String... args) {
    CommandLine command = new CommandLine(new ReplayCommand());
    command.setOut(new PrintWriter(out, true));
    command.setExecutionExceptionHandler(
        (error, line, parsed) -> {
          out.append(error.getMessage());
          return 1;
        });
    return command.execute(args);
  }

  @Test
  void sameSeed_givesTheSameBytes() throws IOException {
    String[] common = {
      "--workload", "W2", "--qps", "4", "--cluster", "1P2D,2R", "--mode", "pd,ppd"
    };
    Path one = folder.resolve("one");
    Path two = folder.resolve("two");
    for (Path file : new Path[] {one, two}) {
      String[] args = java.util.Arrays.copyOf(common, common.length + 4);
      args[common.length] = "--turns-file";
      args[common.length + 1] = file.toString();
      args[common.length + 2] = "--summary-file";
      args[common.length + 3] = file + ".json";
      assertThat(run(args)).isZero();
    }

    assertThat(one).hasSameBinaryContentAs(two);
    assertThat(Path.of(one + ".json")).hasSameBinaryContentAs(Path.of(two + ".json"));
    assertThat(Files.readAllLines(one)).hasSize(240 * 2 * 4);
  }

  @Test
  void laterTurns_goDirectUnderPpd_andAreFaster() throws IOException {
    Path summary = folder.resolve("summary.json");
    assertThat(run("--workload", "W1", "--summary-file", summary.toString())).isZero();

    JsonNode runs = new JsonMapper().readTree(Files.readString(summary));
    JsonNode pd = runs.path(0);
    JsonNode ppd = runs.path(1);
    assertThat(pd.path("routes").path("disaggregated").asInt()).isEqualTo(120);
    assertThat(ppd.path("routes").path("disaggregated").asInt()).isEqualTo(60);
    assertThat(ppd.path("routes").path("decode-direct").asInt()).isEqualTo(60);
    assertThat(ppd.path("laterTurns").path("ttftMs").path("mean").asDouble())
        .isLessThan(pd.path("laterTurns").path("ttftMs").path("mean").asDouble());
    assertThat(out.toString()).contains("1P1D ppd", "turn 2+ TTFT");
  }

  @Test
  void failures_areToldOf() throws IOException {
    Path summary = folder.resolve("summary.json");
    String[] args = {
      "--cluster",
      "1P2D",
      "--mode",
      "ppd",
      "--qps",
      "4",
      "--sessions",
      "120",
      "--fail",
      "decode-1@10s..30s=hang",
      "--summary-file",
      summary.toString()
    };
    assertThat(run(args)).isZero();

    JsonNode report = new JsonMapper().readTree(Files.readString(summary)).path(0);
    assertThat(report.path("outcomes").path("answered").asInt()).isEqualTo(240);
    assertThat(report.path("turnsTriedAgain").asInt()).isPositive();
    assertThat(report.path("triesInVain").asInt()).isPositive();
    assertThat(out.toString()).contains("outcomes {answered=240}; tried again: ");
  }

  @Test
  void wrongValues_areNamed() {
    assertThat(run("--fail", "decode-9@1s..2s=hang")).isEqualTo(1);
    assertThat(run("--fail", "decode-0@1s=hang")).isEqualTo(1);
    assertThat(run("--fail", "decode-0@1s..3s=hang,decode-0@2s..4s=hang")).isEqualTo(1);
    assertThat(run("--deadlines", "mine")).isEqualTo(1);
    assertThat(out.toString())
        .contains(
            "one of [prefill-0, decode-0]",
            "ENGINE@FROMs..TOs=KIND",
            "one after the other",
            "one of gateway, none");

    assertThat(run("--cluster", "3X")).isEqualTo(1);
    assertThat(run("--mode", "fast")).isEqualTo(1);
    assertThat(run("--network", "tin")).isEqualTo(1);
    assertThat(run("--workload", "W9")).isEqualTo(1);
    assertThat(out.toString())
        .contains(
            "like 1P3D or 4A", "one of pd, ppd, adaptive", "expected: one of nvlink", "W1, W2");
  }
}
