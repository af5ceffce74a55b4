package io.turnpike.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Short real runs of {@code ./turnpike bench}; their figures must make sense. */
class BenchIT {

  /** What a benchmark exits with when this machine was too busy to send in time. */
  private static final int NOT_VALID = 4;

  private static final List<String> REPLICATED = List.of("pd", "ppd", "replication");

  @TempDir private Path folder;
  private SuiteStack suite;

  @BeforeEach
  void start() {
    suite = SuiteStack.shared();
  }

  @Test
  void qps_measuresThreeModesOnTheSamePrompts() throws Exception {
    bench(
        "qps",
        "--replication-url",
        suite.stack.url("replication").toString(),
        "--workload",
        "256/8",
        "--qps",
        "4",
        "--duration",
        "2",
        "--modes",
        String.join(",", REPLICATED));
    JsonNode results = json("qps").path("results");
    assertThat(results).hasSize(3);
    for (JsonNode cell : results) {
      assertThat(cell.path("failure_count").asInt()).as(cell.path("mode").asString()).isZero();
      assertThat(cell.path("turn2_metrics").path("success_count").asInt()).isEqualTo(8);
      assertThat(cell.path("turn2_metrics").path("routes").propertyNames())
          .containsExactly(
              switch (cell.path("mode").asString()) {
                case "pd" -> "disaggregated";
                case "ppd" -> "decode-direct";
                default -> "replica";
              });
    }
  }

  @Test
  void compare_findsPpdsLaterTurnsOnD_andItsCachesFuller() throws Exception {
    String said = bench("compare", "--turns", "3", "--conversations", "4", "--max-tokens", "8");
    assertThat(said).contains("speed-up").contains("TTFT of turns after the first");
    JsonNode json = json("compare");
    JsonNode pd = json.path("totals").path(0);
    JsonNode ppd = json.path("totals").path(1);
    assertThat(pd.path("successes").asInt()).isEqualTo(12);
    assertThat(ppd.path("successes").asInt()).isEqualTo(12);
    assertThat(ppd.path("prompt_tokens")).isEqualTo(pd.path("prompt_tokens"));
    assertThat(pd.path("routes").propertyNames()).allMatch(route -> route.endsWith("ated"));
    assertThat(ppd.path("routes").path("2 decode-direct").asInt()).isEqualTo(4);
    assertThat(ppd.path("routes").path("3 decode-direct").asInt()).isEqualTo(4);
    JsonNode caches = json.path("engine_caches");
    assertThat(caches.path("pd").path("prefill").path("queried").asInt())
        .isEqualTo(pd.path("prompt_tokens").asInt());
    assertThat(caches.path("ppd").path("prefill").path("queried").asInt())
        .as("P sees turn 1 only")
        .isPositive()
        .isLessThan(caches.path("pd").path("prefill").path("queried").asInt() / 3);
    assertThat(caches.path("ppd").path("decode").path("received").asInt())
        .isPositive()
        .isLessThan(caches.path("pd").path("decode").path("received").asInt());
    assertThat(json.path("later_turns").path("ttft_ms").path("speed_up").isNumber()).isTrue();
    assertThat(Files.readAllLines(folder.resolve("compare.csv"))).hasSize(25);
    assertThat(suite.get(suite.proxies().getFirst(), "/mode").path("mode").asString())
        .as("put back")
        .isEqualTo("ppd");
  }

  @Test
  void chat_continuesOnTheNodeThatHoldsTheConversation() throws Exception {
    String said = bench("chat", "--conversations", "3", "--max-tokens", "24");
    assertThat(said).contains("6 of 6 turns fine");
    JsonNode json = json("chat");
    assertThat(json.path("failures")).isEmpty();
    JsonNode second = json.path("turns").path(1);
    assertThat(second.path("routes").path("decode-direct").asInt()).isEqualTo(3);
    assertThat(second.path("mean_cached_tokens").asDouble()).isPositive();
    assertThat(Files.readAllLines(folder.resolve("chat.csv"))).hasSize(7);
  }

  @Test
  void handoff_costsTimeAndSaysWhere() throws Exception {
    String said = bench("handoff", "--prompt-tokens", "256,4096", "--repeats", "4");
    assertThat(said).contains("NVLink").contains("Rates: with 131072 bytes");
    JsonNode json = json("handoff");
    assertThat(json.path("failures")).isEmpty();
    for (JsonNode rung : json.path("rungs")) {
      assertThat(rung.path("extra_ms").path("count").asInt()).isEqualTo(4);
      double prefill = rung.path("p_prefill_ms").asDouble();
      double after = rung.path("d_after_ms").asDouble();
      assertThat(rung.path("handoff_ttft_ms").path("median").asDouble())
          .isGreaterThan(Math.max(prefill, after));
      assertThat(rung.path("d_alone_ms").asDouble()).isPositive();
      assertThat(rung.path("gateway_ms").asDouble()).isPositive();
    }
    assertThat(fastestPrefill("4096"))
        .as("sixteen times the prompt")
        .isGreaterThan(fastestPrefill("256"));
  }

  private double fastestPrefill(String askedTokens) throws Exception {
    return Files.readAllLines(folder.resolve("handoff.csv")).stream()
        .map(line -> line.split(",", -1))
        .filter(cells -> cells[0].equals(askedTokens) && cells[2].equals("handoff"))
        .mapToDouble(cells -> Double.parseDouble(cells[7]))
        .min()
        .orElseThrow();
  }

  private JsonNode json(String name) throws Exception {
    return JsonMapper.shared().readTree(Files.readString(folder.resolve(name + ".json")));
  }

  /** What it printed; files are named by the command. */
  private String bench(String command, String... more) throws Exception {
    List<String> arguments = new ArrayList<>();
    arguments.add(SuiteStack.root().resolve("turnpike").toString());
    arguments.addAll(List.of("bench", command));
    arguments.addAll(List.of("--url", suite.proxies().getFirst().toString()));
    arguments.addAll(List.of("--out", folder.resolve(command).toString()));
    arguments.addAll(List.of(more));
    Path said = folder.resolve(command + ".said");
    Process process =
        new ProcessBuilder(arguments)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    boolean ended = process.waitFor(90, TimeUnit.SECONDS);
    process.destroyForcibly();
    String text = Files.readString(said, UTF_8);
    assertThat(ended).as(text).isTrue();
    assertThat(process.exitValue()).as(text).isIn(0, NOT_VALID);
    return text;
  }
}
