package io.turnpike.simulator.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpMethod;
import io.turnpike.simulator.wire.ApiError;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Writes answers with uvicorn's headers. */
final class Reply {

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

  private final HttpServerRequest request;
  private final HttpServerResponse response;

  Reply(HttpServerRequest request, HttpServerResponse response, InstantSource time) {
    this.request = request;
    this.response = response;
    response.header("date", DATE.format(time.instant()));
    response.header("server", "uvicorn");
  }

  Reply header(String name, String value) {
    response.header(name, value);
    return this;
  }

  Publisher<Void> empty(int status) {
    return body(status, null, new byte[0]);
  }

  Publisher<Void> json(int status, String json) {
    return body(status, "application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  Publisher<Void> error(ApiError error) {
    return body(error.status(), "application/json", error.body());
  }

  Publisher<Void> text(String contentType, String text) {
    return body(200, contentType, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Server-sent events, each flushed by itself, headers at once. */
  Publisher<Void> events(Flux<String> events) {
    response
        .status(200)
        .header("content-type", "text/event-stream; charset=utf-8")
        .header("vary", "Origin")
        .chunkedTransfer(true);
    Flux<ByteBuf> bytes =
        events.map(data -> Unpooled.copiedBuffer("data: " + data + "\n\n", StandardCharsets.UTF_8));
    return response.sendHeaders().send(bytes, buffer -> true);
  }

  /** Cuts the connection: the client sees a reset. */
  Mono<Void> reset() {
    return cut();
  }

  /** Like {@link #reset}, as the rest of a stream. */
  <T> Mono<T> cut() {
    request.withConnection(
        connection -> {
          connection.channel().config().setOption(ChannelOption.SO_LINGER, 0);
          connection.channel().unsafe().close(connection.channel().voidPromise());
        });
    return Mono.never();
  }

  private Publisher<Void> body(int status, @Nullable String type, byte[] body) {
    response.status(status).header("content-length", Integer.toString(body.length));
    if (type != null) {
      response.header("content-type", type);
    }
    response.header("vary", "Origin");
    if (body.length == 0 || request.method().equals(HttpMethod.HEAD)) {
      return response.send();
    }
    return response.send(Mono.just(Unpooled.wrappedBuffer(body)));
  }
}
