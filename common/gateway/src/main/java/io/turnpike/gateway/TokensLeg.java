package io.turnpike.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.turnpike.engine.http.LegListener;
import io.turnpike.openai.ResumedTurn;
import io.turnpike.turn.Event;
import io.turnpike.turn.LegFault;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks a node for the tokens of what was asked and answered so far, one question after the other,
 * so that another leg can go on from there.
 */
final class TokensLeg extends TurnLeg implements LegListener {

  private static final int INITIAL_BYTES = 2048;

  private final ResumedTurn turn;
  private final long maxBytes;
  private final BiConsumer<TokensLeg, ByteBuf> send;
  private int status;
  private @Nullable ByteBuf gathered;

  /**
   * @param turn what is to go on
   * @param maxBytes of an answer
   * @param send sends a question to the node
   */
  TokensLeg(
      int number,
      TurnEvents events,
      ResumedTurn turn,
      long maxBytes,
      BiConsumer<TokensLeg, ByteBuf> send) {
    super(number, events);
    this.turn = turn;
    this.maxBytes = maxBytes;
    this.send = send;
  }

  /** Asks the next question, or says that all is known. */
  void ask() {
    ByteBuf question = turn.question(ByteBufAllocator.DEFAULT);
    if (question != null) {
      send.accept(this, question);
    } else {
      long tokens = (long) turn.promptTokens() + turn.saidTokens();
      events.on(new Event.TokensKnown(number, tokens, turn.maxTokens()));
    }
  }

  @Override
  public void head(int answered, HttpHeaders headers) {
    status = answered;
  }

  @Override
  public void body(ByteBuf part) {
    try {
      ByteBuf all = gathered == null ? Unpooled.buffer(INITIAL_BYTES) : gathered;
      gathered = all;
      if (all.readableBytes() + (long) part.readableBytes() <= maxBytes) {
        all.writeBytes(part);
      } else {
        cancel();
        refuse("/tokenize answered more than " + maxBytes + " bytes");
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
    byte[] answer = gathered == null ? new byte[0] : ByteBufUtil.getBytes(gathered);
    dispose();
    if (status == 200) {
      answered(answer);
    } else if (status >= 500 || status == 408 || status == 429) {
      broke(LegFault.NONSENSE, "answered " + status + " to /tokenize");
    } else {
      refuse("/tokenize answered " + status);
    }
  }

  private void answered(byte[] answer) {
    String whyNot = turn.answered(answer);
    if (whyNot == null) {
      ask();
    } else {
      refuse(whyNot);
    }
  }

  private void refuse(String what) {
    events.on(new Event.NotResumable(number, what));
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

  @Override
  Words words() {
    throw new IllegalStateException("a node's tokens are no words for a client");
  }
}
