package io.turnpike.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.node.NodeState;
import io.turnpike.registry.kubernetes.FakeApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/** Engines that are pods, and an API server that is not always well. */
@ExtendWith(OutputCaptureExtension.class)
class PodsIT {

  private final FakeApiServer api = FakeApiServer.start();
  private final TestEngine engine = TestEngine.start();
  private final TestEngine other = TestEngine.start();
  private @TempDir Path folder;

  @BeforeEach
  void writeToken() throws IOException {
    Files.writeString(folder.resolve("token"), "the-token\n");
  }

  @AfterEach
  void close() {
    engine.close();
    other.close();
    api.close();
  }

  @Test
  void pods_areNodes_asLongAsTheyAreThere() {
    api.ready("a-0", engine.port());
    try (RunningRegistry registry = start()) {
      Eventually.until("ready", () -> registry.is("a-0", NodeState.READY));
      api.ready("z-0", other.port());
      Eventually.until("found", () -> registry.is("z-0", NodeState.READY));

      api.notReady("z-0");
      Eventually.until("withheld", () -> registry.is("z-0", NodeState.DRAINING));
      JsonNode node = registry.call("GET", "/v1/nodes/z-0", null).body();
      assertThat(node.path("origin").asString()).isEqualTo("discovered");
      assertThat(node.path("standing").asString()).isEqualTo("withheld");
      assertThat(node.path("note").asString()).isEqualTo("its pod is not ready");
      api.ready("z-0", other.port());
      Eventually.until("offered", () -> registry.is("z-0", NodeState.READY));

      api.ending("z-0");
      Eventually.until("ends", () -> registry.is("z-0", NodeState.DRAINING));
      api.delete("z-0");
      Eventually.until("gone", () -> registry.node("z-0") == null);
      assertThat(registry.is("a-0", NodeState.READY)).isTrue();
    }
  }

  @Test
  void watch_goesOnWhereItWasCut_withoutAnotherList() {
    api.ready("a-0", engine.port());
    try (RunningRegistry registry = start()) {
      Eventually.until("watched", () -> api.watchers() == 1);
      api.away(true);
      Eventually.until("lost", () -> lostSeconds(registry) > 0);
      assertThat(registry.is("a-0", NodeState.READY)).as("nodes stay").isTrue();
      api.ready("z-0", other.port());
      api.delete("a-0");
      api.away(false);
      Eventually.until("came meanwhile", () -> registry.is("z-0", NodeState.READY));
      Eventually.until("went meanwhile", () -> registry.node("a-0") == null);
      Eventually.until("in touch", () -> lostSeconds(registry) == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"as the answer", "as an event"})
  void gone_makesItListAnew(String how) {
    api.ready("a-0", engine.port());
    try (RunningRegistry registry = start()) {
      Eventually.until("watched", () -> api.watchers() == 1);
      int lists = api.lists();
      if (how.equals("as an event")) {
        api.sayGone();
      } else {
        api.away(true);
        api.delete("a-0");
        api.ready("z-0", other.port());
        api.forget();
        api.away(false);
        Eventually.until("went", () -> registry.node("a-0") == null);
        Eventually.until("came", () -> registry.is("z-0", NodeState.READY));
      }
      Eventually.until("listed anew", () -> api.lists() > lists && api.watchers() == 1);
    }
  }

  @Test
  void registry_startsWhileTheServerIsAway_andFindsItLater() {
    api.ready("a-0", engine.port());
    api.away(true);
    try (RunningRegistry registry = start()) {
      assertThat(lostSeconds(registry)).isPositive();
      api.away(false);
      Eventually.until("found", () -> registry.is("a-0", NodeState.READY));
    }
  }

  @Test
  void engine_thatRegistersItselfToo_isOneNode() {
    api.ready("a-0", engine.port());
    try (RunningRegistry registry = start()) {
      Eventually.until("ready", () -> registry.is("a-0", NodeState.READY));
      String body = "{\"role\":\"decode\",\"url\":\"%s\"}".formatted(engine.url());
      assertThat(registry.call("PUT", "/v1/nodes/itself", body).status()).isEqualTo(409);
      assertThat(Objects.requireNonNull(registry.node("a-0")).isReady()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "watch"})
  void missingRight_endsTheStart_withOneLine(String verb, CapturedOutput output) {
    api.forbid(verb);
    assertThatThrownBy(this::start).isInstanceOf(Exception.class);
    assertThat(output.getErr().lines().filter(line -> line.startsWith("cannot start: ")))
        .singleElement()
        .asString()
        .isEqualTo(
            "cannot start: turnpike.registry.kubernetes.enabled: may not "
                + verb
                + " pods in namespace default (expected: a service account whose role allows list"
                + " and watch of pods there)");
  }

  @Test
  void wrongToken_endsTheStart(CapturedOutput output) throws IOException {
    Files.writeString(folder.resolve("token"), "another");
    assertThatThrownBy(this::start).isInstanceOf(Exception.class);
    assertThat(output.getErr()).contains("turnpike.registry.kubernetes.enabled: Unauthorized");
  }

  private static double lostSeconds(RunningRegistry registry) {
    return registry.gauge("turnpike.registry.pods.lost");
  }

  private RunningRegistry start() {
    return RunningRegistry.start(
        "--turnpike.registry.kubernetes.enabled=true",
        "--turnpike.registry.kubernetes.namespace=default",
        "--turnpike.registry.kubernetes.api-server=" + api.url(),
        "--turnpike.registry.kubernetes.token-file=" + folder.resolve("token"),
        "--turnpike.registry.kubernetes.ca-file=");
  }
}
