package io.turnpike.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.bench.Bench;
import io.turnpike.bench.client.FakeProxy;
import io.turnpike.bench.client.OddServer;
import io.turnpike.bench.client.OddServer.Deed;
import io.turnpike.bench.run.ExitCode;
import io.turnpike.simulator.http.SimulatedEngine;
import io.turnpike.simulator.http.SimulatorOptions;
import java.io.IOException;
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

class QpsCommandIT {

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void qps_measuresEveryMode_onTheSamePrompts() throws Exception {
    try (SimulatedEngine engine = SimulatedEngine.start(SimulatorOptions.DEFAULT)) {
      int code =
          qps(
              engine.url(),
              "--workload=64/8",
              "--qps=20",
              "--duration=0.4",
              "--modes=ppd,replication",
              "--runs=2");
      assertThat(code).as(err.toString()).isIn(0, ExitCode.NOT_VALID.code());
    }
    JsonNode json = result();
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
    assertThat(ppd.path("load_generator").path("cpu_share").asDouble()).isPositive();
    assertThat(json.path("environment").path("java").asString()).contains("25");
    assertThat(out.toString().lines().limit(4)).allMatch(line -> line.length() <= 100);
    assertThat(Files.readString(Path.of(name() + ".log")))
        .contains("64/8@20.0/ppd#1 turn 2", "Serving Benchmark Result", "Mean ITL (ms):");
  }

  @Test
  void virtualCells_sayConnectorNetwork_andRealBesideNominalTokens() throws Exception {
    int code =
        bench(
            "qps",
            "--virtual",
            "--connector=p2p-nccl",
            "--network=ndr",
            "--qps=1",
            "--duration=10",
            "--no-raw",
            "--out",
            name());
    assertThat(code).as(err.toString()).isZero();
    assertThat(result().path("config").path("measured").asString()).isEqualTo("virtual");
    assertThat(result().path("config").path("what").asString()).contains("p2p-nccl over ndr");
    JsonNode cell = result().path("results").path(0);
    assertThat(cell.path("input_tokens").asInt()).isEqualTo(512);
    assertThat(cell.path("real_input_tokens").asDouble()).isEqualTo(340);
    assertThat(cell.path("real_output_tokens").asDouble()).isEqualTo(245);
    assertThat(cell.path("real_qps").asDouble()).as("what was offered").isEqualTo(1);
    assertThat(cell.path("completed_qps").asDouble()).isPositive().isLessThan(1);
    assertThat(out.toString())
        .contains("W1: called 512 in, 256 out; counted by the engines 340 in, 245 out")
        .contains("Measured: virtual time, 2 × h100-llama-3.1-8b, p2p-nccl over ndr")
        .contains("W1, ppd against pd:")
        .doesNotContain("(95 %)");
    Path drawn = folder.resolve("drawn");
    assertThat(bench("plot", name() + ".json", "--folder", drawn.toString())).isZero();
    assertThat(Files.readString(drawn.resolve("report.html")))
        .contains("p2p-nccl over ndr", "counted by the engines 340 in, 245 out");
  }

  @Test
  void aSecondStudy_keepsTheFirst() throws Exception {
    String[] study = {"qps", "--virtual", "--qps=1", "--duration=2", "--out", name()};
    assertThat(bench(study)).isZero();
    byte[] first = Files.readAllBytes(Path.of(name() + ".json"));
    assertThat(bench(study)).isZero();
    assertThat(Path.of(name() + ".json")).hasBinaryContent(first);
    assertThat(Path.of(name() + "-2.json")).exists();
    assertThat(err.toString()).contains("is there from an earlier run and is kept");
  }

  @Test
  void liveStudies_sayHowLongTheyTakeAtLeast_andNameAModeThatIsNone() throws Exception {
    try (FakeProxy proxy = new FakeProxy(false)) {
      String[] study = {
        "qps",
        "--url",
        proxy.url().toString(),
        "--workload=16/2",
        "--qps=20",
        "--duration=1",
        "--modes=pd,ppd",
        "--warm-up=0",
        "--out",
        name()
      };
      assertThat(bench(study)).as(err.toString()).isIn(0, ExitCode.NOT_VALID.code());
      assertThat(err.toString()).contains("2 cells: 4 s of arrivals").contains(" left\n");
      assertThat(err.toString().lines().filter(line -> line.startsWith("2/2 16")))
          .allMatch(line -> !line.endsWith(" left"));
      assertThat(proxy.clears()).isZero();
      int code =
          bench("qps", "--url", proxy.url().toString(), "--modes", "adaptive", "--out", name());
      assertThat(code).isEqualTo(ExitCode.FAILED.code());
      assertThat(err.toString())
          .contains("has no mode adaptive (expected: pd, ppd, adaptive or replication");
    }
  }

  @Test
  void moreTurns_eachFindTheOnesBefore() throws Exception {
    try (SimulatedEngine engine = SimulatedEngine.start(SimulatorOptions.DEFAULT)) {
      assertThat(
              qps(
                  engine.url(),
                  "--workload=64/8",
                  "--qps=20",
                  "--duration=0.2",
                  "--turns=4",
                  "--modes=ppd"))
          .as(err.toString())
          .isIn(0, ExitCode.NOT_VALID.code());
    }
    JsonNode of = result().path("results").path(0);
    assertThat(of.path("turn4_metrics").path("cached_tokens").asInt())
        .isGreaterThan(of.path("turn3_metrics").path("cached_tokens").asInt());
    assertThat(of.path("turn4_metrics").path("success_count").asInt()).isEqualTo(4);
  }

