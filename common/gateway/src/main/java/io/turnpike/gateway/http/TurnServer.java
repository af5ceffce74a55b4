package io.turnpike.gateway.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpServerCodec;
import java.util.function.LongSupplier;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/**
 * Puts turns into Boot's own server, in front of Reactor Netty: same port, same TLS, WebFlux for
 * all that is no turn. HTTP/1.1 and 1.0 only: of HTTP/2, where a server is set to it, streams have
 * pipelines of their own and turns in them are not found.
 */
public final class TurnServer implements NettyServerCustomizer {

  private static final String NAME = "turnpike.turns";

  private final TurnHandler turns;
  private final ClientLimits limits;
  private final BodyMemory memory;
  private final LongSupplier ticker;

  public TurnServer(
      TurnHandler turns, ClientLimits limits, BodyMemory memory, LongSupplier ticker) {
    this.turns = turns;
    this.limits = limits;
    this.memory = memory;
    this.ticker = ticker;
  }

  @Override
  public HttpServer apply(HttpServer server) {
    return server
        .childOption(ChannelOption.SO_KEEPALIVE, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .doOnChannelInit((observer, channel, remote) -> install(channel));
  }

  private void install(Channel channel) {
    if (channel.pipeline().get(NettyPipeline.HttpCodec) instanceof HttpServerCodec) {
      channel
          .pipeline()
          .addAfter(
              NettyPipeline.HttpCodec, NAME, new ClientConnection(turns, limits, memory, ticker));
    }
  }
}
