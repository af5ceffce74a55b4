package io.turnpike.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.simulator.http.SimulatedEngine;
import io.turnpike.simulator.http.SimulatorOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class QpsCommandIT {

  @TempDir private Path folder;

  @Test
  void qps_measuresEveryMode_onTheSamePrompts() throws Exception {
    StringWriter err = new StringWriter();
    StringWriter out = new StringWriter();
    Path name = folder.resolve("qps");
    try (SimulatedEngine engine = SimulatedEngine.start(SimulatorOptions.DEFAULT)) {
      int code =
          Bench.run(
              new PrintWriter(out, true),
              new PrintWriter(err, true),
              "qps",
              "--url",
              engine.url(),
              "--replication-url",
              engine.url(),
              "--no-switch",
              "--workload",
              "64/8",
              "--qps",
              "20",
              "--duration",
              "0.4",
              "--modes",
              "ppd,replication",
              "--runs",
              "2",
              "--out",
              name.toString());
      assertThat(code).as(err.toString()).isIn(0, Bench.NOT_VALID);
    }
    JsonNode json = JsonMapper.shared().readTree(Files.readString(Path.of(name + ".json")));
    assertThat(json.path("results")).hasSize(2);
    assertThat(json.path("runs")).hasSize(4);
    JsonNode ppd = json.path("results").path(0);
    JsonNode replication = json.path("results").path(1);
    assertThat(ppd.path("success_count").asInt()).isEqualTo(32);
    assertThat(ppd.path("turn2_metrics").path("prompt_tokens"))
        .isEqualTo(replication.path("turn2_metrics").path("prompt_tokens"));
    assertThat(ppd.path("turn1_metrics").path("cached_tokens").asInt()).isZero();
    assertThat(replication.path("turn1_metrics").path("cached_tokens").asInt())
        .as("kept apart by their salt")
        .isZero();
    assertThat(ppd.path("turn2_metrics").path("cached_tokens").asInt()).isPositive();
    assertThat(out.toString().lines().limit(4)).allMatch(line -> line.length() <= 100);
  }
}
