package io.turnpike.testbed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.opentest4j.TestAbortedException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The testbed of {@code deploy/compose} as a project of its own, on free ports. The shared one is
 * started by the README's own command, and taken down with this JVM.
 */
final class ComposeStack {

  private static final String COMPOSE = "docker compose -f deploy/compose/compose.yaml ";
  private static final Duration PATIENCE = Duration.ofMinutes(15);
  private static final Duration SEEN = Duration.ofMinutes(5);
  private static final Duration ANSWER = Duration.ofSeconds(20);
  private static final List<String> PORTS =
      List.of(
          "PROXY_PORT",
          "REPLICATION_PORT",
          "REGISTRY_PORT",
          "BALANCER_STATS_PORT",
          "PROMETHEUS_PORT",
          "GRAFANA_PORT",
          "JAEGER_PORT");
  private static final Pattern NO_IMAGE =
      Pattern.compile(
          "pull access denied|failed to resolve|no such host|manifest unknown|Client.T");

  /** Turns that a gateway of the testbed may have under way; those of all loads are fewer. */
  static final int PLACES = 24;

  private static ComposeStack shared;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Map<String, String> environment = new HashMap<>();
  private final String project;

  private ComposeStack(String project) {
    this.project = project;
    environment.put("COMPOSE_PROJECT_NAME", project);
    // Longer than in production, where a busy machine may not cost a turn 20 ms.
    environment.put("REDIS_PATIENCE", "2s");
    environment.put("GATEWAY_TURNS", Integer.toString(PLACES));
    for (String port : PORTS) {
      try (ServerSocket free = new ServerSocket(0)) {
        environment.put(port, Integer.toString(free.getLocalPort()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The shared testbed with everything well; tests are skipped unless it is asked for. */
  static synchronized ComposeStack shared() {
    if (shared == null) {
      ComposeStack stack = of("shared");
      Runtime.getRuntime().addShutdownHook(new Thread(stack::down));
      Instant begin = Instant.now();
      stack.run(readmeCommand("up"));
      System.out.printf(
          "compose: up from nothing in %d s%n", Duration.between(begin, Instant.now()).toSeconds());
      shared = stack;
    }
    shared.awaitHealthy();
    return shared;
  }

  /** A project in which nothing runs yet. */
  static ComposeStack of(String name) {
    assumeTrue(
        System.getenv("TURNPIKE_TESTBED") != null,
        "TURNPIKE_TESTBED is not set: the testbed takes minutes to build and start");
    ComposeStack stack = new ComposeStack("turnpike-" + name + ProcessHandle.current().pid());
    assumeTrue(
        stack.result("docker version && docker compose version").ok(),
        "no Docker engine with compose answers: the testbed was not started");
    return stack;
  }

  /** The project's folder. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("turnpike"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  /** The README's command that begins so, as it stands there. */
  private static String readmeCommand(String verb) {
    try {
      String start = COMPOSE + verb;
      return Files.readString(root().resolve("README.md"), UTF_8)
          .lines()
          .filter(line -> line.startsWith(start))
          .findFirst()
          .orElseThrow()
          .replaceFirst(" *#.*", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void awaitHealthy() {
    // It ends at once while something is unhealthy, as others are when a part has just come back.
    await("a healthy testbed", PATIENCE, () -> result(COMPOSE + "up --wait --no-recreate").ok());
    awaitProxiesInUse(2);
  }

  /** Waits until the balancer gives turns to so many proxies. */
  void awaitProxiesInUse(int count) {
    String line = "haproxy_backend_active_servers{proxy=\"proxies\"} " + count + "\n";
    URI metrics = url("BALANCER_STATS_PORT").resolve("/metrics");
    await(count + " proxies in use", SEEN, () -> text(metrics).contains(line));
  }

  void down() {
    run(readmeCommand("down"));
  }

  String project() {
    return project;
  }

  URI url(String port) {
    return URI.create("http://127.0.0.1:" + environment.get(port));
  }

  /** Runs a compose command and gives its standard output. */
  String compose(String arguments) {
    return run(COMPOSE + arguments);
  }

  /** What that address answers. */
  JsonNode get(URI uri) {
    return ask(HttpRequest.newBuilder(uri).timeout(ANSWER).build());
  }

  /** What that address answers to a body. */
  JsonNode post(URI uri, String body) {
    return ask(
        HttpRequest.newBuilder(uri).timeout(ANSWER).POST(BodyPublishers.ofString(body)).build());
  }

  private String text(URI uri) {
    return send(HttpRequest.newBuilder(uri).timeout(ANSWER).build());
  }

  private JsonNode ask(HttpRequest request) {
    return JsonMapper.shared().readTree(send(request));
  }

  private String send(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString(UTF_8)).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The series that an expression gives now in this testbed's Prometheus. */
  JsonNode query(String expression) {
    String path = "/api/v1/query?query=" + URLEncoder.encode(expression, UTF_8);
    JsonNode answer = get(url("PROMETHEUS_PORT").resolve(path));
    if (!answer.path("status").asString().equals("success")) {
      throw new AssertionError(expression + ": " + answer);
    }
    return answer.at("/data/result");
  }

  /** Asks again and again until it holds; containers take longer than processes. */
  static void await(String what, Duration patience, BooleanSupplier condition) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("did not come: " + what);
      }
      LockSupport.parkNanos(200_000_000);
    }
  }

  /** The running containers of a service. */
  List<String> containers(String service) {
    return compose("ps -q " + service).lines().sorted().toList();
  }

  /** A container's address in the project's network. */
  String address(String container) {
    return run(
        "docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "
            + container);
  }

  /** Runs a command of the shell in the project's folder and gives what it said. */
  String run(String command) {
    Result result = result(command);
    if (NO_IMAGE.matcher(result.said()).find()) {
      throw new TestAbortedException("an image is not here and cannot be fetched");
    }
    if (!result.ok()) {
      throw new AssertionError(command + " ended with " + result.code() + ":\n" + result.said());
    }
    return result.said();
  }

  private record Result(int code, String said) {
    boolean ok() {
      return code == 0;
    }
  }

  private Result result(String command) {
    try {
      Path out = Files.createTempFile("compose", ".out");
      Path err = Files.createTempFile("compose", ".err");
      ProcessBuilder builder = new ProcessBuilder(List.of("sh", "-c", command));
      builder.directory(root().toFile());
      builder.environment().putAll(environment);
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command + " did not end within " + PATIENCE);
      }
      List<String> said = new ArrayList<>(List.of(Files.readString(out, UTF_8).strip()));
      if (process.exitValue() != 0) {
        said.add(Files.readString(err, UTF_8).strip());
      }
      Files.delete(out);
      Files.delete(err);
      return new Result(process.exitValue(), String.join("\n", said));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
