package io.turnpike.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.bench.client.OddServer;
import io.turnpike.bench.client.OddServer.Deed;
import io.turnpike.bench.run.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SweepAndRateIT {

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void sweep_takesUpWhatIsTheSame_andMeasuresAgainWhatIsNot() throws Exception {
    try (OddServer server = new OddServer(List.of(Deed.FINE))) {
      String[] sweep = sweep(server, "--concurrency=1,2", "--requests=4");
      measured(sweep);
      assertThat(Files.readAllLines(folder.resolve("run_m_c2_p64_o8.csv")).getFirst())
          .startsWith("p50_ttft,p95_ttft,min_ttft,max_ttft,p50_tps,p95_tps,mean_tps,total_tokens,")
          .contains("wall_time_sec,aggregate_throughput");
      assertThat(err.toString()).contains("point 1 of 2, ").contains("point 2 of 2, ");
      int seen = server.seen();
      assertThat(folder.resolve("throughput_vs_concurrency.png")).isNotEmptyFile();
      assertThat(folder.resolve("ttft_vs_prompt_tokens.png")).isNotEmptyFile();
      Files.delete(folder.resolve("run_m_c1_p64_o8.json"));
      Files.delete(folder.resolve("run_m_c1_p64_o8.csv"));
      measured(sweep);
      assertThat(server.seen() - seen).as("one point and its warm-up").isEqualTo(5);
      assertThat(err.toString()).contains("measured before with all the same; taken up");
      measured(sweep(server, "--concurrency=1,2", "--requests=3"));
      assertThat(server.seen() - seen).as("both points and their warm-up").isEqualTo(5 + 8);
      assertThat(err.toString()).contains("kept, new file run_m_c1_p64_o8_2.json");
    }
  }

  @Test
  void sweep_ofAnotherServer_showsNothingOfTheFirst() throws Exception {
    try (OddServer first = new OddServer(List.of(Deed.FINE));
        OddServer second = new OddServer(List.of(Deed.FINE))) {
      measured(sweep(first, "--concurrency=1", "--requests=2"));
      measured(sweep(second, "--concurrency=1", "--requests=2", "--model=other"));
      assertThat(second.seen()).isEqualTo(3);
      assertThat(folder.resolve("run_m_c1_p64_o8.csv")).exists();
      assertThat(folder.resolve("run_other_c1_p64_o8.csv")).exists();
      measured(sweep(second, "--concurrency=1", "--requests=2"));
      assertThat(second.seen()).as("m is the first server's").isEqualTo(6);
    }
  }

  /** On a busy machine a point may be not valid; its files are the same. */
  private void measured(String... arguments) {
    assertThat(bench(arguments)).as(err.toString()).isIn(0, ExitCode.NOT_VALID.code());
  }

  @Test
  void aPointWithoutASuccess_isNoResult() throws Exception {
    try (OddServer server = new OddServer(List.of(Deed.UNAVAILABLE))) {
      assertThat(bench(sweep(server, "--concurrency=1", "--requests=2")))
          .isEqualTo(ExitCode.FAILED.code());
      assertThat(err.toString()).contains("All 2 requests failed: http_503 2");
      assertThat(folder.resolve("run_m_c1_p64_o8.csv")).doesNotExist();
    }
  }

  private String[] sweep(OddServer server, String... more) {
    List<String> all = new ArrayList<>(List.of("sweep", "--url", server.url().toString()));
    all.addAll(List.of("--max-tokens=8", "--folder", folder.toString()));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @Test
  void rate_countsFailuresAsMissed() throws Exception {
    Path file = folder.resolve("rate.json");
    try (OddServer server = new OddServer(List.of(Deed.UNAVAILABLE))) {
      int code =
          bench(
              "rate",
              "--url",
              server.url().toString(),
              "--model",
              "m",
              "--goodput",
              "ttft:500",
              "--from",
              "200",
              "--seconds",
              "0.1",
              "--repeats",
              "1",
              "--steps",
              "1",
              "--out",
              file.toString());
      assertThat(code)
          .as(err.toString())
          .isIn(ExitCode.OBJECTIVE_MISSED.code(), ExitCode.NOT_VALID.code());
    }
    assertThat(out.toString()).contains("highest rate at which 99.0 % meet ttft:500: 0.00/s");
    JsonNode json = JsonMapper.shared().readTree(Files.readString(file));
    assertThat(json.path("highest_rate").asDouble()).isZero();
    assertThat(
            json.path("tried")
                .path(0)
                .path("repeats")
                .path(0)
                .path("failures")
                .path("http_503")
                .asInt())
        .isEqualTo(20);
  }

  private int bench(String... arguments) {
    return BenchCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }
}
