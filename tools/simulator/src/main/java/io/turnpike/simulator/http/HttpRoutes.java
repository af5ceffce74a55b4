package io.turnpike.simulator.http;

import io.netty.handler.codec.http.HttpMethod;
import io.turnpike.simulator.wire.ApiError;
import io.turnpike.simulator.wire.GenerateRequest;
import io.turnpike.simulator.wire.GenerateRequest.Api;
import io.turnpike.simulator.wire.Json;
import io.turnpike.simulator.wire.RequestReader;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/** vLLM's routes, as recorded (traces a01 to a08 and c01), and {@code /sim/}. */
final class HttpRoutes {

  private static final String SIM = "/sim/";

  private final EngineParts engine;
  private final InstantSource time;
  private final RequestReader reader;
  private final FaultyReplies faults;
  private final SimRoutes sim;
  private final MetricsRoute metrics;
  private final Map<String, Map<HttpMethod, Route>> routes = new LinkedHashMap<>();

  /** One exchange, its body read. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Exchange(HttpServerRequest request, Reply reply, byte[] body, Trouble trouble) {

    @Nullable String header(String name) {
      return request.requestHeaders().get(name);
    }
  }

  /** Answers an exchange. */
  @FunctionalInterface
  interface Route extends Function<Exchange, Publisher<Void>> {}

