package io.turnpike.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.turnpike.engine.http.LegListener;
import io.turnpike.openai.PrefillAnswer;
import io.turnpike.turn.Event;
import io.turnpike.turn.LegFault;
import org.jspecify.annotations.Nullable;

/** A prefill leg under way: gathers P's answer, which says how D gets the KV. */
final class PrefillLeg extends TurnLeg implements LegListener {

  private static final int INITIAL_BYTES = 2048;

  private final long maxBytes;
  private int status;
  private @Nullable String contentType;
  private @Nullable ByteBuf gathered;
  private byte[] whole = new byte[0];
  private @Nullable PrefillAnswer answer;

  /**
   * @param maxBytes of an answer; its block lists grow with the prompt
   */
  PrefillLeg(int number, TurnEvents events, long maxBytes) {
    super(number, events);
    this.maxBytes = maxBytes;
  }

  @Override
  public void head(int answered, HttpHeaders headers) {
    status = answered;
    contentType = headers.get(HttpHeaderNames.CONTENT_TYPE);
  }

  @Override
  public void body(ByteBuf part) {
    try {
      ByteBuf all = gathered;
      if (all == null) {
        all = Unpooled.buffer(Math.max(INITIAL_BYTES, part.readableBytes()));
        gathered = all;
      }
      if (all.readableBytes() + (long) part.readableBytes() > maxBytes) {
        cancel();
        events.on(
            new Event.LegBroke(
                number, LegFault.NONSENSE, "gave an answer of more than " + maxBytes + " bytes"));
      } else {
        all.writeBytes(part);
      }
    } finally {
      part.release();
    }
  }

  @Override
  public void readComplete() {
    // an answer is of use only whole
  }

  @Override
  public void end() {
    ByteBuf all = gathered;
    whole = all == null ? new byte[0] : ByteBufUtil.getBytes(all);
    dispose();
    PrefillAnswer read = PrefillAnswer.read(whole);
    answer = read;
    events.on(
        new Event.PrefillAnswered(
            number, status, read.isJson(), read.kvTransferParams() != null, whole.length > 0));
  }

  @Override
  public void broke(LegFault fault, String what) {
    dispose();
    events.on(new Event.LegBroke(number, fault, what));
  }

  @Override
  void dispose() {
    if (gathered != null) {
      gathered.release();
      gathered = null;
    }
  }

  /** The handoff's parameters, which are given out once. */
  byte @Nullable [] takeParams() {
    PrefillAnswer read = answer;
    byte[] params = read == null ? null : read.kvTransferParams();
    answer = null;
    whole = new byte[0];
    return params;
  }

  /** Tokens of the prompt, as P counted them, or −1. */
  int promptTokens() {
    return answer == null ? -1 : answer.promptTokens();
  }

  /** Tokens of the prompt that P had cached, or −1. */
  int cachedTokens() {
    return answer == null ? -1 : answer.cachedTokens();
  }

  @Override
  Words words() {
    return new Words(status, contentType, whole);
  }
}
