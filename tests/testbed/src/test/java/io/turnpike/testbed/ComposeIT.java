package io.turnpike.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.fixtures.gateway.ChatLoad;
import io.turnpike.fixtures.gateway.ChatLoad.Answers;
import io.turnpike.fixtures.gateway.ChatLoad.Chats;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The testbed in containers: that it comes up, and that what goes away in it costs no turn. */
class ComposeIT {

  private static final Duration SCRAPED = Duration.ofMinutes(5);
  private static final int SOME_TURNS = 18;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private ComposeStack stack;
  private URI balancer;

  @BeforeEach
  void start() {
    stack = ComposeStack.shared();
    balancer = stack.url("PROXY_PORT");
  }

  @Test
  void threeTurns_overBothProxies_landOnOneDecodeEngine() throws Exception {
    Map<String, Double> before = decodeTurns();
    Set<String> proxies = new HashSet<>();
    Set<String> engines = new HashSet<>();
    List<String> routes = new ArrayList<>();
    List<String> messages = new ArrayList<>(List.of("One chat, " + System.nanoTime()));
    for (int turn = 0; turn < 3; turn++) {
      HttpResponse<String> answer =
          post(ChatLoad.chat(ChatLoad.MODEL, 8, false, messages.toArray(String[]::new)));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      proxies.add(header(answer, "x-served-by"));
      engines.add(header(answer, "x-turnpike-decode"));
      routes.add(header(answer, "x-turnpike-route"));
      messages.add(
          JsonMapper.shared().readTree(answer.body()).at("/choices/0/message/content").asString());
      messages.add("And what comes after " + turn + "?");
    }
    assertThat(proxies).as("proxies that took turns").hasSize(2);
    assertThat(engines).as("decode engines").hasSize(1);
    assertThat(routes).containsExactly("disaggregated", "decode-direct", "decode-direct");
    String engine = engines.iterator().next();
    ComposeStack.await(
        "three more turns in the engine's own counter",
        SCRAPED,
        () -> decodeTurns().get(engine) - before.getOrDefault(engine, 0.0) == 3);
    Map<String, Double> after = decodeTurns();
    after.keySet().stream()
        .filter(other -> !other.equals(engine))
        .forEach(other -> assertThat(after.get(other)).isEqualTo(before.get(other)));
  }

  @Test
  void whatIsToldToEnd_costsNoTurn() {
    try (ChatLoad load = ChatLoad.start(balancer, Chats.of(Answers.STREAMED))) {
      load.awaitTurns(SOME_TURNS);
      String proxy = stack.containers("proxy").getFirst();
      Duration ended = timed("docker stop -t 40 " + proxy);
      assertThat(stack.run("docker inspect -f '{{.State.ExitCode}}' " + proxy))
          .as("a proxy under load ends by itself, before it is killed")
          .isEqualTo("143");
      stack.run("docker start " + proxy);
      stack.awaitProxiesInUse(2);
      expectNoFailure(load, "a proxy stopped and started");
      stack.compose("restart redis");
      expectNoFailure(load, "Redis restarted");
      String engine = stack.containers("decode").getFirst();
      stack.run("docker stop -t 40 " + engine);
      load.awaitTurns(SOME_TURNS);
      stack.run("docker start " + engine);
      expectNoFailure(load, "a decode engine stopped and started");
      addDecodeEngine();
      expectNoFailure(load, "a third decode engine");
      stack.compose("up -d --no-recreate --scale decode=2");
      assertThat(stack.containers("decode")).hasSize(2);
      expectNoFailure(load, "a decode engine scaled in");
      moveRegistry();
      stack.awaitProxiesInUse(3);
      expectNoFailure(load, "the registry came back elsewhere, and there is a third proxy");
      stack.compose("up -d --no-recreate --scale proxy=2");
      assertThat(stack.containers("proxy")).hasSize(2);
      expectNoFailure(load, "a proxy scaled in");
      System.out.printf(
          "compose: %d turns answered, none failed; a proxy under load ended in %.1f s%n",
          load.result().answered(), ended.toMillis() / 1000.0);
    }
  }

  private static void expectNoFailure(ChatLoad load, String after) {
    load.awaitTurns(SOME_TURNS);
    assertThat(load.failures()).as(after).isEmpty();
  }

