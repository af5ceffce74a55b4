package io.turnpike.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.turnpike.fixtures.gateway.ChatLoad;
import io.turnpike.launcher.plan.Plan;
import io.turnpike.launcher.stack.Installation;
import io.turnpike.launcher.stack.Progress;
import io.turnpike.launcher.stack.Stack;
import io.turnpike.launcher.stack.StateFolder;
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
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One whole suite as real processes, shared by the test classes of this module: two proxies, two
 * prefill and two decode engines, two replicas, Redis and the registry, on free ports. It ends with
 * this JVM.
 */
final class SuiteStack {

  static final String MODEL = ChatLoad.MODEL;

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /**
   * Redis is waited for longer than in production, where a busy machine may not cost a turn 20 ms.
   */
  private static final String PLAN =
      """
      mode: ppd
      proxies:
        - properties: PROPERTIES
        - properties: PROPERTIES
      engines: {speed: 1, prefill: 2, decode: 2, replicas: 2}
      """
          .replace(
              "PROPERTIES",
              "{turnpike.turn.patience: 2s, turnpike.turn.patience-alive: 3s,"
                  + " turnpike.redis.patience: 2s}");

  private static SuiteStack shared;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  final Stack stack;

  private SuiteStack(String plan) {
    this.stack = start(plan);
  }

  /** The shared suite, started with the first call. */
  static synchronized SuiteStack shared() {
    if (shared == null) {
      shared = new SuiteStack(PLAN);
    }
    shared.awaitReady();
    return shared;
  }

  /** A suite of one's own, for what would harm others. */
  static SuiteStack of(String plan) {
    return new SuiteStack(plan);
  }

  private static Stack start(String plan) {
    try {
      StateFolder state = new StateFolder(Files.createTempDirectory("turnpike-e2e"));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> Stack.stop(state)));
      return Stack.start(
          Plan.parse("e2e", plan).onFreePorts(), Installation.at(root()), state, Progress.SILENT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The project's folder. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("turnpike"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  /** Waits until all that the plan names is alive and ready, after a test that killed something. */
  private void awaitReady() {
    for (var component : stack.components()) {
      if (!stack.isAlive(component.name())) {
        restart(component.name());
      }
    }
    await(
        "all nodes ready at both proxies",
        () -> proxies().stream().allMatch(proxy -> readyNodes(proxy) == 6));
  }

  List<URI> proxies() {
    return List.of(stack.url("proxy-1"), stack.url("proxy-2"));
  }

  private long readyNodes(URI proxy) {
    try {
      long ready = 0;
      for (JsonNode node : get(proxy, "/status").path("nodes")) {
        ready += node.path("state").asString().equals("ready") ? 1 : 0;
      }
      return ready;
    } catch (UncheckedIOException notYet) {
      return -1;
    }
  }

  void restart(String name) {
    try {
      stack.restart(name);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  // --- turns ---

  /** A chat of user and assistant messages in turn, begun by the user. */
  static String chat(int maxTokens, boolean stream, String... messages) {
    return ChatLoad.chat(MODEL, maxTokens, stream, messages);
  }

  /** One turn, answered whole. */
  Turn turn(URI gateway, String body, String... headers) {
    HttpResponse<String> answer = post(gateway, "/v1/chat/completions", body, headers);
    return new Turn(answer);
  }

  /** What a client got. */
  record Turn(HttpResponse<String> answer) {
    int status() {
      return answer.statusCode();
    }

    String header(String name) {
      return answer.headers().firstValue("x-turnpike-" + name).orElse("");
    }

    String text() {
      return JsonMapper.shared()
          .readTree(answer.body())
          .at("/choices/0/message/content")
          .asString();
    }

    long promptTokens() {
      return JsonMapper.shared().readTree(answer.body()).at("/usage/prompt_tokens").asLong();
    }

    long cachedTokens() {
      return JsonMapper.shared()
          .readTree(answer.body())
          .at("/usage/prompt_tokens_details/cached_tokens")
          .asLong();
    }
  }

  HttpResponse<String> post(URI base, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(PATIENCE)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.build());
  }

  JsonNode get(URI base, String path) {
    HttpResponse<String> answer =
        send(HttpRequest.newBuilder(base.resolve(path)).timeout(PATIENCE).build());
    return JsonMapper.shared().readTree(answer.body());
  }

  HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  HttpClient http() {
    return http;
  }

  /** The receipt of a turn. */
  JsonNode receipt(URI gateway, Turn turn) {
    return get(gateway, "/receipts/" + turn.header("receipt"));
  }

  // --- engines ---

  /** The sum of a counter of an engine over its labels, those with this text among them. */
  double metric(String engine, String name, String label) {
    HttpRequest request =
        HttpRequest.newBuilder(stack.url(engine).resolve("/metrics")).timeout(PATIENCE).build();
    Matcher line =
        Pattern.compile("(?m)^" + Pattern.quote(name) + "(\\{[^}]*})? ([0-9.eE+-]+)$")
            .matcher(send(request).body());
    double sum = 0;
    while (line.find()) {
      if (label.isEmpty() || String.valueOf(line.group(1)).contains(label)) {
        sum += Double.parseDouble(line.group(2));
      }
    }
    return sum;
  }

  JsonNode state(String engine) {
    return get(stack.url(engine), "/sim/state");
  }

  void fault(String engine, String json) {
    if (post(stack.url(engine), "/sim/fault", json).statusCode() >= 300) {
      throw new IllegalStateException("fault refused: " + json);
    }
  }

  void noFault(String engine) {
    send(HttpRequest.newBuilder(stack.url(engine).resolve("/sim/fault")).DELETE().build());
  }

  void mode(URI proxy, String mode) {
    HttpResponse<String> answer = post(proxy, "/mode/" + mode, "");
    if (answer.statusCode() != 200) {
      throw new AssertionError("mode not switched: " + answer.body());
    }
  }

  // --- waiting ---

  /** Waits for a condition, and says which one never came. */
  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("did not come: " + what);
      }
      LockSupport.parkNanos(20_000_000);
    }
  }
}
