package io.turnpike.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.turnpike.node.Node;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientResponse;

/**
 * An engine's answer whose head has arrived. Its body must be read, or {@link #drop dropped}, once.
 */
public final class EngineAnswer {

  private final Node node;
  private final HttpClientResponse response;
  private final Connection connection;

  EngineAnswer(Node node, HttpClientResponse response, Connection connection) {
    this.node = node;
    this.response = response;
    this.connection = connection;
  }

  public Node node() {
    return node;
  }

  public int status() {
    return response.status().code();
  }

  /** The content type as the engine gave it, or null. */
  public @Nullable String contentType() {
    return response.responseHeaders().get(HttpHeaderNames.CONTENT_TYPE);
  }

  /** A header of the answer, or null. */
  public @Nullable String header(CharSequence name) {
    return response.responseHeaders().get(name);
  }

  /** Whether the body is a stream of events. */
  public boolean isEventStream() {
    String type = contentType();
    return type != null && type.startsWith("text/event-stream");
  }

  /**
   * The body's bytes as they come. A buffer is released when {@code onNext} returns: retain it to
   * keep it. Cancelling closes the connection.
   */
  public Flux<ByteBuf> body() {
    return connection.inbound().receive().onErrorMap(thrown -> LegException.of(node, thrown));
  }

  /** The whole body; more than the limit is {@link LegException.Kind#NONSENSE}. */
  public Mono<byte[]> whole(long limit) {
    return body()
        .collect(() -> Unpooled.buffer(2048), (all, part) -> add(all, part, limit))
        .map(ByteBufUtil::getBytes);
  }

  private void add(ByteBuf all, ByteBuf part, long limit) {
    if (all.readableBytes() + (long) part.readableBytes() > limit) {
      throw new LegException(
          node, LegException.Kind.NONSENSE, "gave an answer of more than " + limit + " bytes");
    }
    all.writeBytes(part);
  }

  /** Gives the answer up and closes its connection. */
  public void drop() {
    connection.dispose();
  }
}