  @Test
  void aMisbehavingServer_isCountedByReason_upToTheReport() throws Exception {
    try (OddServer server =
        new OddServer(
            List.of(
                Deed.FINE,
                Deed.CUT,
                Deed.ERROR_EVENT,
                Deed.UNAVAILABLE,
                Deed.UNAVAILABLE,
                Deed.EMPTY,
                Deed.FINE))) {
      int code =
          qps(
              server.url().toString(),
              "--warm-up=0",
              "--workload=64/8",
              "--qps=50",
              "--duration=0.2",
              "--modes=ppd",
              "--goodput=ttft:60000");
      assertThat(code)
          .as(err.toString())
          .isIn(ExitCode.OBJECTIVE_MISSED.code(), ExitCode.NOT_VALID.code());
      assertThat(server.seen()).isEqualTo(20);
    }
    JsonNode of = result().path("results").path(0);
    assertThat(of.path("sample_count").asInt()).isEqualTo(20);
    assertThat(of.path("failure_count").asInt()).isEqualTo(5);
    assertThat(of.path("good_count").asInt()).isEqualTo(15);
    assertThat(of.path("failures").path("http_503").asInt()).isEqualTo(2);
    assertThat(of.path("failures").propertyNames())
        .containsExactlyInAnyOrder("cut", "error_event", "http_503", "empty");
    Path drawn = folder.resolve("drawn");
    assertThat(bench("plot", name() + ".json", "--folder", drawn.toString())).isZero();
    assertThat(Files.readString(drawn.resolve("report.html")))
        .contains("5 of 20 failed", "cut 1", "http_503 2");
  }

  @Test
  void warmUp_isNotCounted_andAServerWithoutTheModeIsNamed() throws Exception {
    try (OddServer server = new OddServer(List.of(Deed.FINE))) {
      qps(
          server.url().toString(),
          "--warm-up=3",
          "--workload=64/8",
          "--qps=50",
          "--duration=0.1",
          "--modes=pd,ppd");
      assertThat(server.seen()).as("2 modes of 2 turns of 5, and of 3").isEqualTo(32);
      assertThat(result().path("results").path(0).path("sample_count").asInt()).isEqualTo(10);
      int code =
          bench("qps", "--url", server.url().toString(), "--modes", "adaptive", "--out", name());
      assertThat(code).isEqualTo(ExitCode.FAILED.code());
      assertThat(err.toString()).contains(server.url() + " has no modes to switch");
    }
  }

  @Test
  void aKilledRun_goesOnWhereItWas() throws Exception {
    try (OddServer server = new OddServer(List.of(Deed.FINE))) {
      Process victim = start(server);
      waitForCells(victim, 2);
      victim.destroyForcibly().waitFor();
      List<String> before = Files.readAllLines(Path.of(name() + ".cells.jsonl"));
      int seen = server.seen();
      String[] again = arguments(server, "--resume");
      assertThat(bench(again)).as(err.toString()).isIn(0, ExitCode.NOT_VALID.code());
      assertThat(err.toString()).contains("resumed: ");
      assertThat(server.seen()).isGreaterThan(seen);
      assertThat(Files.readAllLines(Path.of(name() + ".cells.jsonl")))
          .as("what was done is not measured again")
          .containsAll(before.subList(0, 3));
      assertThat(result().path("runs")).hasSize(RUNS);
    }
  }

  @Test
  void anInterruptedRun_reportsWhatItHas() throws Exception {
    try (OddServer server = new OddServer(List.of(Deed.FINE))) {
      Process victim = start(server);
      waitForCells(victim, 2);
      victim.destroy();
      victim.waitFor();
      assertThat(result().path("runs").size()).isGreaterThanOrEqualTo(2);
      assertThat(Files.readString(folder.resolve("victim.txt"))).contains("go on with --resume");
    }
  }

  private static final int RUNS = 4;

  private String[] arguments(OddServer server, String... more) {
    List<String> all =
        new ArrayList<>(
            List.of("qps", "--url", server.url().toString(), "--no-switch", "--workload=64/8"));
    all.addAll(List.of("--qps=20", "--duration=0.4", "--modes=ppd", "--runs=" + RUNS));
    all.addAll(List.of("--out", name()));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private Process start(OddServer server) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.add("-cp");
    String path = System.getProperty("java.class.path");
    command.add(System.getProperty("surefire.test.class.path", path));
    command.add(Bench.class.getName());
    command.addAll(List.of(arguments(server)));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("victim.txt").toFile())
        .start();
  }

  /** Until the journal holds so many cells; a run that is over before fails the test. */
  private void waitForCells(Process victim, int cells) throws IOException {
    Path journal = Path.of(name() + ".cells.jsonl");
    while (!Files.exists(journal) || ends(journal) <= cells) {
      assertThat(victim.isAlive()).as("it runs until it is ended").isTrue();
      Thread.onSpinWait();
    }
  }

  /** Lines that are whole: the last one may be half written. */
  private static long ends(Path file) throws IOException {
    return Files.readString(file).chars().filter(c -> c == '\n').count();
  }

  private int qps(String url, String... more) {
    List<String> all = new ArrayList<>(List.of("qps", "--url", url, "--replication-url", url));
    all.addAll(List.of("--no-switch", "--out", name()));
    all.addAll(List.of(more));
    return bench(all.toArray(String[]::new));
  }

  private int bench(String... arguments) {
    return BenchCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  private String name() {
    return folder.resolve("qps").toString();
  }

  private JsonNode result() throws IOException {
    return JsonMapper.shared().readTree(Files.readString(Path.of(name() + ".json")));
  }
}
