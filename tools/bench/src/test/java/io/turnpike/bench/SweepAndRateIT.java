package io.turnpike.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.bench.client.OddServer;
import io.turnpike.bench.client.OddServer.Deed;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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
  void sweep_writesTheOriginalsColumns_andResumes() throws Exception {
    try (OddServer server = new OddServer(List.of(Deed.FINE))) {
      String[] sweep = {
        "sweep",
        "--url",
        server.url().toString(),
        "--concurrency",
        "1,2",
        "--max-tokens",
        "8",
        "--requests",
        "4",
        "--folder",
        folder.toString()
      };
      assertThat(bench(sweep)).as(err.toString()).isZero();
      assertThat(Files.readAllLines(folder.resolve("c2_p64_o8.csv")).getFirst())
          .startsWith("p50_ttft,p95_ttft,min_ttft,max_ttft,p50_tps,p95_tps,mean_tps,total_tokens,")
          .contains("wall_time_sec,aggregate_throughput");
      int seen = server.seen();
      assertThat(folder.resolve("throughput_vs_concurrency.png")).isNotEmptyFile();
      assertThat(folder.resolve("ttft_vs_prompt_tokens.png")).isNotEmptyFile();
      Files.delete(folder.resolve("c1_p64_o8.csv"));
      assertThat(bench(sweep)).isZero();
      assertThat(server.seen() - seen).as("one point and its warm-up").isEqualTo(5);
    }
  }

  @Test
  void sweep_overModels_keepsTheirFilesApart() throws Exception {
    try (OddServer server = new OddServer(List.of(Deed.FINE))) {
      int code =
          bench(
              "sweep",
              "--url",
              server.url().toString(),
              "--models",
              "m,org/other",
              "--concurrency",
              "1",
              "--requests",
              "2",
              "--folder",
              folder.toString());
      assertThat(code).as(err.toString()).isZero();
      assertThat(folder.resolve("m_c1_p64_o128.csv")).exists();
      assertThat(folder.resolve("org_other_c1_p64_o128.csv")).exists();
      Files.writeString(folder.resolve("m_c1_p64_o128.csv"), "something else\n");
      assertThat(
              bench(
                  "sweep",
                  "--url",
                  server.url().toString(),
                  "--models",
                  "m,org/other",
                  "--concurrency",
                  "1",
                  "--folder",
                  folder.toString()))
          .isEqualTo(Bench.FAILED);
      assertThat(err.toString()).contains("m_c1_p64_o128.csv: not a sweep's file");
    }
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
      assertThat(code).as(err.toString()).isIn(Bench.OBJECTIVE_MISSED, Bench.NOT_VALID);
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
    return Bench.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }
}