  private Duration timed(String command) {
    Instant begin = Instant.now();
    stack.run(command);
    return Duration.between(begin, Instant.now());
  }

  private void addDecodeEngine() {
    List<String> before = stack.containers("decode");
    stack.compose("up -d --no-recreate --scale decode=3");
    List<String> added = new ArrayList<>(stack.containers("decode"));
    added.removeAll(before);
    assertThat(added).hasSize(1);
    String engine = stack.address(added.getFirst()) + ":8000";
    ComposeStack.await(
        "turns at the new decode engine",
        SCRAPED,
        () -> decodeTurns().getOrDefault(engine, 0.0) > 0);
  }

  /** A third proxy gets the registry's address while there is no registry. */
  private void moveRegistry() {
    String before = stack.address(stack.containers("registry").getFirst());
    stack.compose("rm -sf registry");
    stack.compose("up -d --no-recreate --scale proxy=3 proxy");
    stack.compose("up -d --no-recreate --scale proxy=3");
    assertThat(stack.containers("proxy")).hasSize(3);
    assertThat(stack.address(stack.containers("registry").getFirst())).isNotEqualTo(before);
    ComposeStack.await(
        "all four gateways watch the registry where it is now",
        SCRAPED,
        () -> value("turnpike_registry_watchers") == 4);
  }

  @Test
  void whatIsKilled_costsNoTurn() {
    try (ChatLoad whole = ChatLoad.start(balancer, Chats.of(Answers.WHOLE).askingAgain())) {
      whole.awaitTurns(SOME_TURNS);
      stack.run("docker kill " + stack.containers("proxy").getFirst());
      whole.awaitTurns(SOME_TURNS);
      assertThat(whole.failures()).as("a proxy killed").isEmpty();
      // Requests that it had not read are reset: the balancer repeats none of them, but says so.
      assertThat(whole.askedAgain()).isLessThanOrEqualTo(Chats.of(Answers.WHOLE).clients());
      try (ChatLoad streamed = ChatLoad.start(balancer, Chats.of(Answers.STREAMED))) {
        streamed.awaitTurns(SOME_TURNS);
        String engine = stack.containers("decode").getFirst();
        stack.run("docker kill " + engine);
        streamed.awaitTurns(SOME_TURNS);
        whole.awaitTurns(SOME_TURNS);
        stack.run("docker start " + engine);
        assertThat(whole.failures()).as("a decode engine killed").isEmpty();
        assertThat(streamed.result().failures())
            .as("streams that the engine had begun go on elsewhere")
            .isEmpty();
        System.out.printf(
            "compose: killed: %d whole turns (%d asked again) and %d streams answered, none"
                + " failed%n",
            whole.result().answered(), whole.askedAgain(), streamed.result().answered());
      }
    }
  }

  @Test
  void down_leavesNothing() {
    ComposeStack small = ComposeStack.of("small");
    String mine = " --filter label=com.docker.compose.project=" + small.project();
    small.compose("up --wait redis prometheus");
    assertThat(small.run("docker ps -q" + mine).lines()).hasSize(2);
    assertThat(small.run("docker volume ls -q" + mine).lines()).hasSize(1);
    small.down();
    assertThat(small.run("docker ps -aq" + mine)).isEmpty();
    assertThat(small.run("docker network ls -q" + mine)).isEmpty();
    assertThat(small.run("docker volume ls -q" + mine)).isEmpty();
  }

  /** Turns that each decode engine says it has ended, as Prometheus knows. */
  private Map<String, Double> decodeTurns() {
    Map<String, Double> turns = new HashMap<>();
    String query = "sum by (instance) (vllm:request_success_total{role=\"decode\"})";
    for (JsonNode series : stack.query(query)) {
      turns.put(series.at("/metric/instance").asString(), series.at("/value/1").asDouble());
    }
    return turns;
  }

  /** The value of an expression's only series; NaN if there is none. */
  private double value(String expression) {
    return stack.query(expression).at("/0/value/1").asDouble(Double.NaN);
  }

  private HttpResponse<String> post(String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(balancer.resolve("/v1/chat/completions"))
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
