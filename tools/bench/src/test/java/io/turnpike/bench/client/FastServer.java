package io.turnpike.bench.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.NettyOutbound;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A server that costs next to nothing, to measure what the load generator costs: it answers at
 * once, or streams {@code max_tokens} events, 16 to a write, with a pause between writes.
 * Arguments: port, pause in ms. docs/bench.md says how it is used.
 */
public final class FastServer {

  private static final Pattern MAX_TOKENS = Pattern.compile("\"max_tokens\":(\\d+)");
  private static final int EVENTS_PER_WRITE = 16;
  private static final String EVENT =
      "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,"
          + "\"model\":\"fast\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" word\"},"
          + "\"logprobs\":null,\"finish_reason\":null,\"token_ids\":null}]}\n\n";
  private static final ByteBuf EVENTS = bytes(EVENT.repeat(EVENTS_PER_WRITE));
  private static final String USAGE =
      "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":%d,\"total_tokens\":9}";

  private final Duration pause;

  private FastServer(Duration pause) {
    this.pause = pause;
  }

  /** Serves until it is killed. */
  public static void main(String[] arguments) {
    FastServer server = new FastServer(Duration.ofMillis(Integer.parseInt(arguments[1])));
    DisposableServer bound =
        HttpServer.create()
            .host("127.0.0.1")
            .port(Integer.parseInt(arguments[0]))
            .route(
                routes ->
                    routes
                        .get(
                            "/v1/models",
                            (q, r) -> r.sendString(Mono.just("{\"data\":[{\"id\":\"fast\"}]}")))
                        .post(
                            "/v1/**",
                            (q, r) ->
                                q.receive()
                                    .aggregate()
                                    .asString()
                                    .flatMap(b -> server.answer(b, r))))
            .bindNow();
    System.out.println("listening on port " + bound.port());
    bound.onDispose().block();
  }

  private Mono<Void> answer(String body, HttpServerResponse response) {
    Matcher matcher = MAX_TOKENS.matcher(body);
    int tokens = matcher.find() ? Integer.parseInt(matcher.group(1)) : EVENTS_PER_WRITE;
    if (!body.contains("\"stream\":true")) {
      String usage = USAGE.formatted(tokens);
      return response
          .header("Content-Type", "application/json")
          .sendObject(
              bytes(
                  "{\"choices\":[{\"message\":{\"content\":\"word\"},\"finish_reason\":"
                      + "\"length\"}],"
                      + usage
                      + "}"))
          .then();
    }
    int writes = Math.max(1, tokens / EVENTS_PER_WRITE);
    String last =
        "data: {\"choices\":[],%s}\n\ndata: [DONE]\n\n"
            .formatted(USAGE.formatted(writes * EVENTS_PER_WRITE));
    Flux<ByteBuf> events = Flux.range(0, writes).map(i -> EVENTS.retainedDuplicate());
    Flux<ByteBuf> paced = pause.isZero() ? events : events.delayElements(pause);
    NettyOutbound out =
        response
            .header("Content-Type", "text/event-stream")
            .send(paced.concatWith(Mono.fromSupplier(() -> bytes(last))), bytes -> true);
    return out.then();
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.unreleasableBuffer(
        Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8)));
  }
}
