package io.turnpike.gateway.http;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What a client sent behind a request that is still being served, with its size. */
final class RequestQueue {

  /** A head counts as the most that the server's decoder takes. */
  private static final int HEAD_BYTES = 8 * 1024;

  private final ArrayDeque<Object> messages = new ArrayDeque<>(0);
  private long bytes;

  boolean isEmpty() {
    return messages.isEmpty();
  }

  long bytes() {
    return bytes;
  }

  void add(Object message) {
    messages.add(message);
    bytes += sizeOf(message);
  }

  @Nullable Object peek() {
    return messages.peek();
  }

  @Nullable Object poll() {
    Object first = messages.poll();
    if (first != null) {
      bytes -= sizeOf(first);
    }
    return first;
  }

  void release() {
    messages.forEach(ReferenceCountUtil::release);
    messages.clear();
    bytes = 0;
  }

  private static int sizeOf(Object message) {
    if (message instanceof HttpRequest) {
      return HEAD_BYTES;
    }
    return message instanceof HttpContent content ? content.content().readableBytes() : 0;
  }
}
