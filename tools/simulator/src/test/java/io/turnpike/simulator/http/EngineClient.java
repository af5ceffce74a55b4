package io.turnpike.simulator.http;

import io.turnpike.simulator.wire.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Turns and questions that the tests put to an engine. */
final class EngineClient {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private EngineClient() {}

  static ObjectNode chat(String text, int maxTokens) {
    ObjectNode body = Json.MAPPER.createObjectNode().put("max_tokens", maxTokens);
    body.putArray("messages").addObject().put("role", "user").put("content", text);
    return body;
  }

  static Answered send(SimulatedEngine engine, ObjectNode body) throws IOException {
    return RawHttp.post(engine.port(), "/v1/chat/completions", body.toString());
  }

  static Answered send(SimulatedEngine engine, ObjectNode body, String requestId)
      throws IOException {
    return RawHttp.send(
        engine.port(),
        "POST",
        "/v1/chat/completions",
        Map.of("content-type", "application/json", "x-request-id", requestId),
        body.toString());
  }

  static ObjectNode prefill(ObjectNode body) {
    ObjectNode leg = body.deepCopy().put("max_tokens", 1);
    leg.putObject("kv_transfer_params").put("do_remote_decode", true);
    return leg;
  }

  static ObjectNode with(ObjectNode body, JsonNode params) {
    return body.deepCopy().set("kv_transfer_params", params);
  }

  static JsonNode json(Answered answer) {
    return Json.MAPPER.readTree(answer.body());
  }

  static JsonNode params(Answered answer) {
    return json(answer).path("kv_transfer_params");
  }

  static String text(Answered answer) {
    return json(answer).path("choices").get(0).path("message").path("content").asString();
  }

  static int cached(Answered answer) {
    return json(answer).path("usage").path("prompt_tokens_details").path("cached_tokens").asInt();
  }

  static JsonNode state(SimulatedEngine engine) throws IOException {
    return json(RawHttp.get(engine.port(), "/sim/state"));
  }

  static void fault(SimulatedEngine engine, String json) throws IOException {
    RawHttp.post(engine.port(), "/sim/fault", json);
  }

  static void emptyCache(SimulatedEngine engine) throws IOException {
    RawHttp.post(engine.port(), "/reset_prefix_cache", "");
  }

  /** One sample of {@code /metrics}, found by the start of its line without the shared labels. */
  static double metric(SimulatedEngine engine, String name, String label) throws IOException {
    return RawHttp.get(engine.port(), "/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + "{") && line.contains(label))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  /** Waits until something holds. */
  static void await(Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited for " + PATIENCE);
      }
      LockSupport.parkNanos(5_000_000);
    }
  }
}
