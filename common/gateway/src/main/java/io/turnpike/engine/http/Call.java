package io.turnpike.engine.http;

import io.netty.buffer.ByteBuf;
import io.turnpike.turn.LegFault;
import org.jspecify.annotations.Nullable;

/** One leg: its request until it is answered, and the connection that carries it. */
final class Call implements LegCall {

  final LegRequest request;
  final LegListener listener;
  private final EnginePool pool;

  /** Since when it waits for a connection. */
  long waitingSinceNanos;

  private @Nullable EngineConnection connection;
  private @Nullable ByteBuf body;
  private boolean reads = true;
  private boolean ended;
  private boolean resent;

  Call(LegRequest request, LegListener listener, EnginePool pool) {
    this.request = request;
    this.listener = listener;
    this.pool = pool;
    this.body = request.body();
  }

  boolean isEnded() {
    return ended;
  }

  boolean reads() {
    return reads;
  }

  /** The body, to be written and released; kept as well where it may be needed again. */
  ByteBuf bodyFor(EngineConnection carrier) {
    connection = carrier;
    ByteBuf whole = body;
    if (whole == null) {
      throw new IllegalStateException("a request was sent after it was answered");
    }
    if (mayBeResent(carrier)) {
      return whole.retainedDuplicate();
    }
    body = null;
    return whole;
  }

  private boolean mayBeResent(EngineConnection carrier) {
    return carrier.isReused() && !resent && request.resend() == LegRequest.Resend.ALLOWED;
  }

  /** The first byte of an answer: it will not be sent again. */
  void answered() {
    dropBody();
  }

  /** Whether it died with a connection that the engine was just closing; true once. */
  boolean resends(EngineConnection carrier) {
    if (ended || body == null || !mayBeResent(carrier)) {
      return false;
    }
    resent = true;
    connection = null;
    return true;
  }

  /** It is over, by its end, a break or the caller; says whether it was not before. */
  boolean finish() {
    if (ended) {
      return false;
    }
    ended = true;
    connection = null;
    dropBody();
    return true;
  }

  void broke(LegFault failure, String what) {
    if (finish()) {
      listener.broke(failure, what);
    }
  }

  @Override
  public void read(boolean wanted) {
    pool.assertConfined();
    reads = wanted;
    if (connection != null) {
      connection.read(wanted);
    }
  }

  @Override
  public void cancel() {
    pool.assertConfined();
    EngineConnection carrier = connection;
    if (finish()) {
      if (carrier != null) {
        carrier.giveUp();
      } else {
        pool.forget(this);
      }
    }
  }

  private void dropBody() {
    if (body != null) {
      body.release();
      body = null;
    }
  }
}
