package io.turnpike.gateway.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.turnpike.error.ApiError;
import java.util.ArrayDeque;

/**
 * Writes one answer. Head and end go through the server's codec, which must see every answer to
 * match it with its request; chunks go past it: the parts of one flush are one chunk in one buffer,
 * where the codec would make three of each part.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the connection
final class AnswerWriter {

  private static final ByteBuf CONTINUE =
      Unpooled.unreleasableBuffer(
          Unpooled.copiedBuffer("HTTP/1.1 100 Continue\r\n\r\n", US_ASCII).asReadOnly());
  private static final ByteBuf LINE_END =
      Unpooled.unreleasableBuffer(Unpooled.copiedBuffer("\r\n", US_ASCII).asReadOnly());

  /** Up to this many bytes of parts are copied into one buffer; more leave as they are. */
  private static final int MAX_COPIED = 16 * 1024;

  /** A size in hexadecimal digits and two line ends. */
  private static final int FRAME_BYTES = 12;

  private final ChannelHandlerContext ctx;
  private final ChannelHandlerContext codec;
  private final boolean oldProtocol;
  private final boolean wantsKeepAlive;

  private final ArrayDeque<ByteBuf> parts = new ArrayDeque<>(4);
  private int partBytes;
  private boolean begun;
  private boolean unsent;
  private boolean chunked;
  private boolean keepsAlive;

  AnswerWriter(ChannelHandlerContext ctx, ChannelHandlerContext codec, HttpRequest request) {
    this.ctx = ctx;
    this.codec = codec;
    this.oldProtocol = !HttpVersion.HTTP_1_1.equals(request.protocolVersion());
    this.wantsKeepAlive = HttpUtil.isKeepAlive(request);
  }

  boolean hasBegun() {
    return begun;
  }

  /** Whether the answer said that the connection stays. */
  boolean keepsAlive() {
    return keepsAlive;
  }

  void sayContinue() {
    codec.writeAndFlush(CONTINUE.duplicate(), codec.voidPromise());
  }

  void whole(int status, HttpHeaders headers, ByteBuf content, boolean mayKeepAlive) {
    begun = true;
    headers.set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(content.readableBytes()));
    connection(headers, mayKeepAlive);
    ctx.writeAndFlush(
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(status),
            content,
            headers,
            EmptyHttpHeaders.INSTANCE),
        ctx.voidPromise());
  }

  /** Says what is wrong with a request that is none, or too large a one. */
  void refuseUnreadable(Throwable why) {
    boolean tooLarge =
        why instanceof TooLongHttpHeaderException || why instanceof TooLongHttpLineException;
    ApiError error = tooLarge ? ApiError.headTooLarge() : ApiError.unreadableHead();
    HttpHeaders headers = new DefaultHttpHeaders();
    headers.set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
    whole(error.status(), headers, Unpooled.wrappedBuffer(error.toJson()), false);
  }

  void head(int status, HttpHeaders headers, boolean mayKeepAlive) {
    begun = true;
    unsent = true;
    chunked = !oldProtocol;
    if (chunked) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    connection(headers, mayKeepAlive && chunked);
    ctx.write(
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), headers),
        ctx.voidPromise());
  }

  private void connection(HttpHeaders headers, boolean mayKeepAlive) {
    keepsAlive = mayKeepAlive && wantsKeepAlive;
    if (!keepsAlive) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (oldProtocol) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
  }

  void add(ByteBuf part) {
    if (part.isReadable()) {
      parts.add(part);
      partBytes += part.readableBytes();
    } else {
      part.release();
    }
  }

  void flush() {
    if (writeParts() || unsent) {
      unsent = false;
      ctx.flush();
    }
  }

  void end() {
    writeParts();
    ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT, ctx.voidPromise());
  }

  private boolean writeParts() {
    if (partBytes == 0) {
      return false;
    }
    if (partBytes <= MAX_COPIED) {
      writeCopied();
    } else {
      writeAsTheyAre();
    }
    partBytes = 0;
    return true;
  }

  private void writeCopied() {
    ByteBuf chunk = ctx.alloc().directBuffer(partBytes + FRAME_BYTES);
    if (chunked) {
      writeSize(chunk);
    }
    ByteBuf part;
    while ((part = parts.poll()) != null) {
      chunk.writeBytes(part);
      part.release();
    }
    if (chunked) {
      chunk.writeShort('\r' << 8 | '\n');
    }
    codec.write(chunk, codec.voidPromise());
  }

  private void writeAsTheyAre() {
    if (chunked) {
      ByteBuf size = ctx.alloc().directBuffer(FRAME_BYTES);
      writeSize(size);
      codec.write(size, codec.voidPromise());
    }
    ByteBuf part;
    while ((part = parts.poll()) != null) {
      codec.write(part, codec.voidPromise());
    }
    if (chunked) {
      codec.write(LINE_END.duplicate(), codec.voidPromise());
    }
  }

  private void writeSize(ByteBuf to) {
    ByteBufUtil.writeAscii(to, Integer.toHexString(partBytes));
    to.writeShort('\r' << 8 | '\n');
  }

  /** Drops what was not sent. */
  void release() {
    parts.forEach(ByteBuf::release);
    parts.clear();
    partBytes = 0;
  }
}
