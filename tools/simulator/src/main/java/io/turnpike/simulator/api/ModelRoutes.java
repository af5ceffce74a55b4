package io.turnpike.simulator.api;

import io.turnpike.simulator.api.Routes.Call;
import io.turnpike.simulator.exchange.Response;
import io.turnpike.simulator.wire.Json;
import io.turnpike.simulator.wire.RequestReader;
import java.time.InstantSource;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/** What there is to know of the served model, and its tokenizer. */
public final class ModelRoutes {

  private final String model;
  private final int maxModelLen;
  private final RequestReader reader;
  private final InstantSource time;

  public ModelRoutes(String model, int maxModelLen, RequestReader reader, InstantSource time) {
    this.model = model;
    this.maxModelLen = maxModelLen;
    this.reader = reader;
    this.time = time;
  }

  public void addTo(Routes routes) {
    routes.get("/v1/models", call -> Mono.just(Response.json(200, models())));
    routes.post("/tokenize", this::tokenize);
    routes.post("/detokenize", this::detokenize);
  }

  private Mono<Response> tokenize(Call call) {
    int[] tokens = reader.tokenize(call.body(), call.request().header("content-type"));
    ObjectNode json =
        Json.MAPPER
            .createObjectNode()
            .put("count", tokens.length)
            .put("max_model_len", maxModelLen);
    var list = json.putArray("tokens");
    for (int token : tokens) {
      list.add(Integer.toUnsignedLong(token));
    }
    return Mono.just(Response.json(200, json.putNull("token_strs").toString()));
  }

  private Mono<Response> detokenize(Call call) {
    String text = reader.detokenize(call.body(), call.request().header("content-type"));
    return Mono.just(Response.json(200, "{\"prompt\":" + Json.quote(text) + "}"));
  }

  private String models() {
    String quoted = Json.quote(model);
    long created = time.instant().getEpochSecond();
    return """
    {"object":"list","data":[{"id":%s,"object":"model","created":%d,"owned_by":"vllm",\
    "root":%s,"parent":null,"max_model_len":%d,"permission":[{"id":"modelperm-%016x",\
    "object":"model_permission","created":%d,"allow_create_engine":false,\
    "allow_sampling":true,"allow_logprobs":true,"allow_search_indices":false,\
    "allow_view":true,"allow_fine_tuning":false,"organization":"*","group":null,\
    "is_blocking":false}]}]}\
    """
        .formatted(quoted, created, quoted, maxModelLen, System.identityHashCode(this), created);
  }
}
