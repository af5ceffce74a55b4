package io.turnpike.engine.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.turnpike.turn.LegFault;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection to an engine: carries one call at a time, behind Netty's response decoder. */
@SuppressWarnings(
    "FutureReturnValueIgnored") // writes end in exceptionCaught, closes in channelInactive
final class EngineConnection extends ChannelInboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(EngineConnection.class);
  private static final String CUT = "closed the connection before its answer was whole";

  private final EnginePool pool;
  private final Channel channel;

  private @Nullable Call call;
  private boolean reused;
  private boolean keepAlive;
  private boolean skipsInterim;
  private boolean told;
  private long idleSinceNanos;

  EngineConnection(EnginePool pool, Channel channel) {
    this.pool = pool;
    this.channel = channel;
  }

  /** Whether it has carried a call before the present one. */
  boolean isReused() {
    return reused;
  }

  long idleSinceNanos() {
    return idleSinceNanos;
  }

  void idleSince(long nowNanos) {
    idleSinceNanos = nowNanos;
    reused = true;
  }

  boolean isUsable() {
    return channel.isActive();
  }

  @Nullable Call call() {
    return call;
  }

  void close() {
    channel.close();
  }

  // --- the request ---

  void send(Call next, EngineTarget target) {
    ByteBuf body = next.bodyFor(this);
    ByteBuf head = target.encode(channel.alloc(), next.request, body);
    call = next;
    told = false;
    if (body.readableBytes() <= EngineTarget.MAX_COPIED_BODY) {
      body.release();
    } else {
      channel.write(head, channel.voidPromise());
      head = body;
    }
    channel.writeAndFlush(head, channel.voidPromise());
    if (!next.reads()) {
      read(false);
    }
  }

  void read(boolean wanted) {
    channel.config().setAutoRead(wanted);
  }

  /** Its caller left: the engine is told by a closed connection. */
  void giveUp() {
    call = null;
    channel.close();
  }

  /** Ends what it carries. */
  void breakOff(LegFault failure, String what) {
    Call broken = call;
    call = null;
    channel.close();
    if (broken != null) {
      broken.broke(failure, what);
    }
  }

  // --- the answer ---

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (call == null || !(message instanceof HttpObject part)) {
      ReferenceCountUtil.release(message); // given up, or sent without being asked
      channel.close();
      return;
    }
    if (part.decoderResult().isFailure()) {
      ReferenceCountUtil.release(message);
      if (part.decoderResult().cause() instanceof PrematureChannelClosureException) {
        return; // what follows is that it closed
      }
      breakOff(LegFault.NONSENSE, "gave an answer that is no HTTP");
      return;
    }
    if (part instanceof HttpResponse head) {
      head(call, head);
    }
    if (part instanceof HttpContent content) {
      content(content);
    }
  }

  private void head(Call of, HttpResponse head) {
    of.answered();
    if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
      skipsInterim = true;
      if (head.status().code() == 101) {
        breakOff(LegFault.NONSENSE, "switched protocols unasked");
      }
      return;
    }
    keepAlive = HttpUtil.isKeepAlive(head);
    told = true;
    of.listener.head(head.status().code(), head.headers());
  }

  private void content(HttpContent content) {
    boolean last = content instanceof LastHttpContent;
    if (skipsInterim) {
      skipsInterim = !last;
      content.release();
      return;
    }
    Call of = call;
    if (of != null && content.content().isReadable()) {
      of.listener.body(content.content());
    } else {
      content.release();
    }
    if (last && call != null && call == of) {
      end(call);
    }
  }

  private void end(Call whole) {
    call = null;
    whole.finish();
    if (!whole.reads()) {
      read(true);
    }
    if (keepAlive && channel.isActive() && isWritten()) {
      pool.release(this);
    } else {
      channel.close();
    }
    whole.listener.end();
  }

  /** An engine may answer before it has read all: such a connection cannot be used again. */
  private boolean isWritten() {
    ChannelOutboundBuffer left = channel.unsafe().outboundBuffer();
    return left != null && left.totalPendingWriteBytes() == 0;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (call != null && told) {
      call.listener.readComplete();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Call broken = call;
    call = null;
    if (broken != null && broken.resends(this)) {
      pool.closed(this, broken);
    } else {
      pool.closed(this, null);
      if (broken != null) {
        broken.broke(LegFault.LOST, CUT);
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException || cause instanceof DecoderException)) {
      LOG.atError().setCause(cause).log("a leg failed by a fault of the gateway");
    }
    channel.close();
  }
}
