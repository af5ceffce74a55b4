package io.turnpike.simulator.api;

import io.turnpike.simulator.api.Routes.Call;
import io.turnpike.simulator.connector.KvConnector;
import io.turnpike.simulator.exchange.Response;
import io.turnpike.simulator.generation.Generations;
import io.turnpike.simulator.generation.RequestRecord;
import io.turnpike.simulator.wire.ApiError;
import io.turnpike.simulator.wire.GenerateRequest;
import io.turnpike.simulator.wire.GenerateRequest.Api;
import io.turnpike.simulator.wire.Json;
import io.turnpike.simulator.wire.RequestReader;
import java.nio.charset.StandardCharsets;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/chat/completions} and {@code /v1/completions}. */
public final class GenerationRoutes {

  private final RequestReader reader;
  private final Generations generations;
  private final KvConnector connector;
  private final RequestRecord record;

  public GenerationRoutes(
      RequestReader reader, Generations generations, KvConnector connector, RequestRecord record) {
    this.reader = reader;
    this.generations = generations;
    this.connector = connector;
    this.record = record;
  }

  public void addTo(Routes routes) {
    routes.post("/v1/chat/completions", call -> generate(Api.CHAT, call));
    routes.post("/v1/completions", call -> generate(Api.COMPLETION, call));
  }

  private Mono<Response> generate(Api api, Call call) {
    String body = new String(call.body(), StandardCharsets.UTF_8);
    record.seen(call.request().path(), call.request().headers(), body);
    GenerateRequest request;
    try {
      request =
          reader.read(
              api,
              call.body(),
              call.request().header("content-type"),
              call.request().header("x-request-id"));
    } catch (ApiError error) {
      refused(call.body());
      throw error;
    }
    return generations.answer(request, call.cutoff());
  }

  /** D tells P when it refuses a decode leg (observed, trace c06). */
  private void refused(byte[] body) {
    try {
      if (Json.MAPPER.readTree(body).path("kv_transfer_params") instanceof ObjectNode params) {
        connector.refused(params);
      }
    } catch (JacksonException e) {
      // Nothing can be told of a body that is no JSON.
    }
  }
}
