package io.turnpike.engine;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.turnpike.connector.Connectors;
import io.turnpike.node.Connector;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.netty.ByteBufFlux;
import reactor.netty.Connection;
import reactor.netty.NettyInbound;
import reactor.netty.http.client.HttpClientResponse;

/** Engine answers without an engine. */
public final class Bodies {

  private Bodies() {}

  public static Node node(String id, Role role, Connector connector, String epoch) {
    return new Node(
        new NodeId(id),
        role,
        URI.create("http://127.0.0.1:1"),
        connector,
        NodeState.READY,
        new Epoch(epoch),
        List.of(),
        null,
        null,
        null);
  }

  /** An answer whose body is that publisher. */
  public static EngineAnswer answer(int status, @Nullable String type, Publisher<ByteBuf> body) {
    HttpHeaders headers = new DefaultHttpHeaders();
    if (type != null) {
      headers.set(HttpHeaderNames.CONTENT_TYPE, type);
    }
    NettyInbound inbound =
        fake(NettyInbound.class, Map.of("receive", ByteBufFlux.fromInbound(Flux.from(body))));
    return new EngineAnswer(
        node("d", Role.DECODE, Connectors.NIXL, "e1"),
        fake(
            HttpClientResponse.class,
            Map.of("status", HttpResponseStatus.valueOf(status), "responseHeaders", headers)),
        fake(Connection.class, Map.of("inbound", inbound)));
  }

  /** An object of an interface whose methods give these values, or nothing. */
  @SuppressWarnings("NullAway") // other methods give null, which nobody reads
  private static <T> T fake(Class<T> type, Map<String, Object> values) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> values.get(method.getName())));
  }
}
