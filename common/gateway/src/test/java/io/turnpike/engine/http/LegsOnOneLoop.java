package io.turnpike.engine.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.turnpike.engine.http.LegRequest.Resend;
import java.net.URI;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import reactor.netty.resources.LoopResources;

/** Sends legs from one loop, over real sockets. */
abstract class LegsOnOneLoop {

  static final ConnectionLimits LIMITS =
      new ConnectionLimits(
          8, 8, Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(30));

  final LoopResources loops = LoopResources.create("test", 1, true);
  final EventLoop loop = loops.onServer(true).next();
  EngineClients clients = clients(LIMITS);

  EngineClients clients(ConnectionLimits limits) {
    return new EngineClients(
        new EngineSockets(
            it -> loops.onChannel(SocketChannel.class, it), DefaultAddressResolverGroup.INSTANCE),
        new EngineClients.Terms(limits, "secret", LegsOnOneLoop::trustOfTheJdk),
        System::nanoTime);
  }

  private static SslContext trustOfTheJdk() {
    try {
      return SslContextBuilder.forClient().build();
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void stop() {
    clients.close();
    loops.disposeLater(Duration.ZERO, Duration.ofSeconds(2)).block();
  }

  RecordedLeg send(URI engine, String body, Resend resend) {
    return send(request(engine, body, resend, LegRequest.ANY_TIME), new RecordedLeg());
  }

  RecordedLeg send(LegRequest request, RecordedLeg leg) {
    loop.submit(() -> leg.call = clients.of(loop).send(request, leg)).syncUninterruptibly();
    return leg;
  }

  static LegRequest request(URI engine, String body, Resend resend, long latestNanos) {
    HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
    headers.set("x-request-id", "id-1");
    return new LegRequest(
        engine,
        "/v1/chat/completions",
        headers,
        Unpooled.copiedBuffer(body, UTF_8),
        resend,
        latestNanos);
  }

  void onLoop(Runnable task) {
    loop.submit(task).syncUninterruptibly();
  }
}
