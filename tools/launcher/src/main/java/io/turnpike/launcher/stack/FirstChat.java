package io.turnpike.launcher.stack;

import io.turnpike.launcher.plan.EngineKind;
import io.turnpike.launcher.plan.Plan;
import io.turnpike.node.Role;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The proof that a stack works: one real chat through each gateway that has engines. */
final class FirstChat {

  /** A gateway keeps nothing of such a turn, so that a fresh stack is empty. */
  static final String PROBE_HEADER = "X-Turnpike-Probe";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** A first answer of a cold real engine may take this long. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final HttpClient http;
  private final StateFolder state;

  FirstChat(HttpClient http, StateFolder state) {
    this.http = http;
    this.state = state;
  }

  /** Base URLs of the gateways that can be expected to answer. */
  static List<URI> gateways(Plan plan) {
    List<URI> urls = new ArrayList<>();
    if (plan.engines().kind() == EngineKind.NONE) {
      return urls;
    }
    if (plan.engines().doing(Role.DECODE)) {
      plan.proxies().forEach(p -> urls.add(URI.create("http://127.0.0.1:" + p.port())));
    }
    if (plan.replication() != null && plan.engines().doing(Role.REPLICA)) {
      urls.add(URI.create("http://127.0.0.1:" + plan.replication().port()));
    }
    return urls;
  }

  /** Whether that gateway knows its engines' models yet. */
  boolean knowsModels(URI gateway) throws InterruptedException {
    try {
      return !models(gateway).isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  /** Sends the chat; anything but an answer is a {@link StackException}. */
  void send(URI gateway) throws InterruptedException {
    try {
      String model = models(gateway).getFirst();
      Map<String, Object> body =
          Map.of(
              "model",
              model,
              "max_tokens",
              4,
              "messages",
              List.of(Map.of("role", "user", "content", "Say hello.")));
      HttpRequest request =
          request(gateway, "/v1/chat/completions")
              .timeout(LIMIT)
              .header("Content-Type", "application/json")
              .header(PROBE_HEADER, "up")
              .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
              .build();
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200 || !JSON.readTree(answer.body()).has("choices")) {
        throw new StackException(
            "the first chat through " + gateway + " was not answered: " + answer.body().strip());
      }
    } catch (IOException e) {
      throw new StackException(
          "the first chat through " + gateway + " was not answered: " + e.getMessage());
    }
  }

  /** With the admin key once gateways have made one: then they want keys. */
  private HttpRequest.Builder request(URI gateway, String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(gateway.resolve(path));
    String key = state.readAdminKey();
    return key == null ? request : request.header("Authorization", "Bearer " + key);
  }

  private List<String> models(URI gateway) throws IOException, InterruptedException {
    HttpRequest request = request(gateway, "/v1/models").timeout(Duration.ofSeconds(5)).build();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    List<String> ids = new ArrayList<>();
    if (answer.statusCode() == 200) {
      for (JsonNode model : JSON.readTree(answer.body()).path("data")) {
        ids.add(model.path("id").asString());
      }
    }
    return ids;
  }
}
