package io.turnpike.simulator.api;

import io.turnpike.simulator.exchange.Request;
import io.turnpike.simulator.exchange.Response;
import io.turnpike.simulator.fault.Fault;
import io.turnpike.simulator.fault.Faults;
import io.turnpike.simulator.generation.RequestRecord;
import io.turnpike.simulator.handoff.Lease;
import io.turnpike.simulator.live.EngineDriver;
import io.turnpike.simulator.wire.ApiError;
import io.turnpike.simulator.wire.Json;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/** {@code GET /sim/state}, {@code POST} and {@code DELETE /sim/fault}: what vLLM does not have. */
public final class SimRoutes {

  private final EngineDriver driver;
  private final RequestRecord record;
  private final Faults faults;

  public SimRoutes(EngineDriver driver, RequestRecord record, Faults faults) {
    this.driver = driver;
    this.record = record;
    this.faults = faults;
  }

  Mono<Response> answer(Request request, byte[] body) {
    try {
      return switch (request.method() + " " + request.path()) {
        case "GET /sim/state" -> state();
        case "POST /sim/fault" -> Mono.just(Response.json(200, arm(body)));
        case "DELETE /sim/fault" ->
            Mono.just(Response.json(200, "{\"cleared\":" + faults.clear() + "}"));
        default -> Mono.just(Response.json(404, "{\"detail\":\"Not Found\"}"));
      };
    } catch (ApiError error) {
      return Mono.just(Response.error(error));
    }
  }

  private Mono<Response> state() {
    return Mono.fromFuture(
            driver.call(
                (core, now) -> {
                  ObjectNode json = record.json();
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
                }))
        .map(json -> Response.json(200, json.toString()));
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
