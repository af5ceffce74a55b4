package io.turnpike.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.turnpike.fixtures.gateway.ChatLoad;
import io.turnpike.fixtures.gateway.ChatLoad.Answers;
import io.turnpike.fixtures.gateway.ChatLoad.Chats;
import io.turnpike.launcher.process.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Jobs on a real Ray cluster of two nodes on this machine, each with two of a resource {@code
 * engine}: {@code RAY_ADDRESS} says where its dashboard is, {@code RAY_AUTH_TOKEN} is its token,
 * and {@code ray} on PATH adds a third node. Minutes, so no part of every build.
 */
class RayIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir Path folder;
  private final String mark = "ray-it-" + Long.toHexString(System.nanoTime());
  private final int port = Ports.free(1).getFirst();
  private final HttpClient http = HttpClient.newHttpClient();
  private RayCluster cluster = new RayCluster("", "");
  private String id = "";
  private URI gateway = URI.create("http://127.0.0.1");

  @BeforeEach
  void requireRay() {
    RayCluster named = RayCluster.ofEnvironment();
    assumeTrue(named != null, "RAY_ADDRESS names no Ray dashboard");
    cluster = named;
  }

  @AfterEach
  void leaveNothing() throws Exception {
    if (!id.isEmpty()) {
      job("stop", id).waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    http.close();
  }

  private String yaml() {
    return """
    backend: ray
    engine: simulator
    local: {speed: 0}
    timeout: 150
    scheduler: {port: %d, properties: {info.mark: %s}}
    general: {params: {model: %s, port: '{PORT}'}}
    prefill: {}
    decode: {replicas: 2}
    ray: {cpus: 0.5, resources: {engine: 1}, decode: {placement: STRICT_SPREAD}}
    """
        .formatted(port, mark, mark);
  }

  private Process job(String... arguments) throws IOException {
    Path root = SuiteStack.root();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Dturnpike.root=" + root, "-jar"));
    command.add(root.resolve("tools/launcher/target/launcher.jar").toString());
    command.add("job");
    command.addAll(List.of(arguments));
    command.addAll(List.of("--state", folder.resolve("state").toString()));
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("out").toFile())
        .start();
  }

  private String said(int exitCode, String... arguments) {
    assertThat(ended(arguments)).as(out()).isEqualTo(exitCode);
    return out();
  }

  private int ended(String... arguments) {
    try {
      Process command = job(arguments);
      assertThat(command.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as(out()).isTrue();
      return command.exitValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private String out() {
    try {
      return Files.readString(folder.resolve("out"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void submit(String yaml) throws IOException {
    Files.writeString(folder.resolve("job.yaml"), yaml);
    id = said(0, "submit", "job.yaml").lines().findFirst().orElseThrow();
    await("the job on Ray", () -> status().path("condition").asString("").equals("up"));
    gateway = URI.create(status().path("url").asString());
  }

  private JsonNode status() {
    int code = ended("status", id, "--json");
    assertThat(code).as(out()).isLessThan(2);
    return JsonMapper.shared().readTree(out());
  }

  private JsonNode process(String name) {
    return status()
        .path("processes")
        .valueStream()
        .filter(process -> process.path("name").asString("").equals(name))
        .findFirst()
        .orElseThrow();
  }

  private String place(String name) {
    return process(name).path("place").asString("");
  }

  private String node(String name) {
    return place(name).split(":", -1)[0];
  }

  private boolean isReady(String name) {
    return process(name).path("says").asString("").equals("ready");
  }

  private void chat() {
    String body =
        "{\"model\":\"%s\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
            .formatted(mark);
    HttpRequest request =
        HttpRequest.newBuilder(gateway.resolve("/v1/chat/completions"))
            .timeout(PATIENCE)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString(UTF_8));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The programs themselves, not those that keep them. */
  private static List<ProcessHandle> programs(String... words) {
    return RayCluster.processes(words).stream()
        .filter(process -> process.info().command().orElse("").endsWith("java"))
        .toList();
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("did not come: " + what).isLessThan(deadline);
      LockSupport.parkNanos(100_000_000);
    }
  }

  private void assertNothingIsLeft() {
    await("the end of all processes", () -> RayCluster.processes(mark).isEmpty());
    await("the end of places and actors", () -> cluster.held().isEmpty());
    assertThat(Ports.isFree(port)).isTrue();
  }

  @Test
  void aJob_isOnBothNodes_answersChats_scales_restarts_andIsStopped() throws Exception {
    submit(yaml());
    chat();
    assertThat(node("decode-1")).isNotEqualTo(node("decode-2"));
    assertThat(said(0, "logs", id, "decode-1")).isNotBlank();
    assertThat(said(0, "logs", id)).contains("\"turnpike\": \"up\"");

    try (ChatLoad load = ChatLoad.start(gateway, Chats.of(Answers.STREAMED).withModel(mark))) {
      load.awaitTurns(6);
      assertThat(said(0, "scale", id, "prefill=2")).contains("prefill-2 is ready, http://");
      assertThat(said(0, "restart", id, "decode-1"))
          .contains("decode-1 is being drained", "decode-1 is back after ");
      assertThat(said(1, "scale", id, "decode=3")).contains("no place for decode");
      assertThat(said(0, "scale", id, "decode=1")).contains("decode-2 has ended");
      load.awaitTurns(6);
      assertThat(load.result().failures()).isEmpty();
    }
    assertThat(programs(mark, "--role decode")).hasSize(1);

    assertThat(said(0, "stop", id)).contains("Stopped " + id);
    assertNothingIsLeft();
    assertThat(said(1, "status", id)).contains(id + ": ended");
  }

  @Test
  void anEngineThatIsKilled_isBack_andTheDriversEndIsTheEndOfAll() throws Exception {
    submit(yaml());
    String before = place("decode-1");
    programs(mark, "--role decode", "--port " + before.split(":", -1)[1])
        .forEach(ProcessHandle::destroyForcibly);
    await("decode-1's return", () -> !place("decode-1").equals(before) && isReady("decode-1"));
    chat();

    RayCluster.processes("turnpike_driver.py " + id).forEach(ProcessHandle::destroyForcibly);

    assertNothingIsLeft();
    assertThat(said(1, "status", id)).contains(id + ": ended");
  }

  @Test
  void aNodeWhoseDaemonIsKilled_keepsNothing_andItsWorkersComeBackElsewhere() throws Exception {
    String address = "127.0.0.4";
    Path log = folder.resolve("node.log");
    assumeTrue(isOnPath("ray"), "there is no `ray` on PATH");
    ProcessHandle daemon = cluster.addNode(address, log);
    try {
      submit(yaml().replace("replicas: 2", "replicas: 3").replace("STRICT_SPREAD", "SPREAD"));
      List<String> workers = List.of("prefill-1", "decode-1", "decode-2", "decode-3");
      String there =
          workers.stream().filter(name -> node(name).equals(address)).findFirst().orElseThrow();

      daemon.destroyForcibly();

      await(there + "'s return", () -> !node(there).equals(address) && isReady(there));
      await("its own end", () -> RayCluster.processes(mark, "--host " + address).isEmpty());
      chat();
      assertThat(said(0, "stop", id)).contains("Stopped " + id);
      assertNothingIsLeft();
    } finally {
      RayCluster.processes("ray", address).forEach(ProcessHandle::destroyForcibly);
    }
  }

  private static boolean isOnPath(String program) {
    return Stream.of(String.valueOf(System.getenv("PATH")).split(":", -1))
        .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
  }

  @Test
  void aWorkerThatDies_endsTheJob_withItsLastLines() throws Exception {
    Files.writeString(
        folder.resolve("job.yaml"), yaml().replace("ray: {", "ray: {java: /bin/false, "));

    assertThat(said(1, "run", "job.yaml")).contains(" ended with exit code 1");
    assertNothingIsLeft();
  }

  @Test
  void workersThatFindNoPlace_areWaitedFor_andSaid() throws Exception {
    Files.writeString(folder.resolve("job.yaml"), yaml().replace("replicas: 2", "replicas: 3"));
    id = said(0, "submit", "job.yaml").lines().findFirst().orElseThrow();

    await("what it waits for", () -> said(0, "logs", id).contains("\"turnpike\": \"waiting\""));
    assertThat(out()).contains("decode: 3 x ", "STRICT_SPREAD");
    assertThat(programs(mark)).isEmpty();
    said(0, "stop", id);
    assertNothingIsLeft();
  }
}
