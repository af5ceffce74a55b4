package io.turnpike.bench.client;

import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * What of Turnpike's proxy a client sees: modes, routes by conversation, receipts. The first turn
 * of a conversation, known by its first message, goes P→D; later ones go to D alone unless it is
 * told to forget.
 */
public final class FakeProxy implements AutoCloseable {

  private static final Pattern FIRST_MESSAGE = Pattern.compile("\"content\":\"([^\"]*)\"");

  private final Set<String> sessions = ConcurrentHashMap.newKeySet();
  private final CopyOnWriteArrayList<String> modes = new CopyOnWriteArrayList<>();
  private final DisposableServer server;
  private final AtomicInteger cleared = new AtomicInteger();
  private final boolean forgets;

  public FakeProxy(boolean forgets) {
    this.forgets = forgets;
    server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .route(
                routes ->
                    routes
                        .get("/v1/models", (q, r) -> text(r, "{\"data\":[{\"id\":\"m\"}]}"))
                        .get("/receipts/{id}", (q, r) -> text(r, receipt(q)))
                        .post("/mode/adaptive", (q, r) -> text(r.status(400), "{\"error\":{}}"))
                        .post("/mode/{mode}", (q, r) -> text(r, switched(q)))
                        .post("/conversations/clear", (q, r) -> text(r, cleared()))
                        .post(
                            "/v1/**",
                            (q, r) -> q.receive().aggregate().asString().flatMap(b -> turn(b, r))))
            .bindNow();
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  /** Modes that it was switched to. */
  public java.util.List<String> modes() {
    return modes;
  }

  /** How often everybody's conversations were forgotten. */
  public int clears() {
    return cleared.get();
  }

  private String cleared() {
    return "{\"cleared\":%d}".formatted(cleared.incrementAndGet());
  }

  private String switched(HttpServerRequest request) {
    String before = modes.isEmpty() ? "pd" : modes.getLast();
    modes.add(String.valueOf(request.param("mode")));
    return "{\"mode\":\"%s\",\"previous\":\"%s\"}".formatted(modes.getLast(), before);
  }

  private static String receipt(HttpServerRequest request) {
    boolean direct = String.valueOf(request.param("id")).startsWith("decode-direct");
    return direct
        ? "{\"decode_first_ms\":30,\"ttft_ms\":31.5}"
        : "{\"prefill_ms\":30,\"decode_first_ms\":20,\"ttft_ms\":51.5}";
  }

  private Mono<Void> turn(String body, HttpServerResponse response) {
    return Mono.defer(
        () -> {
          Matcher first = FIRST_MESSAGE.matcher(body);
          boolean known = first.find() && !sessions.add(first.group(1)) && !forgets;
          String route = known ? "decode-direct" : "disaggregated";
          response
              .header("X-Turnpike-Route", route)
              .header("X-Turnpike-Receipt", route + "-1")
              .header("Content-Type", "text/event-stream");
          return Mono.from(
              text(
                  response,
                  """
                  data: {"choices":[{"delta":{"content":"a"}}]}

                  data: {"choices":[],"usage":{"prompt_tokens":64,"completion_tokens":1}}

                  data: [DONE]

                  """));
        });
  }

  private static Publisher<Void> text(HttpServerResponse response, String text) {
    return response.sendString(Mono.just(text));
  }

  @Override
  public void close() {
    server.disposeNow(Duration.ofMillis(100));
  }
}
