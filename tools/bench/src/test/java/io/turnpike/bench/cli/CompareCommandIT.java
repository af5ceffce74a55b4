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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CompareCommandIT {

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void compare_asksBothModesTheSame_andReadsTheEnginesCaches() throws Exception {
    try (SimulatedEngine engine = SimulatedEngine.start(SimulatorOptions.DEFAULT)) {
      int code =
          bench(
              engine.url(),
              "--replication-url",
              engine.url(),
              "--modes",
              "ppd,replication",
              "--no-switch",
              "--engine-metrics",
              engine.url(),
              "--turns",
              "3",
              "--conversations",
              "4",
              "--concurrency",
              "2",
              "--prompt-tokens",
              "64",
              "--max-tokens",
              "4",
              "--warm-up",
              "1");
      assertThat(code).as(err.toString()).isIn(0, ExitCode.NOT_VALID.code());
    }
    JsonNode json = json();
    for (JsonNode mode : json.path("totals")) {
      assertThat(mode.path("successes").asInt()).isEqualTo(12);
      assertThat(mode.path("failures")).isEmpty();
    }
    assertThat(json.path("totals").path(0).path("prompt_tokens"))
        .isEqualTo(json.path("totals").path(1).path("prompt_tokens"));
    assertThat(json.path("turns").path(2).path("pairs").asInt()).isEqualTo(4);
    for (String mode : List.of("ppd", "replication")) {
      JsonNode cache = json.path("engine_caches").path(mode).path("engine");
      assertThat(cache.path("queried").asInt())
          .as("only this mode's turns, the warm-up's not")
          .isEqualTo(json.path("totals").path(0).path("prompt_tokens").asInt());
      assertThat(cache.path("hit").asInt()).isPositive().isLessThan(cache.path("queried").asInt());
    }
    List<String> lines = Files.readAllLines(folder.resolve("compare.csv"));
    assertThat(lines).hasSize(25);
    assertThat(lines.stream().filter(line -> line.startsWith("ppd,"))).hasSize(12);
    assertThat(out.toString().lines().takeWhile(line -> !line.startsWith("TTFT of")))
        .allMatch(line -> line.length() <= 100);
    assertThat(out.toString()).contains("speed-up").contains("TTFT of turns after the first");
  }

  @Test
  void compare_countsEveryFailure_andInventsNoCaches() throws Exception {
    try (OddServer server =
        new OddServer(List.of(Deed.FINE, Deed.CUT, Deed.UNAVAILABLE, Deed.FINE))) {
      int code =
          bench(
              server.url().toString(),
              "--no-switch",
              "--turns",
              "2",
              "--conversations",
              "2",
              "--prompt-tokens",
              "8",
              "--max-tokens",
              "8",
              "--warm-up",
              "0");
      assertThat(code).as(err.toString()).isIn(0, ExitCode.NOT_VALID.code());
    }
    JsonNode pd = json().path("totals").path(0);
    JsonNode ppd = json().path("totals").path(1);
    assertThat(pd.path("failures").path("cut").asInt()).isEqualTo(1);
    assertThat(ppd.path("failures").path("http_503").asInt()).isEqualTo(1);
    assertThat(pd.path("successes").asInt() + ppd.path("successes").asInt()).isEqualTo(6);
    assertThat(json().path("turns").path(0).path("pairs").asInt()).isEqualTo(1);
    assertThat(json().path("engine_caches").path("pd").asString()).isEqualTo("unknown");
    assertThat(out.toString())
        .contains("turns that failed: cut 1")
        .contains("unknown: the server names no engines");
  }

  @Test
  void compare_saysWhatToDo_withoutAServer() {
    OddServer server = new OddServer(List.of(Deed.FINE));
    String gone = server.url().toString();
    server.close();
    assertThat(bench(gone)).isEqualTo(ExitCode.FAILED.code());
    assertThat(err.toString()).contains("no server at " + gone).contains("./turnpike up");
  }

  @Test
  void compare_wantsTwoModes() {
    assertThat(bench("http://127.0.0.1:1", "--modes", "pd")).isEqualTo(2);
    assertThat(err.toString()).contains("expected: two, like pd,ppd");
  }

  private JsonNode json() throws Exception {
    return JsonMapper.shared().readTree(Files.readString(folder.resolve("compare.json")));
  }

  private int bench(String url, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("compare", "--url", url, "--out", folder.resolve("compare").toString()));
    arguments.addAll(List.of(more));
    return BenchCommand.run(
        new PrintWriter(out, true), new PrintWriter(err, true), arguments.toArray(String[]::new));
  }
}
