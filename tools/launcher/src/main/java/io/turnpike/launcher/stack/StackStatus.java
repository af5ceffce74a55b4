package io.turnpike.launcher.stack;

import io.turnpike.launcher.plan.Plan;
import io.turnpike.launcher.plan.RegistryPlan;
import io.turnpike.launcher.plan.ServicePlan;
import io.turnpike.launcher.process.PidFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks a running stack how it is:
 *
 * <pre>
 * {"processes":[{"name","pid","alive"}],
 *  "nodes":[the registry's nodes as they are] or null,
 *  "proxies":[{"name","url","mode","conversations","status"}],
 *  "replication":{"name","url","conversations","status"} or null}
 * </pre>
 *
 * What does not answer is null.
 */
public final class StackStatus {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration LIMIT = Duration.ofSeconds(3);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();

  private final Plan plan;
  private final StateFolder state;

  /** What is asked about that stack. */
  public StackStatus(Plan plan, StateFolder state) {
    this.plan = plan;
    this.state = state;
  }

  /** Asks now; at most some seconds for each that does not answer. */
  public ObjectNode ask() throws InterruptedException {
    ObjectNode status = JSON.createObjectNode();
    ArrayNode processes = status.putArray("processes");
    for (PidFile process : state.processes()) {
      processes
          .addObject()
          .put("name", process.name())
          .put("pid", process.program())
          .put("alive", process.isAlive());
    }
    status.setAll(services());
    return status;
  }

  /** The same without processes. */
  public ObjectNode services() throws InterruptedException {
    ObjectNode status = JSON.createObjectNode();
    status.set("nodes", nodes());
    ArrayNode proxies = status.putArray("proxies");
    for (ServicePlan proxy : plan.proxies()) {
      proxies.add(gateway(proxy));
    }
    status.set("replication", plan.replication() == null ? null : gateway(plan.replication()));
    return status;
  }

  private @Nullable JsonNode nodes() throws InterruptedException {
    JsonNode answer = null;
    for (RegistryPlan registry : plan.registries()) {
      answer = answer == null ? get(base(registry.service()), "/v1/nodes") : answer;
    }
    return answer == null || answer.isArray() ? answer : answer.path("nodes");
  }

  private ObjectNode gateway(ServicePlan service) throws InterruptedException {
    URI base = base(service);
    ObjectNode gateway =
        JSON.createObjectNode().put("name", service.name()).put("url", base.toString());
    JsonNode status = get(base, "/status");
    JsonNode mode = get(base, "/mode");
    gateway.set("mode", first("mode", mode, status));
    gateway.set("conversations", first("conversations", mode, status));
    gateway.set("status", status);
    return gateway;
  }

  private static @Nullable JsonNode first(String key, @Nullable JsonNode... answers) {
    for (JsonNode answer : answers) {
      if (answer != null && answer.has(key)) {
        return answer.get(key);
      }
    }
    return null;
  }

  private static URI base(ServicePlan service) {
    return URI.create("http://127.0.0.1:" + service.port());
  }

  private @Nullable JsonNode get(URI base, String path) throws InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(LIMIT);
    String told = System.getenv("TURNPIKE_ADMIN_KEY");
    String key = told == null ? state.readAdminKey() : told;
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    try {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200 ? JSON.readTree(answer.body()) : null;
    } catch (IOException | JacksonException e) {
      return null;
    }
  }
}
