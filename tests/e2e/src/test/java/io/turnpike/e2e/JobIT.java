package io.turnpike.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.turnpike.fixtures.gateway.ChatLoad;
import io.turnpike.fixtures.gateway.ChatLoad.Answers;
import io.turnpike.fixtures.gateway.ChatLoad.Chats;
import io.turnpike.launcher.process.PidFile;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./turnpike job run} as people use it: run, chat, Ctrl-C, and nothing is left. */
class JobIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Not a word of it is Turnpike's. */
  private static final String ORIGINAL =
      """
      timeout: 100
      num_gpus: 2
      gpus_per_worker: 1
      working_dir: FOLDER
      envs: {GREETING: hello}
      scheduler:
        port: PORT
        command: "python3 pd_proxy.py --port {PORT} --prefiller-hosts $PREFILL_HOST_1 --prefiller-ports $PREFILL_PORT_1 --decoder-urls $DECODE_URL_1"
      general:
        params:
          model: /path/to/your/model
          host: 0.0.0.0
          port: '{PORT}'
          served_model_name: my_model
          _extra_params: --trust-remote-code
      prefill:
        envs: {VLLM_ATTENTION_BACKEND: FLASHMLA}
        num_gpus: 1
        replicas: 1
        params:
          tensor_parallel_size: 1
          kv_transfer_config: '{"kv_connector":"NixlConnector","kv_role":"kv_producer"}'
          _extra_params: ''
      decode:
        num_gpus: 1
        replicas: 1
        params:
          kv_transfer_config: '{"kv_connector":"NixlConnector","kv_role":"kv_consumer"}'
      """;

  @TempDir Path folder;
  private final int port = Ports.free(1).getFirst();
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<ProcessHandle> started = new ArrayList<>();
  private String submitted = "";

  @AfterEach
  void leaveNothing() throws Exception {
    if (!submitted.isEmpty()) {
      job("stop", submitted).waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    started.forEach(ProcessHandle::destroyForcibly);
    http.close();
  }

  private Process run(String yaml) throws IOException {
    Files.writeString(folder.resolve("job.yaml"), yaml);
    return job("run", "job.yaml");
  }

  /** {@code ./turnpike job} with these arguments; what it says is in {@link #out}. */
  private Process job(String... arguments) throws IOException {
    Path root = SuiteStack.root();
    List<String> command = new ArrayList<>();
    // What is begun in the background ignores SIGINT, and would hand that on.
    command.addAll(List.of("env", "--default-signal=INT"));
    command.addAll(List.of(java(), "-Dturnpike.root=" + root, "-jar"));
    command.add(root.resolve("tools/launcher/target/launcher.jar").toString());
    command.add("job");
    command.addAll(List.of(arguments));
    command.addAll(List.of("--state", folder.resolve("state").toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile());
    builder.environment().merge("PATH", folder + ":", (path, first) -> first + path);
    builder.environment().put("JAVA", java());
    builder
        .environment()
        .put("SIMULATOR", root.resolve("tools/simulator/target/simulator.jar").toString());
    Process process = builder.start();
    started.add(process.toHandle());
    return process;
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private String out() {
    return text(folder.resolve("out"));
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitUp(Process job) {
    SuiteStack.await("the job's URL", () -> out().contains("Up: ") || !job.isAlive());
    job.descendants().forEach(started::add);
    assertThat(job.isAlive()).as(out()).isTrue();
    assertThat(out()).contains("Up: http://127.0.0.1:" + port);
  }

  private JsonNode chat(String model) throws Exception {
    String body =
        "{\"model\":\"%s\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
            .formatted(model);
    URI url = URI.create("http://127.0.0.1:" + port + "/v1/chat/completions");
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(PATIENCE)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString(UTF_8));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(answer.body());
  }

  /** As a crash would. */
  private void kill(String name) throws IOException {
    try (var jobs = Files.list(folder.resolve("state/jobs"))) {
      PidFile.all(jobs.findFirst().orElseThrow().resolve("pids")).stream()
          .filter(process -> process.name().equals(name))
          .flatMap(process -> ProcessHandle.of(process.program()).stream())
          .forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** As a terminal does it. */
  private void interrupt(Process job) throws Exception {
    new ProcessBuilder("kill", "-INT", Long.toString(job.pid())).start().waitFor();
    assertThat(job.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(job.exitValue()).as(out()).isEqualTo(130);
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() {
    assertThat(out()).endsWith("Stopped; nothing is left running.\n");
    SuiteStack.await(
        "the end of all processes", () -> started.stream().noneMatch(ProcessHandle::isAlive));
    assertThat(Ports.isFree(port)).isTrue();
  }

  @Test
  void aJobOfSimulatedWorkers_answersChats_alsoAfterAWorkerWasKilled_untilCtrlC() throws Exception {
    Process job =
        run(
            """
            engine: simulator
            local: {speed: 0}
            scheduler: {port: %d}
            general: {params: {model: demo, port: '{PORT}'}}
            prefill: {}
            decode: {}
            """
                .formatted(port));
    awaitUp(job);

    assertThat(out()).contains("prefill-1    ready, http://127.0.0.1:", "decode-1     ready, ");
    assertThat(chat("demo").at("/choices/0/message/content").asString()).isNotBlank();

    assertThat(started).hasSizeGreaterThan(5);
    kill("decode-1");
    SuiteStack.await("decode-1's return", () -> out().contains("decode-1 is back after "));
    job.descendants().forEach(started::add);
    assertThat(chat("demo").at("/choices/0/message/content").asString()).isNotBlank();

    interrupt(job);
  }

  @Test
  void aFileOfTheOriginal_withAPythonProxyOfItsOwn_worksUnchanged() throws Exception {
    assumeTrue(hasPython(), "there is no python3");
    resource("pd_proxy.py", "pd_proxy.py");
    resource("vllm-of-straw.sh", "vllm");
    Process job =
        run(ORIGINAL.replace("FOLDER", folder.toString()).replace("port: PORT", "port: " + port));
    awaitUp(job);

    JsonNode answer = chat("my_model");
    assertThat(answer.at("/choices/0/message/content").asString()).isNotBlank();
    assertThat(answer.at("/handed_over").asString()).startsWith("prefill-1-");
    assertThat(answer.at("/greeting").asString()).isEqualTo("hello");
    assertThat(started).hasSize(1 + 3);

    interrupt(job);
  }

  @Test
  void aWorkerThatDies_endsAllOfIt_withItsLastLines() throws Exception {
    resource("vllm-of-straw.sh", "vllm");
    resource("vllm-of-straw.sh", "proxy");
    Process job =
        run(
            ORIGINAL
                .replace("FOLDER", folder.toString())
                .replace("port: PORT", "port: " + port)
                .replaceFirst("command: .*", "command: proxy")
                .replace("--trust-remote-code", "--no-such-flag"));

    assertThat(job.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

    assertThat(job.exitValue()).isEqualTo(1);
    assertThat(out())
        .containsPattern("turnpike: (prefill|decode)-1 ended with exit code 2")
        .contains("  | vllm: error: unrecognized arguments: --no-such-flag");
    assertThat(Ports.isFree(port)).isTrue();
  }

  @Test
  void aSubmittedJob_whoseWatcherIsKilled_isLeftBehind_untilItIsStopped() throws Exception {
    assumeTrue(hasPython(), "there is no python3");
    resource("pd_proxy.py", "pd_proxy.py");
    resource("vllm-of-straw.sh", "vllm");
    Files.writeString(
        folder.resolve("job.yaml"),
        ORIGINAL.replace("FOLDER", folder.toString()).replace("port: PORT", "port: " + port));
    String id = submitted();
    assertThat(id).matches("job-[a-z0-9]{4}");
    assertThat(out()).contains(id + ": up, http://127.0.0.1:" + port);
    JsonNode status = JsonMapper.shared().readTree(said(0, "status", id, "--json"));
    assertThat(status.path("processes")).hasSize(3);
    remember(status);

    Path watcher = folder.resolve("state/jobs").resolve(id).resolve("watcher/job.pid");
    long pid = Long.parseLong(Files.readAllLines(watcher).getFirst());
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    SuiteStack.await("its end", () -> ProcessHandle.of(pid).isEmpty());

    assertThat(said(1, "status", id)).contains(id + ": left behind");
    assertThat(said(0, "list")).containsPattern(id + " +local +left behind +3");
    assertThat(said(0, "stop", id)).contains("Stopped " + id);
    SuiteStack.await(
        "the end of all processes", () -> started.stream().noneMatch(ProcessHandle::isAlive));
    assertThat(said(1, "status", id)).contains(id + ": ended");
    assertThat(Ports.isFree(port)).isTrue();
  }

  @Test
  void aJobUnderLoad_grows_shrinks_andGetsAWorkerAnew_withoutAFailedTurn() throws Exception {
    Files.writeString(
        folder.resolve("job.yaml"),
        """
        engine: simulator
        scheduler: {port: %d}
        general: {params: {model: %s, port: '{PORT}'}}
        prefill: {}
        decode: {replicas: 2}
        """
            .formatted(port, SuiteStack.MODEL));
    String id = submitted();
    URI gateway = URI.create("http://127.0.0.1:" + port);
    try (ChatLoad load = ChatLoad.start(gateway, Chats.of(Answers.STREAMED))) {
      load.awaitTurns(6);
      assertThat(said(0, "scale", id, "decode=3")).contains("decode-3 is ready, http://127.0.0.1:");
      remember(JsonMapper.shared().readTree(said(0, "status", id, "--json")));
      SuiteStack.await("turns of decode-3", () -> receipts(gateway).contains("decode-3"));
      assertThat(said(0, "restart", id, "decode-1"))
          .contains("decode-1 is being drained", "decode-1 is back after ");
      assertThat(said(0, "scale", id, "decode=1"))
          .contains("decode-2 is being drained", "decode-2 has ended", "decode-3 has ended");
      load.awaitTurns(6);
      assertThat(load.result().failures()).isEmpty();
    }
    JsonNode status = JsonMapper.shared().readTree(said(0, "status", id, "--json"));
    remember(status);
    assertThat(status.path("nodes").valueStream().map(node -> node.path("id").asString()))
        .containsExactlyInAnyOrder("prefill-1", "decode-1");
    assertThat(said(2, "scale", id, "decode=0")).contains("'decode=0' (expected: ROLE=N");
    assertThat(said(1, "scale", id, "replica=2")).contains("replica: the job has no such workers");
    assertThat(said(1, "restart", id, "decode-7")).contains("no worker 'decode-7'");
    said(0, "stop", id);
    SuiteStack.await(
        "the end of all processes", () -> started.stream().noneMatch(ProcessHandle::isAlive));
  }

  private String receipts(URI gateway) {
    try {
      HttpRequest request = HttpRequest.newBuilder(gateway.resolve("/receipts")).build();
      return http.send(request, BodyHandlers.ofString(UTF_8)).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The id of a job in the background that is up. */
  private String submitted() {
    said(0, "submit", "job.yaml");
    String id = out().lines().findFirst().orElseThrow();
    submitted = id;
    Path output = folder.resolve("state/jobs").resolve(id).resolve("output.log");
    SuiteStack.await("the submitted job", () -> text(output).matches("(?s).*(Up: |Stopped; ).*"));
    assertThat(said(0, "status", id)).as(text(output)).contains(id + ": up");
    return id;
  }

  private void remember(JsonNode status) {
    for (JsonNode process : status.path("processes")) {
      ProcessHandle.of(Long.parseLong(process.path("place").asString())).ifPresent(started::add);
    }
  }

  private int exitCode(String... arguments) {
    try {
      Process command = job(arguments);
      assertThat(command.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      return command.exitValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private String said(int exitCode, String... arguments) {
    int ended = exitCode(arguments);
    assertThat(ended).as(out()).isEqualTo(exitCode);
    return out();
  }

  private void resource(String name, String as) throws IOException {
    Path file = folder.resolve(as);
    try (var in = JobIT.class.getResourceAsStream("/" + name)) {
      Files.write(file, in.readAllBytes());
    }
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private static boolean hasPython() throws Exception {
    try {
      return new ProcessBuilder("python3", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
