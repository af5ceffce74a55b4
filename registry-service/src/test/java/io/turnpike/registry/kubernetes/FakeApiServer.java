package io.turnpike.registry.kubernetes;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.turnpike.membership.NodeCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Pods as an API server tells them: lists in pages, watches that go on from a version, and all the
 * ways in which it can fail that a real one shows only by chance.
 */
public final class FakeApiServer implements AutoCloseable {

  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final String TOKEN = "Bearer the-token";

  private final DisposableServer server;
  private final Map<String, ObjectNode> pods = new TreeMap<>();
  private final List<ObjectNode> events = new CopyOnWriteArrayList<>();
  private final List<Sinks.Many<String>> watches = new CopyOnWriteArrayList<>();
  private final AtomicInteger lists = new AtomicInteger();
  private final Set<String> forbidden = ConcurrentHashMap.newKeySet();
  private int version = 100;
  private volatile int forgottenBefore;
  private volatile boolean away;

  private FakeApiServer() {
    server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .route(
                routes ->
                    routes
                        .get("/api/v1/namespaces/default/pods", this::pods)
                        .post(
                            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", this::review))
            .bindNow(BOUND);
  }

  public static FakeApiServer start() {
    return new FakeApiServer();
  }

  public String url() {
    return "http://127.0.0.1:" + server.port();
  }

  /** A pod that runs and is ready, and has these labels besides. */
  public synchronized void ready(String name, int port, String... labels) {
    ObjectNode pod = Pods.ready(name, "127.0.0.1", labels);
    ((ObjectNode) pod.path("metadata").path("labels"))
        .put("turnpike.io/role", "decode")
        .put("turnpike.io/port", Integer.toString(port));
    put(name, pod);
  }

  public synchronized void notReady(String name) {
    put(name, Pods.notReady(pod(name)));
  }

  public synchronized void ending(String name) {
    put(name, Pods.ending(pod(name)));
  }

  private ObjectNode pod(String name) {
    return Objects.requireNonNull(pods.get(name));
  }

  private void put(String name, ObjectNode pod) {
    String type = pods.put(name, pod) == null ? "ADDED" : "MODIFIED";
    tell(type, pod);
  }

  public synchronized void delete(String name) {
    tell("DELETED", Objects.requireNonNull(pods.remove(name)));
  }

  private void tell(String type, ObjectNode pod) {
    ((ObjectNode) pod.path("metadata")).put("resourceVersion", Integer.toString(++version));
    ObjectNode event = (ObjectNode) NodeCodec.parse("{}");
    event.put("type", type).set("object", pod.deepCopy());
    events.add(event);
    watches.forEach(watch -> watch.tryEmitNext(event + "\n"));
  }

  /** Ends all watches in the middle of a line. */
  public void cut() {
    watches.forEach(
        watch -> {
          watch.tryEmitNext("{\"type\":\"MODI");
          watch.tryEmitError(new IllegalStateException("cut"));
        });
    watches.clear();
  }

  /** What was before now cannot be watched any more. */
  public synchronized void forget() {
    forgottenBefore = version;
  }

  /** Says so to those who watch, as an event. */
  public void sayGone() {
    watches.forEach(watch -> watch.tryEmitNext(status(410, "too old") + "\n"));
    watches.clear();
  }

  private static String status(int code, String message) {
    return "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":%d,\"message\":\"%s\"}}"
        .formatted(code, message);
  }

  /** Whoever asks from now on is answered 503, and watches are cut; or all is well again. */
  public void away(boolean now) {
    away = now;
    if (now) {
      cut();
    }
  }

  public void forbid(String verb) {
    forbidden.add(verb);
  }

  public int lists() {
    return lists.get();
  }

  public int watchers() {
    return watches.size();
  }

  private Publisher<Void> review(HttpServerRequest request, HttpServerResponse response) {
    return response
        .status(201)
        .sendString(
            request
                .receive()
                .aggregate()
                .asString()
                .map(
                    text -> {
                      JsonNode asked =
                          NodeCodec.parse(text).path("spec").path("resourceAttributes");
                      boolean may = !forbidden.contains(asked.path("verb").asString());
                      return "{\"status\":{\"allowed\":%s}}".formatted(may);
                    }));
  }

  private Publisher<Void> pods(HttpServerRequest request, HttpServerResponse response) {
    if (away) {
      return response.status(503).send();
    }
    if (!TOKEN.equals(request.requestHeaders().get("authorization"))) {
      return response.status(401).sendString(Mono.just("{\"message\":\"Unauthorized\"}"));
    }
    Map<String, List<String>> query = new QueryStringDecoder(request.uri()).parameters();
    return query.containsKey("watch")
        ? watch(
            Integer.parseInt(query.getOrDefault("resourceVersion", List.of("0")).getFirst()),
            response)
        : response.sendString(Mono.just(list(query.containsKey("continue"))));
  }

  /** Two pages, so that a reader has to go on. */
  private synchronized String list(boolean second) {
    ObjectNode list = (ObjectNode) NodeCodec.parse("{\"kind\":\"PodList\"}");
    ArrayNode items = list.putArray("items");
    Predicate<String> onPage = name -> second == (name.compareTo("m") >= 0);
    pods.forEach(
        (name, pod) -> {
          if (onPage.test(name)) {
            items.add(pod);
          }
        });
    ObjectNode about = list.putObject("metadata").put("resourceVersion", Integer.toString(version));
    if (second) {
      lists.incrementAndGet();
    } else {
      about.put("continue", "page/2");
    }
    return list.toString();
  }

  private synchronized Publisher<Void> watch(int from, HttpServerResponse response) {
    if (from < forgottenBefore) {
      return response
          .status(410)
          .sendString(Mono.just("{\"kind\":\"Status\",\"code\":410,\"message\":\"too old\"}"));
    }
    Sinks.Many<String> sink = Sinks.many().unicast().onBackpressureBuffer();
    events.stream()
        .filter(event -> versionOf(event) > from)
        .forEach(event -> sink.tryEmitNext(event + "\n"));
    watches.add(sink);
    Flux<String> lines = sink.asFlux();
    return response.sendObject(lines.map(FakeApiServer::buffer), _ -> true);
  }

  private static ByteBuf buffer(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }

  private static int versionOf(ObjectNode event) {
    return Integer.parseInt(
        event.path("object").path("metadata").path("resourceVersion").asString());
  }

  @Override
  public void close() {
    server.disposeNow(BOUND);
  }
}
