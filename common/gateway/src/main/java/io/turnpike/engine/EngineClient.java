package io.turnpike.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AttributeKey;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.openai.TurnApi;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * Runs single legs against engines over pooled HTTP/1.1 connections. Thread-safe; one per service.
 *
 * <p>A call ends by its answer's body being read, by an error ({@link LegException}), or by
 * cancellation, which closes the connection: that is vLLM's way of being told to abort.
 */
public final class EngineClient implements AutoCloseable {

  private static final AttributeKey<Boolean> USED = AttributeKey.valueOf("turnpike.used");

  private final ConnectionProvider connections;
  private final HttpClient prefillClient;
  private final HttpClient decodeClient;
  private final ConcurrentHashMap<Target, HttpClient.RequestSender> senders =
      new ConcurrentHashMap<>();

  /**
   * @param settings limits and timeouts
   * @param loops event loops, the server's own, so that both sides of a turn share a thread
   */
  public EngineClient(EngineSettings settings, LoopResources loops) {
    connections =
        ConnectionProvider.builder("engines")
            .maxConnections(settings.maxConnections())
            .pendingAcquireMaxCount(settings.maxPending())
            .pendingAcquireTimeout(settings.connectTimeout().plus(Duration.ofSeconds(8)))
            .maxIdleTime(settings.maxIdle())
            .evictInBackground(Duration.ofSeconds(10))
            .lifo()
            .build();
    HttpClient base =
        HttpClient.create(connections)
            .runOn(loops)
            .disableRetry(true)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.toIntExact(settings.connectTimeout().toMillis()))
            .option(ChannelOption.TCP_NODELAY, true)
            .httpResponseDecoder(spec -> spec.validateHeaders(false).maxHeaderSize(64 * 1024))
            .headers(headers -> defaults(headers, settings.apiKey()));
    prefillClient = base.responseTimeout(settings.prefillTimeout());
    decodeClient = base.responseTimeout(settings.decodeTimeout());
  }

  private static void defaults(HttpHeaders headers, @Nullable String apiKey) {
    headers.set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
    headers.set(HttpHeaderNames.USER_AGENT, "turnpike");
    if (apiKey != null && !apiKey.isBlank()) {
      headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + apiKey);
    }
  }

  /** Which leg of a turn a call is: it decides the patience. */
  public enum Leg {
    PREFILL,
    DECODE
  }

  /**
   * One call.
   *
   * @param node whom to call
   * @param leg which leg it is
   * @param api which path
   * @param headers what is forwarded of the client's headers, and the request id
   * @param body makes the body; called once for each time the request is sent
   * @param resend whether it may be sent once more if it dies on a reused connection before any
   *     byte came back; never for a body with handoff parameters
   */
  public record Call(
      Node node,
      Leg leg,
      TurnApi api,
      HttpHeaders headers,
      Function<ByteBufAllocator, ByteBuf> body,
      Resend resend) {}

  /** Whether a call may be repeated on a fresh connection. */
  public enum Resend {
    ALLOWED,
    FORBIDDEN
  }

  /** Sends a request; emits when the answer's status and headers are there. */
  public Mono<EngineAnswer> send(Call call) {
    Attempt first = new Attempt(call);
    Mono<EngineAnswer> sent = first.send();
    if (call.resend() == Resend.ALLOWED) {
      sent =
          sent.onErrorResume(
              LegException.class,
              broken -> first.diedOfAge(broken) ? new Attempt(call).send() : Mono.error(broken));
    }
    return sent;
  }

  private HttpClient.RequestSender sender(Target target) {
    HttpClient client = target.leg == Leg.PREFILL ? prefillClient : decodeClient;
    return client.post().uri(target.url + target.api.path());
  }

  /** Forgets what was prepared for nodes that left. */
  public void keepOnly(Set<NodeId> present) {
    senders.keySet().removeIf(target -> !present.contains(target.node));
  }

  @Override
  public void close() {
    connections.disposeLater().block(Duration.ofSeconds(2));
  }

  private record Target(NodeId node, URI url, Leg leg, TurnApi api) {}

  /** One sending of a request. */
  private final class Attempt {
    private final Call call;
    private boolean reused;

    Attempt(Call call) {
      this.call = call;
    }

    Mono<EngineAnswer> send() {
      Target target = new Target(call.node().id(), call.node().url(), call.leg(), call.api());
      return senders
          .computeIfAbsent(target, EngineClient.this::sender)
          .send(
              (request, outbound) -> {
                outbound.withConnection(this::noteUse);
                ByteBuf body = call.body().apply(outbound.alloc());
                request
                    .requestHeaders()
                    .add(call.headers())
                    .setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
                return outbound.sendObject(body);
              })
          .responseConnection(
              (response, connection) ->
                  Mono.just(new EngineAnswer(call.node(), response, connection)))
          .single()
          .onErrorMap(thrown -> LegException.of(call.node(), thrown));
    }

    private void noteUse(Connection connection) {
      reused = connection.channel().attr(USED).getAndSet(Boolean.TRUE) != null;
    }

    /** Whether it went to a connection that the engine was just closing. */
    boolean diedOfAge(LegException broken) {
      return reused && broken.kind() == LegException.Kind.LOST;
    }
  }
}
