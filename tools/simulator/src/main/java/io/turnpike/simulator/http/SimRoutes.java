package io.turnpike.simulator.http;

import io.netty.handler.codec.http.HttpMethod;
import io.turnpike.simulator.handoff.Lease;
import io.turnpike.simulator.wire.ApiError;
import io.turnpike.simulator.wire.Json;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/** {@code GET /sim/state}, {@code POST} and {@code DELETE /sim/fault}: what vLLM does not have. */
final class SimRoutes {

  private final EngineParts engine;
  private final Faults faults;

  SimRoutes(EngineParts engine, Faults faults) {
    this.engine = engine;
    this.faults = faults;
  }

  Publisher<Void> handle(HttpMethod method, String path, byte[] body, Reply reply) {
    try {
      if (path.equals("/sim/state") && method.equals(HttpMethod.GET)) {
        return state().flatMap(json -> Mono.from(reply.json(200, json.toString())));
      }
      if (path.equals("/sim/fault") && method.equals(HttpMethod.POST)) {
        return reply.json(200, arm(body));
      }
      if (path.equals("/sim/fault") && method.equals(HttpMethod.DELETE)) {
        return reply.json(200, "{\"cleared\":" + faults.clear() + "}");
      }
      return reply.json(404, "{\"detail\":\"Not Found\"}");
    } catch (ApiError error) {
      return reply.error(error);
    }
  }

  Mono<ObjectNode> state() {
    return Mono.fromFuture(
        engine
            .driver()
            .call(
                (core, now) -> {
                  ObjectNode json = engine.state().json();
                  json.put("running", core.running()).put("waiting", core.waiting());
                  json.put("free_blocks", core.freeBlocks());
                  var leases = json.putArray("leases");
                  for (Lease lease : core.leases()) {
                    leases
                        .addObject()
                        .put("request_id", lease.requestId())
                        .put("blocks", lease.blocks().length)
                        .put("ends_in_ms", (lease.endNanos() - now) / 1_000_000);
                  }
                  return json;
                }));
  }

  private String arm(byte[] body) {
    try {
      ObjectNode json = (ObjectNode) Json.MAPPER.readTree(body);
      Fault fault = Fault.read(json);
      if (!faults.add(fault, json.path("count").asInt(1))) {
        throw ApiError.badRequest(
            "too many faults (expected: at most " + Faults.MAX_FAULTS + ")", null);
      }
      return "{\"armed\":" + Json.quote(fault.kind().wireName()) + "}";
    } catch (JacksonException | ClassCastException e) {
      throw ApiError.badRequest("body: expected a JSON object with \"kind\"", null);
    }
  }
}
