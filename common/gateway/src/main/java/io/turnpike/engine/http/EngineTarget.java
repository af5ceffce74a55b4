package io.turnpike.engine.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An engine's base URL, and the head of every request to it: what never changes is encoded once a
 * path, only forwarded headers and the length are written each time. Netty's encoder would write
 * all of it from objects, each time.
 */
final class EngineTarget {

  private static final byte[] LENGTH = "content-length: ".getBytes(US_ASCII);
  private static final int LENGTH_AND_END = 32;
  private static final int HEADER_SPACE = 48;

  /** A small body is copied behind the head: cheaper than a second buffer for the socket. */
  static final int MAX_COPIED_BODY = 4096;

  private final URI url;
  private final boolean secure;
  private final @Nullable String apiKey;

  /** By path; paths are few, they come from the code. */
  private final Map<String, byte[]> heads = new HashMap<>();

  EngineTarget(URI url, @Nullable String apiKey) {
    String scheme = url.getScheme();
    if (url.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
      throw new IllegalArgumentException("engine: " + url + " (expected: http[s]://host[:port])");
    }
    this.url = url;
    this.secure = "https".equals(scheme);
    this.apiKey = apiKey == null || apiKey.isBlank() ? null : apiKey;
  }

  boolean isSecure() {
    return secure;
  }

  /** Without the brackets of an IPv6 address. */
  String host() {
    String host = url.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  int port() {
    int port = url.getPort();
    return port >= 0 ? port : secure ? 443 : 80;
  }

  InetSocketAddress address() {
    return InetSocketAddress.createUnresolved(host(), port());
  }

  /** The head of a request, and its body if that is small. */
  ByteBuf encode(ByteBufAllocator allocator, LegRequest request, ByteBuf body) {
    byte[] fixed = heads.computeIfAbsent(request.path(), this::fixedHead);
    int bodyBytes = body.readableBytes();
    int copied = bodyBytes <= MAX_COPIED_BODY ? bodyBytes : 0;
    int space = fixed.length + request.headers().size() * HEADER_SPACE + LENGTH_AND_END + copied;
    ByteBuf head = allocator.directBuffer(space);
    head.writeBytes(fixed);
    writeHeaders(head, request.headers());
    head.writeBytes(LENGTH);
    ByteBufUtil.writeAscii(head, Integer.toString(bodyBytes));
    head.writeMedium('\r' << 16 | '\n' << 8 | '\r').writeByte('\n');
    if (copied > 0) {
      head.writeBytes(body, body.readerIndex(), copied);
    }
    return head;
  }

  private byte[] fixedHead(String path) {
    String prefix = url.getRawPath() == null ? "" : url.getRawPath();
    if (prefix.endsWith("/")) {
      prefix = prefix.substring(0, prefix.length() - 1);
    }
    String host = url.getPort() < 0 ? url.getHost() : url.getHost() + ":" + url.getPort();
    String head =
        "POST %s%s HTTP/1.1\r\nhost: %s\r\n".formatted(prefix, path, host)
            + "content-type: application/json\r\nuser-agent: turnpike\r\naccept: */*\r\n"
            + (apiKey == null ? "" : "authorization: Bearer " + apiKey + "\r\n");
    return head.getBytes(US_ASCII);
  }

  private static void writeHeaders(ByteBuf head, HttpHeaders headers) {
    Iterator<Map.Entry<CharSequence, CharSequence>> each = headers.iteratorCharSequence();
    while (each.hasNext()) {
      Map.Entry<CharSequence, CharSequence> header = each.next();
      ByteBufUtil.writeAscii(head, header.getKey());
      head.writeShort(':' << 8 | ' ');
      ByteBufUtil.writeAscii(head, header.getValue());
      head.writeShort('\r' << 8 | '\n');
    }
  }

  @Override
  public String toString() {
    return url.toString();
  }
}
