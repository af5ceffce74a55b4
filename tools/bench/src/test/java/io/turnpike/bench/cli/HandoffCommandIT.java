package io.turnpike.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.bench.client.FakeProxy;
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

class HandoffCommandIT {

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void handoff_sendsBothWaysThroughAProxy_andTakesPartsFromReceipts() throws Exception {
    try (FakeProxy proxy = new FakeProxy(false)) {
      int code = handoff(proxy.url().toString(), "--prompt-tokens", "32,16", "--repeats", "3");
      assertThat(code).as(err.toString()).isIn(0, ExitCode.NOT_VALID.code());
      assertThat(proxy.modes()).as("put back at the end").containsExactly("ppd", "pd");
      assertThat(proxy.clears()).as("others' conversations are left alone").isZero();
    }
    JsonNode json = json();
    assertThat(json.path("rungs")).hasSize(2);
    JsonNode rung = json.path("rungs").path(0);
    assertThat(rung.path("asked_tokens").asInt()).isEqualTo(16);
    assertThat(rung.path("extra_ms").path("count").asInt()).isEqualTo(3);
    assertThat(rung.path("p_prefill_ms").asDouble()).isEqualTo(30);
    assertThat(rung.path("d_after_ms").asDouble()).isEqualTo(20);
    assertThat(rung.path("d_alone_ms").asDouble()).isEqualTo(30);
    assertThat(rung.path("gateway_ms").asDouble()).isEqualTo(1.5);
    assertThat(json.path("failures")).isEmpty();
    assertThat(Files.readAllLines(folder.resolve("handoff.csv"))).hasSize(13);
    assertThat(out.toString()).contains("NVLink").contains("131072 bytes of KV a token");
  }

  @Test
  void handoff_comparesWithAnEngineDirectly() throws Exception {
    try (SimulatedEngine one = SimulatedEngine.start(SimulatorOptions.DEFAULT);
        SimulatedEngine other = SimulatedEngine.start(SimulatorOptions.DEFAULT)) {
      int code =
          handoff(
              one.url(),
              "--direct-url",
              other.url(),
              "--prompt-tokens",
              "64,512",
              "--repeats",
              "4");
      assertThat(code).as(err.toString()).isIn(0, ExitCode.NOT_VALID.code());
    }
    JsonNode rungs = json().path("rungs");
    assertThat(rungs.path(1).path("prompt_tokens").asInt()).isBetween(500, 560);
    assertThat(rungs.path(1).path("extra_ms").path("count").asInt()).isEqualTo(4);
    assertThat(rungs.path(0).path("p_prefill_ms").isNull()).as("no receipts").isTrue();
    assertThat(Files.readAllLines(folder.resolve("handoff.csv")).stream().skip(1))
        .allMatch(line -> line.split(",", -1)[4].equals("0"), "nothing was cached");
  }

  @Test
  void handoff_countsFailures_andFailsWithoutAPair() throws Exception {
    try (OddServer server = new OddServer(List.of(Deed.UNAVAILABLE))) {
      int code =
          handoff(
              server.url().toString(),
              "--direct-url",
              server.url().toString(),
              "--prompt-tokens",
              "16",
              "--repeats",
              "2");
      assertThat(code).isIn(ExitCode.FAILED.code(), ExitCode.NOT_VALID.code());
    }
    assertThat(json().path("failures").path("P→D http_503").asInt()).isEqualTo(2);
    assertThat(json().path("failures").path("direct http_503").asInt()).isEqualTo(2);
    assertThat(out.toString()).contains("not measurable");
  }

  @Test
  void handoff_saysWhatToDo_whenNothingGoesToDAlone() {
    try (FakeProxy proxy = new FakeProxy(true)) {
      assertThat(handoff(proxy.url().toString())).isEqualTo(ExitCode.FAILED.code());
      assertThat(err.toString())
          .contains("turn 2: disaggregated")
          .contains("name a decode engine with --direct-url");
      assertThat(proxy.modes()).endsWith("pd");
    }
    try (OddServer server = new OddServer(List.of(Deed.FINE))) {
      assertThat(handoff(server.url().toString())).isEqualTo(ExitCode.FAILED.code());
      assertThat(err.toString()).contains("is no Turnpike proxy");
    }
    OddServer server = new OddServer(List.of(Deed.FINE));
    String gone = server.url().toString();
    server.close();
    assertThat(handoff(gone)).isEqualTo(ExitCode.FAILED.code());
    assertThat(err.toString()).contains("no server at " + gone).contains("./turnpike up");
  }

  private JsonNode json() throws Exception {
    return JsonMapper.shared().readTree(Files.readString(folder.resolve("handoff.json")));
  }

  private int handoff(String url, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("handoff", "--url", url, "--out", folder.resolve("handoff").toString()));
    arguments.addAll(List.of(more));
    return BenchCommand.run(
        new PrintWriter(out, true), new PrintWriter(err, true), arguments.toArray(String[]::new));
  }
}
