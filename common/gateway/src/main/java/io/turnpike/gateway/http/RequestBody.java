package io.turnpike.gateway.http;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.turnpike.gateway.http.TurnListener.BodyFault;
import org.jspecify.annotations.Nullable;

/** The body of one request while it comes in: gathered within the limits, or thrown away. */
final class RequestBody {

  private static final int UNKNOWN_BYTES = 4096;

  /** What is left of a refused request, if it is no more than that, is not worth a connection. */
  private static final int MAX_LEFT_BYTES = 64 * 1024;

  private final BodyMemory memory;
  private final int maxBytes;
  private final long announced;
  private final boolean expected;

  private @Nullable GatheredBody gathered;
  private boolean underWay;
  private boolean read;
  private boolean refused;
  private boolean broken;
  private long taken;
  private long drained;

  RequestBody(HttpRequest request, ClientLimits limits, BodyMemory memory) {
    this.memory = memory;
    maxBytes = limits.maxBody();
    announced =
        HttpUtil.getContentLength(request, HttpUtil.isTransferEncodingChunked(request) ? -1L : 0L);
    expected = HttpUtil.is100ContinueExpected(request);
  }

  /** Why it shall not be read at all, if so; else it is waited for. */
  @Nullable BodyFault begin() {
    if (announced > maxBytes) {
      return BodyFault.TOO_LARGE;
    }
    if (!memory.hasRoomFor(announced)) {
      return BodyFault.NO_ROOM;
    }
    underWay = memory.beginUpload();
    return underWay ? null : BodyFault.TOO_MANY;
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

  /** Bytes that were wanted and came. */
  long taken() {
    return taken;
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
      if (content.decoderResult().isFailure()) {
        broken = true;
        return BodyFault.MALFORMED;
      }
      read = content instanceof LastHttpContent;
      int bytes = content.content().readableBytes();
      if (unwanted || refused) {
        drained += bytes;
        return null;
      }
      taken += bytes;
      return gather(content, bytes);
    } finally {
      content.release();
    }
  }

  private @Nullable BodyFault gather(HttpContent content, int first) {
    GatheredBody all = gathered;
    if (all == null) {
      all = new GatheredBody(memory, maxBytes);
      gathered = all;
    }
    long likely = read ? first : announced >= 0 ? announced : UNKNOWN_BYTES;
    return all.add(content.content(), likely);
  }

  /** All of it; the caller releases it. */
  GatheredBody whole() {
    GatheredBody all = gathered;
    gathered = null;
    release();
    return all == null ? new GatheredBody(memory, maxBytes) : all;
  }

  void release() {
    if (underWay) {
      underWay = false;
      memory.endUpload();
    }
    if (gathered != null) {
      gathered.release();
      gathered = null;
    }
  }
}
