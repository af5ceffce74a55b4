package io.turnpike.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.bench.client.OddServer;
import io.turnpike.bench.client.OddServer.Deed;
import io.turnpike.bench.run.ExitCode;
import io.turnpike.simulator.http.SimulatedEngine;
import io.turnpike.simulator.http.SimulatorOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LoadCommandIT {

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void load_measuresAnEngine_andWritesWhatVllmWrites() throws Exception {
    try (SimulatedEngine engine = SimulatedEngine.start(SimulatorOptions.DEFAULT)) {
      int code =
          bench(
              "load",
              "--url",
              engine.url(),
              "--requests",
              "20",
              "--max-tokens",
              "8",
              "--out",
              file());
      assertThat(code).as(err.toString()).isIn(0, ExitCode.NOT_VALID.code());
    }
    assertThat(out.toString())
        .contains("============ Serving Benchmark Result ============")
        .contains("Successful requests:                     20")
        .contains("Total generated tokens:                  160")
        .contains("Mean TTFT (ms):");
    JsonNode json = JsonMapper.shared().readTree(Files.readString(Path.of(file() + ".json")));
    assertThat(json.path("completed").asInt()).isEqualTo(20);
    assertThat(json.path("total_output_tokens").asInt()).isEqualTo(160);
    assertThat(json.path("total_input_tokens").asInt()).as("64 each").isEqualTo(20 * 64);
    assertThat(json.path("p95_ttft_ms").asDouble())
        .isBetween(json.path("min_ttft_ms").asDouble(), json.path("max_ttft_ms").asDouble());
    assertThat(json.path("mean_tps").asDouble()).isPositive();
    assertThat(json.path("environment").path("engines").asString()).isEqualTo("simulated engines");
    assertThat(out.toString()).contains("Measured on simulated engines");
    assertThat(json.path("config").path("prompt_lengths").path("counted").asBoolean()).isTrue();
    assertThat(json.path("token_sources").path("USAGE").asInt()).isEqualTo(20);
    assertThat(json.path("mean_itl_ms").isNumber()).isTrue();
    assertThat(Files.readAllLines(Path.of(file() + ".csv"))).hasSize(21);
    assertThat(json.path("environment").path("java").asString()).isNotEmpty();
    assertThat(Files.readString(Path.of(file() + ".log")))
        .contains("command: turnpike bench load --url", "max_tokens: 8")
        .endsWith(out.toString() + "\n");
  }

  @Test
  void load_saysWhatToDo_withoutAServer() {
    OddServer server = new OddServer(List.of(Deed.FINE));
    String gone = server.url().toString();
    server.close();
    assertThat(bench("load", "--url", gone, "--out", file())).isEqualTo(ExitCode.FAILED.code());
    assertThat(err.toString()).contains("no server at " + gone).contains("./turnpike up");
  }

  @Test
  void load_exitsWithItsOwnCode_whenTheObjectiveIsMissed() throws Exception {
    try (OddServer server = new OddServer(List.of(Deed.FINE, Deed.UNAVAILABLE))) {
      int code =
          bench(
              "load",
              "--url",
              server.url().toString(),
              "--requests",
              "4",
              "--warm-up",
              "0",
              "--goodput",
              "e2el:60000",
              "--out",
              file());
      assertThat(code).isIn(ExitCode.OBJECTIVE_MISSED.code(), ExitCode.NOT_VALID.code());
      assertThat(out.toString()).contains("http_503 3");
      assertThat(Files.readAllLines(Path.of(file() + ".log")))
          .filteredOn(line -> line.contains("failed after"))
          .hasSize(3)
          .allMatch(line -> line.contains("http_503"));
    }
  }

  private String file() {
    return folder.resolve("load").toString();
  }

  private int bench(String... arguments) {
    return BenchCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }
}
