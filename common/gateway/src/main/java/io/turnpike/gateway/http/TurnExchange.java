package io.turnpike.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.turnpike.gateway.http.TurnListener.BodyFault;
import io.turnpike.gateway.http.TurnListener.ClientEnd;
import io.turnpike.openai.TurnApi;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request for a turn, and its answer. For the loop of its connection only.
 *
 * <p>The answer is either whole ({@link #answer}) or in parts ({@link #begin}, {@link #write} and
 * {@link #flush}, {@link #end}). Once the client is gone all of these only release what they get.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the timer of a drained upload is not taken back
public final class TurnExchange {

  private final ClientConnection connection;
  private final TurnApi api;
  private final HttpRequest request;
  private final RequestBody body;
  private final AnswerWriter writer;
  private final long beganNanos;

  private @Nullable TurnListener listener;
  private boolean answered;
  private boolean over;

  TurnExchange(ClientConnection connection, TurnApi api, HttpRequest request, long nowNanos) {
    this.connection = connection;
    this.api = api;
    this.request = request;
    this.beganNanos = nowNanos;
    this.body = new RequestBody(request, connection.limits(), connection.memory());
    this.writer = new AnswerWriter(connection.context(), connection.codec(), request);
  }

  // --- the request ---

  public TurnApi api() {
    return api;
  }

  public HttpMethod method() {
    return request.method();
  }

  public HttpHeaders headers() {
    return request.headers();
  }

  /** The loop that all of it runs on. */
  public EventLoop loop() {
    return connection.context().channel().eventLoop();
  }

  public ByteBufAllocator alloc() {
    return connection.context().alloc();
  }

  // --- the answer ---

  /** Whether an answer can still begin: the client is there, and none has begun. */
  public boolean isUnanswered() {
    return !over && !writer.hasBegun();
  }

  /**
   * Whether the client keeps up. While it does not, what is written is kept in memory: write no
   * more until {@link TurnListener#writabilityChanged}.
   */
  public boolean isWritable() {
    return !over && connection.context().channel().isWritable();
  }

  /** Answers whole; its length is set here. Headers and body are taken over. */
  public void answer(int status, HttpHeaders headers, ByteBuf content) {
    assertConfined();
    if (!isUnanswered()) {
      content.release();
      return;
    }
    writer.whole(status, headers, content, keepsAlive());
    answered();
  }

  /** Begins an answer in parts, which are not sent before {@link #flush}. */
  public void begin(int status, HttpHeaders headers) {
    assertConfined();
    if (isUnanswered()) {
      writer.head(status, headers, keepsAlive());
    }
  }

  /** Adds to an answer that has begun; takes the part over. */
  public void write(ByteBuf part) {
    assertConfined();
    if (over || answered) {
      part.release();
    } else {
      writer.add(part);
    }
  }

  /** Sends what was written, as one chunk. */
  public void flush() {
    assertConfined();
    if (!over && !answered) {
      writer.flush();
    }
  }

  /** Ends an answer that has begun. */
  public void end() {
    assertConfined();
    if (!over && !answered) {
      writer.end();
      answered();
    }
  }

  /** Closes the connection, so that the client sees a cut answer. Its listener hears nothing. */
  public void abort() {
    assertConfined();
    if (!over) {
      end(null);
      connection.abort(this);
    }
  }

  private void answered() {
    answered = true;
    body.release();
    doneIfBoth();
    if (!over) {
      long patience = connection.limits().drain().toNanos();
      loop().schedule(this::abort, patience, TimeUnit.NANOSECONDS);
    }
  }

  private boolean keepsAlive() {
    return !connection.isClosing() && body.mayKeepAlive();
  }

  private void doneIfBoth() {
    if (answered && (body.isRead() || body.isBroken())) {
      end(null);
      connection.done(this, writer.keepsAlive());
    }
  }

  // --- what the connection tells ---

  void begin(TurnListener hears) {
    listener = hears;
    if (over || answered) {
      return;
    }
    BodyFault unwanted = body.begin();
    if (unwanted != null) {
      fault(unwanted);
    } else if (body.isExpected()) {
      writer.sayContinue();
    }
  }

  void content(HttpContent content) {
    BodyFault wrong = body.take(content, answered || over);
    if (answered) {
      drained();
    } else if (wrong != null) {
      fault(wrong);
    } else if (body.isRead() && listener != null && !body.isRefused()) {
      listener.body(body.whole());
    }
  }

  private void drained() {
    if (body.drained() > connection.limits().maxDrained()) {
      abort();
    } else {
      doneIfBoth();
    }
  }

  private void fault(BodyFault fault) {
    if (body.refuse() && listener != null && !answered) {
      listener.fault(fault);
    }
  }

  void writabilityChanged() {
    if (listener != null && !over && !answered) {
      listener.writabilityChanged();
    }
  }

  /** Looks whether an upload has stopped, or crawls. */
  void tick(long nowNanos, long activeNanos) {
    if (answered || body.isRead()) {
      return;
    }
    ClientLimits limits = connection.limits();
    long idle = nowNanos - activeNanos;
    if (idle >= limits.uploadIdle().toNanos()
        || limits.isTooSlow(body.taken(), nowNanos - beganNanos)) {
      body.giveUp();
      fault(BodyFault.TOO_SLOW);
    }
  }

  void gone(ClientEnd how) {
    end(answered ? null : how);
  }

  private void end(@Nullable ClientEnd how) {
    if (over) {
      return;
    }
    over = true;
    body.release();
    writer.release();
    if (how != null && listener != null) {
      listener.gone(how);
    }
  }

  private void assertConfined() {
    assert loop().inEventLoop() : "an exchange was used off its loop";
  }
}
