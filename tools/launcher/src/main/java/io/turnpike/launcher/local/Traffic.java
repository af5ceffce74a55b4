package io.turnpike.launcher.local;

import io.turnpike.launcher.engine.Engine;
import io.turnpike.launcher.plan.EnginePlan;
import io.turnpike.launcher.plan.Plan;
import io.turnpike.launcher.plan.ServicePlan;
import io.turnpike.launcher.stack.StackException;
import io.turnpike.node.Connector;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Which workers get turns: asks and tells the registry and gateways of a running stack. */
final class Traffic {

  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final String ADMIN_KEY = "turnpike.registry.admin-key";

  private final HttpClient http;
  private final Plan plan;

  /**
   * The traffic of a stack.
   *
   * @param plan of which only what is in front of the workers counts
   */
  Traffic(HttpClient http, Plan plan) {
    this.http = http;
    this.plan = plan;
  }

  /** A worker is there; holds for the registry's lease. */
  void join(EnginePlan worker) throws InterruptedException {
    Connector connector = Engine.of(plan, worker).connector().orElseThrow();
    ObjectNode body =
        JsonMapper.shared()
            .createObjectNode()
            .put("role", worker.role().word())
            .put("url", worker.url())
            .put("connector", connector.word());
    if (connector.needsZmqAddress()) {
      body.put("zmq_address", "127.0.0.1:" + worker.sidePort());
    }
    tell("PUT", worker.name(), BodyPublishers.ofString(body.toString()));
  }

  /** A worker gets no new turns. */
  void drain(String worker) throws InterruptedException {
    tell("POST", worker + "/drain", BodyPublishers.noBody());
  }

  /** It gets turns again. */
  void undrain(String worker) throws InterruptedException {
    tell("POST", worker + "/undrain", BodyPublishers.noBody());
  }

  /** A worker is there no more. */
  void leave(String worker) throws InterruptedException {
    tell("DELETE", worker, BodyPublishers.noBody());
  }

  private void tell(String method, String path, BodyPublisher body) throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(registry().resolve("/v1/nodes/" + path))
            .timeout(LIMIT)
            .method(method, body);
    String told = System.getenv("TURNPIKE_REGISTRY_ADMINKEY"); // The registry inherits it.
    String key = plan.properties().getOrDefault(ADMIN_KEY, told);
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    try {
      HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new StackException(
            "the registry refused " + method + " " + path + ": " + answer.body().strip());
      }
    } catch (IOException e) {
      throw new StackException("the registry does not answer: " + e.getMessage());
    }
  }

  /** The registry's word for a worker's state; null when it knows none of that name. */
  @Nullable String state(String worker) throws InterruptedException {
    JsonNode node = node(worker);
    return node == null ? null : node.path("state").asString("");
  }

  /** Whether no gateway has a turn there, and the worker itself none of anybody else. */
  boolean isIdle(String worker) throws InterruptedException {
    JsonNode node = node(worker);
    if (node != null) {
      JsonNode load = node.path("load");
      if (load.path("running").asInt(0) + load.path("waiting").asInt(0) > 0) {
        return false;
      }
    }
    for (ServicePlan gateway : gateways()) {
      if (turns(gateway, worker) > 0) {
        return false;
      }
    }
    return true;
  }

  private List<ServicePlan> gateways() {
    List<ServicePlan> gateways = new ArrayList<>(plan.proxies());
    if (plan.replication() != null) {
      gateways.add(plan.replication());
    }
    return gateways;
  }

  /** Turns that a gateway has on a worker; none when it does not answer. */
  private double turns(ServicePlan gateway, String worker) throws InterruptedException {
    URI metrics = at(gateway.managementPort(), "/actuator/prometheus");
    String text = get(metrics);
    Matcher series =
        Pattern.compile(
                "^turnpike_node_inflight_turns\\{[^}]*node=\""
                    + Pattern.quote(worker)
                    + "\"[^}]*} (\\S+)$",
                Pattern.MULTILINE)
            .matcher(text == null ? "" : text);
    return series.find() ? Double.parseDouble(series.group(1)) : 0;
  }

  private @Nullable JsonNode node(String worker) throws InterruptedException {
    String text = get(registry().resolve("/v1/nodes/" + worker));
    return text == null ? null : JsonMapper.shared().readTree(text);
  }

  private @Nullable String get(URI uri) throws InterruptedException {
    try {
      HttpRequest request = HttpRequest.newBuilder(uri).timeout(LIMIT).build();
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      return answer.statusCode() == 200 ? answer.body() : null;
    } catch (IOException e) {
      return null;
    }
  }

  private URI registry() {
    return at(plan.registry().service().port(), "");
  }

  private static URI at(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