  HttpRoutes(EngineParts engine, SimRoutes sim, FaultyReplies faults, InstantSource time) {
    this.engine = engine;
    this.time = time;
    this.faults = faults;
    this.sim = sim;
    this.reader = new RequestReader(engine.options().model(), engine.options().maxModelLen());
    this.metrics = new MetricsRoute(engine);
    addOperations();
    addGeneration();
  }

  Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
    Reply reply = new Reply(request, response, time);
    String path = path(request.uri());
    if (path.startsWith(SIM)) {
      return body(request)
          .flatMap(bytes -> Mono.from(sim.handle(request.method(), path, bytes, reply)));
    }
    Trouble trouble = faults.take(path);
    if (trouble.resetsAtOnce()) {
      return reply.reset();
    }
    Map<HttpMethod, Route> methods = routes.get(path);
    if (methods == null) {
      return reply.json(404, "{\"detail\":\"Not Found\"}");
    }
    Route route = methods.get(request.method());
    if (route == null) {
      HttpMethod allowed = methods.keySet().iterator().next();
      return reply.header("allow", allowed.name()).json(405, "{\"detail\":\"Method Not Allowed\"}");
    }
    if (!authorized(path, request)) {
      return reply.json(401, "{\"error\":\"Unauthorized\"}");
    }
    return body(request)
        .flatMap(bytes -> Mono.from(answer(route, new Exchange(request, reply, bytes, trouble))));
  }

  private Publisher<Void> answer(Route route, Exchange exchange) {
    return exchange.trouble().before(exchange, () -> guarded(route, exchange));
  }

  private static Publisher<Void> guarded(Route route, Exchange exchange) {
    try {
      return route.apply(exchange);
    } catch (ApiError error) {
      return exchange.reply().error(error);
    }
  }

  private void addOperations() {
    get("/health", e -> e.reply().empty(engine.driver().isDead() ? 503 : 200));
    get("/ping", e -> e.reply().empty(engine.driver().isDead() ? 503 : 200));
    post("/ping", e -> e.reply().empty(engine.driver().isDead() ? 503 : 200));
    get("/version", e -> e.reply().json(200, "{\"version\":\"0.32.0\"}"));
    get("/load", e -> e.reply().json(200, "{\"server_load\":0}"));
    get("/kv_event_sources", e -> e.reply().json(200, "{}"));
    get("/v1/models", e -> e.reply().json(200, models()));
    get("/metrics", this::metrics);
    post("/reset_prefix_cache", this::resetPrefixCache);
    post("/tokenize", this::tokenize);
    post("/detokenize", this::detokenize);
  }

  private void addGeneration() {
    post("/v1/chat/completions", e -> generate(Api.CHAT, e));
    post("/v1/completions", e -> generate(Api.COMPLETION, e));
  }

  private Publisher<Void> generate(Api api, Exchange exchange) {
    GenerateRequest request;
    engine
        .state()
        .seen(
            path(exchange.request().uri()),
            headers(exchange.request()),
            new String(exchange.body(), StandardCharsets.UTF_8));
    try {
      request =
          reader.read(
              api,
              exchange.body(),
              exchange.header("content-type"),
              exchange.header("x-request-id"));
    } catch (ApiError error) {
      refused(exchange.body());
      throw error;
    }
    Generation generation = new Generation(engine, request, time.instant().getEpochSecond());
    if (request.stream().isStream()) {
      return exchange.trouble().stream(exchange.reply(), generation.events());
    }
    return exchange.trouble().whole(exchange.reply(), generation.whole());
  }

  /** D tells P when it refuses a decode leg (observed, trace c06). */
  private void refused(byte[] body) {
    try {
      if (Json.MAPPER.readTree(body).path("kv_transfer_params") instanceof ObjectNode params) {
        engine.connector().refused(params);
      }
    } catch (JacksonException e) {
      // Nothing can be told of a body that is no JSON.
    }
  }

  private Publisher<Void> metrics(Exchange exchange) {
    return Mono.fromFuture(engine.driver().call((core, now) -> core.stats()))
        .flatMap(
            stats ->
                Mono.from(
                    exchange
                        .reply()
                        .text("text/plain; version=1.0.0; charset=utf-8", metrics.text(stats))));
  }

  private Publisher<Void> resetPrefixCache(Exchange exchange) {
    return Mono.fromFuture(
            engine
                .driver()
                .call(
                    (core, now) -> {
                      boolean done = core.resetPrefixCache();
                      if (done) {
                        engine.truth().clear();
                      }
                      return done;
                    }))
        .flatMap(done -> Mono.from(exchange.reply().json(200, "{\"success\":" + done + "}")));
  }

  private Publisher<Void> tokenize(Exchange exchange) {
    int[] tokens = reader.tokenize(exchange.body(), exchange.header("content-type"));
    ObjectNode json =
        Json.MAPPER
            .createObjectNode()
            .put("count", tokens.length)
            .put("max_model_len", engine.options().maxModelLen());
    var list = json.putArray("tokens");
    for (int token : tokens) {
      list.add(Integer.toUnsignedLong(token));
    }
    return exchange.reply().json(200, json.putNull("token_strs").toString());
  }

  private Publisher<Void> detokenize(Exchange exchange) {
    String text = reader.detokenize(exchange.body(), exchange.header("content-type"));
    return exchange.reply().json(200, "{\"prompt\":" + Json.quote(text) + "}");
  }

  private String models() {
    String model = Json.quote(engine.options().model());
    long created = time.instant().getEpochSecond();
    return """
    {"object":"list","data":[{"id":%s,"object":"model","created":%d,"owned_by":"vllm",\
    "root":%s,"parent":null,"max_model_len":%d,"permission":[{"id":"modelperm-%016x",\
    "object":"model_permission","created":%d,"allow_create_engine":false,\
    "allow_sampling":true,"allow_logprobs":true,"allow_search_indices":false,\
    "allow_view":true,"allow_fine_tuning":false,"organization":"*","group":null,\
    "is_blocking":false}]}]}\
    """
        .formatted(
            model,
            created,
            model,
            engine.options().maxModelLen(),
            System.identityHashCode(this),
            created);
  }

  private boolean authorized(String path, HttpServerRequest request) {
    String key = engine.options().apiKey();
    return key == null
        || !path.startsWith("/v1")
        || ("Bearer " + key).equals(request.requestHeaders().get("authorization"));
  }

  private void get(String path, Route route) {
    routes.computeIfAbsent(path, p -> new LinkedHashMap<>()).put(HttpMethod.GET, route);
  }

  private void post(String path, Route route) {
    routes.computeIfAbsent(path, p -> new LinkedHashMap<>()).put(HttpMethod.POST, route);
  }

  private static Mono<byte[]> body(HttpServerRequest request) {
    return request.receive().aggregate().asByteArray().defaultIfEmpty(new byte[0]);
  }

  private static Map<String, String> headers(HttpServerRequest request) {
    Map<String, String> headers = new LinkedHashMap<>();
    request
        .requestHeaders()
        .forEach(one -> headers.put(one.getKey().toLowerCase(Locale.ROOT), one.getValue()));
    return headers;
  }

  private static String path(String uri) {
    int query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query);
  }
}
