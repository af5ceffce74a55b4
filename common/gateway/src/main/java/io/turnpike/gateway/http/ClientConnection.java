package io.turnpike.gateway.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.turnpike.gateway.http.TurnListener.ClientEnd;
import io.turnpike.openai.TurnApi;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection, between the HTTP codec and Reactor Netty: takes the turns out, passes
 * the rest on, and keeps answers in the order of requests.
 *
 * <pre>
 *   codec ──► turn path? ── no ──► Reactor Netty ──► WebFlux      answers of both leave
 *               │ yes                                             by this handler
 *               ▼
 *          TurnExchange ──► TurnHandler
 * </pre>
 *
 * <p>A request that comes while the other side still answers waits in a queue, and beyond a bound
 * the socket is not read. Reactor Netty reads when it pleases: while reading is paused here its
 * calls end here. It also closes what it takes for idle when the server stops; while a turn runs
 * that waits for the turn's end.
 */
@SuppressWarnings("FutureReturnValueIgnored") // closes end in channelInactive
final class ClientConnection extends ChannelDuplexHandler {

  private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(32 * 1024, 64 * 1024);

  private final TurnHandler turns;
  private final ClientLimits limits;
  private final BodyMemory memory;
  private final LongSupplier ticker;
  private final RequestQueue queue = new RequestQueue();

  private @Nullable ChannelHandlerContext ctx;
  private @Nullable ChannelHandlerContext codec;
  private @Nullable ScheduledFuture<?> timer;
  private @Nullable OutputProgress output;

  /** The turn being served, until it is both read and answered. */
  private @Nullable TurnExchange exchange;

  /** Requests passed on and not answered. */
  private int elsewhere;

  private boolean paused;
  private boolean closesAfterTurn;

  /** The last answer of this connection was given. */
  private boolean spent;

  /** The answer of the other side that is being given is the last of this connection. */
  private boolean lastElsewhere;

  private long activeNanos;

  ClientConnection(TurnHandler turns, ClientLimits limits, BodyMemory memory, LongSupplier ticker) {
    this.turns = turns;
    this.limits = limits;
    this.memory = memory;
    this.ticker = ticker;
  }

  // --- what the exchange needs ---

