package io.turnpike.engine.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.internal.StringUtil;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Netty's decoder of answers, but what one read of the socket brings of a chunked body comes out as
 * one part, where Netty's makes a message of each chunk.
 *
 * <pre>
 *   read     6 abcdef 4 ghij 0        (a line end after each)
 *   out      abcdefghij               and the end, by Netty's decoder
 * </pre>
 *
 * <p>An engine writes each event of a stream as a chunk, and several come with one read as soon as
 * the gateway has much to do. Payloads are moved together where they lie, over what frames them.
 * The last chunk, trailers and every size that is not just digits (RFC 9112, 7.1) are left to
 * Netty's decoder: it has seen none of the chunks before, and so expects one to begin.
 */
final class AnswerDecoder extends HttpResponseDecoder {

  /** Hexadecimal digits of a size that is read here. */
  private static final int MAX_DIGITS = 7;

  private static final int NOT_ALL_HERE = -1;
  private static final int FOR_NETTY = -2;

  private static final int LINE_END = 2;

  /** Whether what comes is chunks, and Netty's decoder has seen none of them. */
  private boolean inChunks;

  /** Bytes of the present chunk that have not come, its line end among them. */
  private int left;

  AnswerDecoder(HttpDecoderConfig config) {
    super(config);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out)
      throws Exception {
    if (inChunks) {
      ByteBuf payloads = takePayloads(buffer);
      if (payloads != null) {
        out.add(new DefaultHttpContent(payloads));
        return;
      }
      if (left > 0) {
        refuseRest(buffer, out);
        return;
      }
      if (sizeAt(buffer) == NOT_ALL_HERE) {
        return;
      }
    }
    decodeByNetty(ctx, buffer, out);
  }

  private void decodeByNetty(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out)
      throws Exception {
    inChunks = false;
    int before = out.size();
    super.decode(ctx, buffer, out);
    if (out.size() > before && out.get(before) instanceof HttpResponse head) {
      inChunks =
          head.decoderResult().isSuccess()
              && HttpUtil.isTransferEncodingChunked(head)
              && !(out.get(out.size() - 1) instanceof LastHttpContent);
    }
  }

  /** The payloads of all chunks that are here, as far as they are; null: none. */
  private @Nullable ByteBuf takePayloads(ByteBuf buffer) {
    int begin = -1;
    int end = -1;
    while (isInPayload(buffer)) {
      int bytes = Math.min(left - LINE_END, buffer.readableBytes());
      if (begin < 0) {
        begin = buffer.readerIndex();
        end = begin;
      } else {
        buffer.setBytes(end, buffer, buffer.readerIndex(), bytes);
      }
      end += bytes;
      left -= bytes;
      buffer.skipBytes(bytes);
    }
    return begin < 0 ? null : buffer.retainedSlice(begin, end - begin);
  }

  /** Reads what frames payloads; whether bytes of a payload come next. */
  private boolean isInPayload(ByteBuf buffer) {
    while (buffer.isReadable()) {
      if (left > LINE_END) {
        return true;
      }
      if (left == 0) {
        int size = sizeAt(buffer);
        if (size < 0) {
          return false;
        }
        left = size + LINE_END;
        buffer.skipBytes(digits(size) + LINE_END);
      } else if (buffer.getByte(buffer.readerIndex()) == (left == LINE_END ? '\r' : '\n')) {
        buffer.skipBytes(1);
        left--;
      } else {
        return false;
      }
    }
    return false;
  }

  /** The size that the next line says, if it says only that, and more than none. */
  private static int sizeAt(ByteBuf buffer) {
    int size = 0;
    int at = buffer.readerIndex();
    for (int end = Math.min(buffer.writerIndex(), at + MAX_DIGITS); at < end; at++) {
      int digit = StringUtil.decodeHexNibble(buffer.getByte(at));
      if (digit < 0) {
        break;
      }
      size = size << 4 | digit;
      if (size == 0) {
        return FOR_NETTY; // the last chunk, or digits that a size does not need
      }
    }
    if (at < buffer.writerIndex() && (size == 0 || buffer.getByte(at) != '\r')) {
      return FOR_NETTY;
    }
    if (at + 1 >= buffer.writerIndex()) {
      return NOT_ALL_HERE;
    }
    return buffer.getByte(at + 1) == '\n' ? size : FOR_NETTY;
  }

  private static int digits(int size) {
    return (Integer.SIZE - Integer.numberOfLeadingZeros(size) + 3) / 4;
  }

  /** Where a chunk should end, if anything is here, is something else. */
  private static void refuseRest(ByteBuf buffer, List<Object> out) {
    if (buffer.isReadable()) {
      buffer.skipBytes(buffer.readableBytes());
      DefaultLastHttpContent wrong = new DefaultLastHttpContent();
      wrong.setDecoderResult(
          DecoderResult.failure(
              new CorruptedFrameException("a chunk of the answer is longer than its size")));
      out.add(wrong);
    }
  }
}
