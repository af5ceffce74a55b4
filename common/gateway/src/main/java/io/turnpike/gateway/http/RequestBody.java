package io.turnpike.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.turnpike.gateway.http.TurnListener.BodyFault;
import org.jspecify.annotations.Nullable;

/** The body of one request while it comes in: gathered within the limit, or thrown away. */
final class RequestBody {

  private static final int MIN_INITIAL_BYTES = 16;
  private static final int UNKNOWN_INITIAL_BYTES = 4096;

  /** More than this must arrive before it takes memory: a slow upload only announces its size. */
  private static final int MAX_INITIAL_BYTES = 256 * 1024;

  /** What is left of a refused request, if it is no more than that, is not worth a connection. */
  private static final int MAX_LEFT_BYTES = 64 * 1024;

  private final int maxBytes;
  private final long announced;
  private final boolean expected;

  private @Nullable ByteBuf gathered;
  private boolean read;
  private boolean refused;
  private boolean broken;
  private long drained;

  RequestBody(HttpRequest request, ClientLimits limits) {
    maxBytes = limits.maxBody();
    announced =
        HttpUtil.getContentLength(request, HttpUtil.isTransferEncodingChunked(request) ? -1L : 0L);
    expected = HttpUtil.is100ContinueExpected(request);
  }

  boolean isAnnouncedTooLarge() {
    return announced > maxBytes;
  }

  /** Whether the client waits to be told that its body is wanted. */
  boolean isExpected() {
    return expected;
  }

  boolean isRead() {
    return read;
  }

  boolean isRefused() {
    return refused;
  }

  /** Whether its end is not waited for, or cannot be found: nothing can follow it. */
  boolean isBroken() {
    return broken;
  }

  /** It will not be waited for. */
  void giveUp() {
    broken = true;
  }

  /** Bytes thrown away. */
  long drained() {
    return drained;
  }

  /** No more of it is kept; true the first time. */
  boolean refuse() {
    if (refused) {
      return false;
    }
    refused = true;
    release();
    return true;
  }

  /** Whether another request can follow on this connection. */
  boolean mayKeepAlive() {
    return read || (!expected && !broken && announced >= 0 && announced <= MAX_LEFT_BYTES);
  }

  /** Takes what came and releases it; says what is wrong with it. */
  @Nullable BodyFault take(HttpContent content, boolean unwanted) {
    try {
      int bytes = content.content().readableBytes();
      if (content.decoderResult().isFailure()) {
        broken = true;
        return BodyFault.MALFORMED;
      }
      read = content instanceof LastHttpContent;
      if (unwanted || refused) {
        drained += bytes;
        return null;
      }
      return gather(content.content(), bytes);
    } finally {
      content.release();
    }
  }

  private @Nullable BodyFault gather(ByteBuf part, int bytes) {
    ByteBuf all = gathered;
    if (all == null) {
      all = Unpooled.buffer(initialBytes(bytes), maxBytes);
      gathered = all;
    }
    if (bytes > maxBytes - all.readableBytes()) {
      return BodyFault.TOO_LARGE;
    }
    all.writeBytes(part);
    return null;
  }

  private int initialBytes(int first) {
    long likely = read ? first : announced >= 0 ? announced : UNKNOWN_INITIAL_BYTES;
    return Math.min(maxBytes, Math.clamp(likely, MIN_INITIAL_BYTES, MAX_INITIAL_BYTES));
  }

  /** All of it; the caller releases it. */
  ByteBuf whole() {
    ByteBuf all = gathered;
    gathered = null;
    return all == null ? Unpooled.buffer(0) : all;
  }

  void release() {
    if (gathered != null) {
      gathered.release();
      gathered = null;
    }
  }
}
