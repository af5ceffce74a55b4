package io.turnpike.engine.http;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.concurrent.Future;
import io.turnpike.turn.LegFault;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Opens connections of one loop: TCP, and TLS where the URL says so. */
@SuppressWarnings("FutureReturnValueIgnored") // what comes of it is told to the listener
final class ConnectionOpener {

  private static final int MAX_ANSWER_HEAD_BYTES = 64 * 1024;

  private final Bootstrap bootstrap;
  private final int timeoutMillis;
  private final Supplier<SslContext> tls;

  ConnectionOpener(EventLoop loop, EngineSockets sockets, EngineClients.Terms terms) {
    tls = terms.tls();
    timeoutMillis = Math.toIntExact(Math.max(1, terms.limits().connectTimeout().toMillis()));
    bootstrap =
        new Bootstrap()
            .group(loop)
            .channelFactory(() -> sockets.channel().apply(loop))
            .resolver(sockets.resolver())
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true);
  }

  /** Hears of a connection that stands, or why there is none. */
  interface Opened {
    void opened(@Nullable EngineConnection connection, @Nullable Throwable failure);
  }

  void connect(EngineTarget target, EnginePool pool, Opened then) {
    bootstrap
        .clone()
        .handler(new Pipeline(target, pool))
        .connect(target.address())
        .addListener((ChannelFuture connected) -> stands(connected, then));
  }

  private static void stands(ChannelFuture connected, Opened then) {
    if (!connected.isSuccess()) {
      then.opened(null, connected.cause());
      return;
    }
    Channel channel = connected.channel();
    SslHandler security = channel.pipeline().get(SslHandler.class);
    if (security == null) {
      then.opened(channel.pipeline().get(EngineConnection.class), null);
    } else {
      security.handshakeFuture().addListener((Future<Channel> secured) -> secured(secured, then));
    }
  }

  private static void secured(Future<Channel> secured, Opened then) {
    if (secured.isSuccess()) {
      then.opened(secured.getNow().pipeline().get(EngineConnection.class), null);
    } else {
      then.opened(null, secured.cause());
    }
  }

  static LegFault kind(@Nullable Throwable why) {
    return switch (why) {
      case ConnectTimeoutException e -> LegFault.CONNECT_TIMEOUT;
      case SslHandshakeTimeoutException e -> LegFault.CONNECT_TIMEOUT;
      case ConnectException e -> LegFault.REFUSED;
      case NoRouteToHostException e -> LegFault.REFUSED;
      case UnknownHostException e -> LegFault.REFUSED;
      case SSLException e -> LegFault.REFUSED;
      case null, default -> LegFault.BUSY; // no socket, no port: ours
    };
  }

  static String describe(@Nullable Throwable why) {
    return switch (kind(why)) {
      case CONNECT_TIMEOUT -> "took too long to be connected to";
      case BUSY -> "could not be asked: this gateway could open no connection";
      default -> why instanceof SSLException ? "failed to agree on TLS" : "cannot be reached";
    };
  }

  private final class Pipeline extends ChannelInitializer<Channel> {
    private final EngineTarget target;
    private final EnginePool pool;

    Pipeline(EngineTarget target, EnginePool pool) {
      this.target = target;
      this.pool = pool;
    }

    @Override
    protected void initChannel(Channel channel) {
      if (target.isSecure()) {
        SslHandler handler = tls.get().newHandler(channel.alloc(), target.host(), target.port());
        handler.setHandshakeTimeoutMillis(timeoutMillis);
        channel.pipeline().addLast(handler);
      }
      HttpDecoderConfig config =
          new HttpDecoderConfig()
              .setMaxHeaderSize(MAX_ANSWER_HEAD_BYTES)
              .setMaxChunkSize(MAX_ANSWER_HEAD_BYTES)
              .setValidateHeaders(false);
      channel.pipeline().addLast(new AnswerDecoder(config), new EngineConnection(pool, channel));
    }
  }
}
