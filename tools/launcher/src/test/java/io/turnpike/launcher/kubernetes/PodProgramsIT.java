package io.turnpike.launcher.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The small Python programs that engine pods are given, as their image's Python runs them. */
class PodProgramsIT {

  private static final String IDLE =
      """
      vllm:num_requests_running{engine="0"} 0.0
      vllm:num_requests_waiting{engine="0"} 0.0
      """;

  /** What a program has said, and its exit code. */
  private record End(int code, String said) {}

  @Test
  void drain_returns_whenNothingRunsInTheEngine() throws Exception {
    try (HttpAnswers engine = HttpAnswers.to("/metrics", IDLE)) {
      assertThat(run(drain(engine.port(), 50), "").code()).isZero();
    }
  }

  @Test
  void drain_waitsForTurns_untilItsTimeIsUp() throws Exception {
    String busy = IDLE.replaceFirst("0[.]0", "2.0");
    try (HttpAnswers engine = HttpAnswers.to("/metrics", busy)) {
      long begun = System.nanoTime();
      assertThat(run(drain(engine.port(), 2), "").code()).isZero();
      assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.SECONDS.toNanos(2));
    }
  }

  @Test
  void drain_returns_whenTheEngineIsGone() throws Exception {
    HttpAnswers engine = HttpAnswers.to("/metrics", IDLE);
    engine.close();
    assertThat(run(drain(engine.port(), 50), "").code()).isZero();
  }

  @Test
  void furtherPod_starts_withTheFirstOnesAddress() throws Exception {
    List<String> words =
        Span.further(2, Duration.ofSeconds(50))
            .command(List.of("echo", "{\"engine_id\":\"group-{FIRST_IP}\"}"));
    End end = run(words, "localhost");
    assertThat(end.said())
        .isEqualTo(
            "{\"engine_id\":\"group-127.0.0.1\"} --nnodes 2 --node-rank $(LWS_WORKER_INDEX)"
                + " --master-addr 127.0.0.1 --headless");
  }

  @Test
  void furtherPod_ends_whenTheFirstNeverHasAnAddress() throws Exception {
    List<String> words = Span.further(2, Duration.ZERO).command(List.of("echo", "started"));
    End end = run(words, "nobody.invalid");
    assertThat(end.code()).isEqualTo(1);
    assertThat(end.said()).startsWith("nobody.invalid: ").doesNotContain("started");
  }

  private static List<String> drain(int port, int seconds) {
    return List.of(
        "python3",
        "-c",
        Containers.resource("drain.py"),
        Integer.toString(port),
        Integer.toString(seconds),
        "0");
  }

  private static End run(List<String> words, String leader)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().put("LWS_LEADER_ADDRESS", leader);
    Process process = start(builder);
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new End(process.exitValue(), said);
  }

  private static Process start(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException e) {
      return Assumptions.abort("there is no python3");
    }
  }
}