  ChannelHandlerContext context() {
    ChannelHandlerContext here = ctx;
    if (here == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return here;
  }

  /** Writing to it goes to the socket past the codec. */
  ChannelHandlerContext codec() {
    ChannelHandlerContext here = codec;
    if (here == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return here;
  }

  ClientLimits limits() {
    return limits;
  }

  BodyMemory memory() {
    return memory;
  }

  /** Whether the server stops, so that no further request is wanted. */
  boolean isClosing() {
    return closesAfterTurn;
  }

  /** The exchange is read and answered. */
  void done(TurnExchange ended, boolean keepsAlive) {
    if (exchange != ended) {
      return;
    }
    exchange = null;
    activeNanos = ticker.getAsLong();
    if (!keepsAlive || closesAfterTurn) {
      spent = true;
      queue.release();
      closeOnceSent();
    } else if (!queue.isEmpty()) {
      context().executor().execute(this::next);
    }
  }

  /** The exchange is not worth going on with. */
  void abort(TurnExchange ended) {
    if (exchange == ended) {
      exchange = null;
      context().close();
    }
  }

  private void closeOnceSent() {
    codec().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  // --- life ---

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    ctx = added;
    codec = added.pipeline().context(HttpServerCodec.class);
    output = new OutputProgress(added.channel());
    added.channel().config().setWriteBufferWaterMark(WATER_MARK);
    activeNanos = ticker.getAsLong();
    long tick = Math.max(1, limits.tick().toNanos());
    timer =
        added
            .channel()
            .eventLoop()
            .scheduleWithFixedDelay(this::tick, tick, tick, TimeUnit.NANOSECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext removed) {
    if (timer != null) {
      timer.cancel(false);
    }
    queue.release();
    leave(ClientEnd.LEFT);
  }

  @Override
  public void channelInactive(ChannelHandlerContext inactive) {
    queue.release();
    leave(ClientEnd.LEFT);
    inactive.fireChannelInactive();
  }

  private void leave(ClientEnd how) {
    TurnExchange left = exchange;
    exchange = null;
    if (left != null) {
      left.gone(how);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext at, Throwable cause) {
    if (exchange == null) {
      at.fireExceptionCaught(cause);
      return;
    }
    if (!(cause instanceof IOException)) {
      LOG.atError().setCause(cause).log("a turn failed by a fault of the gateway");
    }
    at.close();
  }

  @Override
  public void close(ChannelHandlerContext at, ChannelPromise promise) {
    if (exchange == null) {
      at.close(promise);
      return;
    }
    closesAfterTurn = true;
    at.channel().closeFuture().addListener(closed -> promise.trySuccess());
  }

  // --- requests ---

  @Override
  public void channelRead(ChannelHandlerContext at, Object message) {
    spent |= lastElsewhere && message instanceof HttpRequest;
    if (spent) {
      ReferenceCountUtil.release(message);
      return;
    }
    if (queue.isEmpty() && mayStart(message)) {
      deliver(at, message);
      return;
    }
    queue.add(message);
    if (queue.bytes() > limits.maxPipelined()) {
      pause(at.channel());
    }
  }

  /** Whether a message's turn has come; what belongs to a request under way always may. */
  private boolean mayStart(Object message) {
    if (!(message instanceof HttpRequest request)) {
      return true;
    }
    return exchange == null && (elsewhere == 0 || isForOthers(request));
  }

  private static boolean isForOthers(HttpRequest request) {
    return request.decoderResult().isSuccess() && TurnPaths.apiOf(request.uri()) == null;
  }

  private void deliver(ChannelHandlerContext at, Object message) {
    if (message instanceof HttpRequest request) {
      if (!request.decoderResult().isSuccess()) {
        refuseUnreadable(request);
        return;
      }
      TurnApi api = TurnPaths.apiOf(request.uri());
      if (api != null) {
        begin(at.channel(), api, request);
        return;
      }
      elsewhere++;
    } else if (exchange != null && message instanceof HttpContent content) {
      activeNanos = ticker.getAsLong();
      exchange.content(content);
      return;
    }
    at.fireChannelRead(message);
  }

  /** Where a request ends that cannot be read nobody knows: it is the last of its connection. */
  private void refuseUnreadable(HttpRequest request) {
    ReferenceCountUtil.release(request);
    spent = true;
    queue.release();
    new AnswerWriter(context(), codec(), request).refuseUnreadable(request.decoderResult().cause());
    closeOnceRead();
  }

  /** Reads on for a while and drops it: closed at once, the answer would be lost with the rest. */
  private void closeOnceRead() {
    Channel channel = context().channel();
    codec()
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            sent -> {
              if (channel instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
              }
            });
    channel
        .eventLoop()
        .schedule(() -> channel.close(), limits.drain().toNanos(), TimeUnit.NANOSECONDS);
  }

  private void begin(Channel channel, TurnApi api, HttpRequest request) {
    if (!paused && !channel.config().isAutoRead()) {
      channel.config().setAutoRead(true);
    }
    activeNanos = ticker.getAsLong();
    TurnExchange begun = new TurnExchange(this, api, request, activeNanos);
    exchange = begun;
    begun.begin(turns.begin(begun));
  }

  /** The side that was served is done: what waited is next, as far as it may. */
  private void next() {
    Object message;
    while ((message = queue.peek()) != null && mayStart(message)) {
      queue.poll();
      deliver(context(), message);
    }
    if (queue.bytes() <= limits.maxPipelined()) {
      resume(context().channel());
    }
  }

  private void pause(Channel channel) {
    if (!paused) {
      paused = true;
      channel.config().setAutoRead(false);
    }
  }

  private void resume(Channel channel) {
    if (paused) {
      paused = false;
      channel.config().setAutoRead(true);
    }
  }

  @Override
  public void read(ChannelHandlerContext at) {
    if (!paused) {
      at.read();
    }
  }

  // --- answers ---

  @Override
  public void write(ChannelHandlerContext at, Object message, ChannelPromise promise) {
    boolean last = message instanceof LastHttpContent && !isInterim(message);
    if (message instanceof HttpResponse response && !HttpUtil.isKeepAlive(response)) {
      lastElsewhere = true;
      queue.release();
    }
    at.write(message, promise);
    if (last && elsewhere > 0 && --elsewhere == 0) {
      activeNanos = ticker.getAsLong();
      if (!queue.isEmpty()) {
        at.executor().execute(this::next);
      }
    }
  }

  private static boolean isInterim(Object message) {
    return message instanceof HttpResponse response
        && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext at) {
    if (exchange != null) {
      exchange.writabilityChanged();
    }
    at.fireChannelWritabilityChanged();
  }

  // --- time ---

  private void tick() {
    long now = ticker.getAsLong();
    TurnExchange current = exchange;
    OutputProgress sent = output;
    if (sent != null && sent.waits()) {
      if (elsewhere == 0 && sent.isStalled(now, limits.stalled())) {
        leave(ClientEnd.STALLED);
        context().close();
      }
      activeNanos = now;
    } else if (current != null) {
      current.tick(now, activeNanos);
    } else if (elsewhere == 0 && now - activeNanos >= limits.keepAlive().toNanos()) {
      context().close();
    }
  }
}
