package io.turnpike.registry.zmq;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.turnpike.registry.zmq.ZmtpReader.Event;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One peer of the ping socket: a ROUTER's side of ZMTP, which answers a greeting and heartbeats and
 * otherwise only listens. A peer that sends no ping for long, or what no peer sends, is left; an
 * engine connects again by itself.
 */
final class ZmtpConnection extends SimpleChannelInboundHandler<ByteBuf> {

  /** Engines ping every 3 s. */
  private static final Duration WITHOUT_PING = Duration.ofSeconds(60);

  private static final Duration HANDSHAKE = Duration.ofSeconds(10);

  private final ZmtpReader reader = new ZmtpReader();
  private final Pings pings;
  private boolean ready;
  private boolean left;
  private boolean pinged;

  /** Who hears what a peer said. */
  interface Pings {

    /** A message of one part; whether it was a ping that was taken. */
    boolean take(byte[] payload);

    /** Something that is no ping. */
    void drop(DropReason reason);
  }

  ZmtpConnection(Pings pings) {
    this.pings = pings;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    say(context, ZmtpCommand.greeting());
    after(HANDSHAKE, context, () -> closeUnless(ready, context));
    after(WITHOUT_PING, context, () -> checkPings(context));
  }

  private void checkPings(ChannelHandlerContext context) {
    closeUnless(pinged, context);
    pinged = false;
    if (context.channel().isActive()) {
      after(WITHOUT_PING, context, () -> checkPings(context));
    }
  }

  private static void closeUnless(boolean good, ChannelHandlerContext context) {
    if (!good) {
      var _ = context.close();
    }
  }

  private static void after(Duration time, ChannelHandlerContext context, Runnable then) {
    var _ = context.executor().schedule(then, time.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
    while (!left) {
      Event event = reader.next(bytes);
      if (event == null) {
        return;
      }
      take(context, event);
    }
  }

  private void take(ChannelHandlerContext context, Event event) {
    switch (event) {
      case Event.Greeted _ -> say(context, ZmtpCommand.ready());
      case Event.Command(byte[] body) -> command(context, body);
      case Event.Message(byte[] payload) when ready -> pinged |= pings.take(payload);
      case Event.NoPing(DropReason reason) when ready -> pings.drop(reason);
      case Event.Message _, Event.NoPing _, Event.Violation _ -> leave(context);
    }
  }

  private void command(ChannelHandlerContext context, byte[] body) {
    if (!ready) {
      ready = ZmtpCommand.is("READY", body) && ZmtpCommand.mayBegin(body);
      if (!ready) {
        leave(context);
      }
    } else if (ZmtpCommand.is("PING", body) && context.channel().isWritable()) {
      say(context, ZmtpCommand.pong(body));
    }
  }

  private static void say(ChannelHandlerContext context, ByteBuf frame) {
    var _ = context.writeAndFlush(frame);
  }

  private void leave(ChannelHandlerContext context) {
    left = true;
    pings.drop(DropReason.PROTOCOL);
    var _ = context.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable fault) {
    var _ = context.close();
  }
}
