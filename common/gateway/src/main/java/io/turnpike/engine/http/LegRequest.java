package io.turnpike.engine.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.util.Iterator;
import java.util.Map;

/**
 * One POST to an engine.
 *
 * @param engine its base URL, {@code http} or {@code https}
 * @param path what is asked of it, from the first slash
 * @param headers what is sent besides the client's own: the request id, what is forwarded
 * @param body JSON; {@code send} takes it over, and releases it
 * @param resend whether it may be sent twice
 * @param latestNanos the clock's time after which it is not sent any more, or {@link #ANY_TIME}
 */
public record LegRequest(
    URI engine, String path, HttpHeaders headers, ByteBuf body, Resend resend, long latestNanos) {

  /** It may be sent however late. */
  public static final long ANY_TIME = Long.MAX_VALUE;

  /**
   * Whether a request is sent once more, on a new connection, if it died on a used one before any
   * byte came back: the engine was just closing that connection.
   */
  public enum Resend {
    ALLOWED,
    /** For a body with parameters of a handoff: they are used once. */
    FORBIDDEN
  }

  /**
   * @throws IllegalArgumentException if a header could end its line: part of it is a client's
   */
  public LegRequest {
    Iterator<Map.Entry<CharSequence, CharSequence>> each = headers.iteratorCharSequence();
    while (each.hasNext()) {
      Map.Entry<CharSequence, CharSequence> header = each.next();
      if (endsLine(header.getKey()) || endsLine(header.getValue())) {
        throw new IllegalArgumentException("a header contains a line end or NUL");
      }
    }
  }

  private static boolean endsLine(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\r' || c == '\n' || c == 0) {
        return true;
      }
    }
    return false;
  }

  boolean isTooLate(long nowNanos) {
    return latestNanos != ANY_TIME && nowNanos - latestNanos > 0;
  }
}
