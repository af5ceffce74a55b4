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

class ChatCommandIT {

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void chat_putsRealAnswersIntoTheNextPrompt() throws Exception {
    try (SimulatedEngine engine = SimulatedEngine.start(SimulatorOptions.DEFAULT)) {
      int code = chat(engine.url(), "--conversations", "2", "--max-tokens", "24");
      assertThat(code).as(err.toString()).isIn(0, ExitCode.NOT_VALID.code());
    }
    JsonNode json = json();
    assertThat(json.path("turns_fine").asInt()).isEqualTo(4);
    assertThat(json.path("failures")).isEmpty();
    JsonNode first = json.path("turns").path(0);
    JsonNode second = json.path("turns").path(1);
    assertThat(second.path("mean_prompt_tokens").asDouble())
        .as("the prompt before, the answer and more")
        .isGreaterThan(first.path("mean_cumulative_tokens").asDouble());
    assertThat(first.path("mean_cached_tokens").asDouble()).isZero();
    assertThat(second.path("mean_cached_tokens").asDouble()).isPositive();
    assertThat(json.path("held_kv_mb").asDouble())
        .isEqualTo(json.path("held_tokens").asLong() * 131_072 / 1_048_576.0);
    assertThat(Files.readAllLines(folder.resolve("chat.csv"))).hasSize(5);
    assertThat(out.toString())
        .contains("question-81         1")
        .contains("4 of 4 turns fine")
        .contains("131072 bytes of KV a token (Llama-3.1-8B)");
    assertThat(out.toString().lines().takeWhile(line -> !line.contains("turns fine")))
        .allMatch(line -> line.length() <= 100);
  }

  @Test
  void chat_talksSoManyTurns_ofExactlySoManyTokens() throws Exception {
    try (SimulatedEngine engine = SimulatedEngine.start(SimulatorOptions.DEFAULT)) {
      int code =
          chat(
              engine.url(),
              "--turns=5",
              "--input-tokens=100",
              "--output-tokens=30",
              "--conversations=1");
      assertThat(code).as(err.toString()).isIn(0, ExitCode.NOT_VALID.code());
    }
    assertThat(err.toString())
        .contains("--input-tokens is now --prompt-tokens")
        .contains("--output-tokens is now --max-tokens");
    JsonNode turns = json().path("turns");
    assertThat(turns).hasSize(5);
    for (int turn = 1; turn <= 5; turn++) {
      assertThat(turns.path(turn - 1).path("mean_prompt_tokens").asDouble())
          .as("turn %d", turn)
          .isEqualTo(100 * turn + 30 * (turn - 1));
    }
    assertThat(turns.path(4).path("mean_kv_mb").asDouble()).isEqualTo(650 * 0.125);
    assertThat(json().path("kv_moves").path("turns_over_p").asInt()).isZero();
  }

  @Test
  void chat_replaysATrace() throws Exception {
    Path trace = folder.resolve("trace.jsonl");
    Files.writeString(
        trace,
        """
        {"session_id":"a","turn":1,"timestamp":1000,"input_length":600,"output_length":6}
        {"session_id":"b","turn":1,"timestamp":1100,"input_length":600,"output_length":4}
        {"session_id":"a","turn":2,"delay":100,"input_length":700,"output_length":5}
        """);
    try (SimulatedEngine engine = SimulatedEngine.start(SimulatorOptions.DEFAULT)) {
      int code = chat(engine.url(), "--trace", trace.toString(), "--speed", "10", "--warm-up", "0");
      assertThat(code).as(err.toString()).isIn(0, ExitCode.NOT_VALID.code());
    }
    assertThat(json().path("turns_fine").asInt()).isEqualTo(3);
    assertThat(json().path("output_tokens").asInt()).isEqualTo(15);
    assertThat(json().path("turns").path(0).path("mean_prompt_tokens").asDouble())
        .isBetween(590.0, 640.0);
    assertThat(json().path("turns").path(1).path("mean_cached_tokens").asDouble()).isPositive();
  }

  @Test
  void chat_namesTheLineOfABadTrace() throws Exception {
    Path trace = folder.resolve("bad.jsonl");
    Files.writeString(
        trace,
        """
        {"session_id":"a","timestamp":0,"input_length":10,"output_length":1}
        {"session_id":"a","timestamp":5,"input_length":-1,"output_length":1}
        """);
    assertThat(chat("http://127.0.0.1:1", "--trace", trace.toString())).isEqualTo(2);
    assertThat(err.toString())
        .contains("bad.jsonl, line 2: input_length: -1 (expected: a whole number, 1 to");
    assertThat(chat("http://127.0.0.1:1", "--trace", folder.resolve("none").toString()))
        .isEqualTo(2);
    assertThat(err.toString()).contains("cannot be read (expected: a file, or mooncake)");
  }

  @Test
  void chat_countsWhatFailed_andWhatCouldNotBeSent() throws Exception {
    try (OddServer server = new OddServer(List.of(Deed.CUT, Deed.FINE, Deed.UNAVAILABLE))) {
      int code = chat(server.url().toString(), "--conversations", "3", "--warm-up", "0");
      assertThat(code).as(err.toString()).isIn(0, ExitCode.NOT_VALID.code());
    }
    JsonNode failures = json().path("failures");
    assertThat(failures.path("cut").asInt()).isEqualTo(1);
    assertThat(failures.path("http_503").asInt()).isEqualTo(2);
    assertThat(failures.path("not_sent").asInt()).isEqualTo(2);
    assertThat(json().path("turns_fine").asInt()).isEqualTo(1);
    assertThat(json().path("turns_asked").asInt()).isEqualTo(6);
    assertThat(out.toString()).contains("FAILED cut").contains("1 of 6 turns fine");
  }

  @Test
  void chat_fails_withoutASuccess_orAServer() {
    try (OddServer server = new OddServer(List.of(Deed.UNAVAILABLE))) {
      assertThat(chat(server.url().toString(), "--conversations", "1", "--warm-up", "0"))
          .isIn(ExitCode.FAILED.code(), ExitCode.NOT_VALID.code());
    }
    OddServer server = new OddServer(List.of(Deed.FINE));
    String gone = server.url().toString();
    server.close();
    assertThat(chat(gone)).isEqualTo(ExitCode.FAILED.code());
    assertThat(err.toString()).contains("no server at " + gone).contains("./turnpike up");
  }

  private JsonNode json() throws Exception {
    return JsonMapper.shared().readTree(Files.readString(folder.resolve("chat.json")));
  }

  private int chat(String url, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("chat", "--url", url, "--out", folder.resolve("chat").toString()));
    arguments.addAll(List.of(more));
    return BenchCommand.run(
        new PrintWriter(out, true), new PrintWriter(err, true), arguments.toArray(String[]::new));
  }
}
