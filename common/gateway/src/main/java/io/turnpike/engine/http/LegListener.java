package io.turnpike.engine.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.turnpike.turn.LegFault;

/**
 * Hears what comes of one leg, on the loop that sent it, never before {@code send} has returned.
 *
 * <pre>
 *   head  (body* readComplete)*  end        an answer
 *   [head (body* readComplete)*] broke      no whole answer
 *   [head (body* readComplete)*]            cancelled: nothing after {@link LegCall#cancel}
 * </pre>
 */
public interface LegListener {

  /** Status and headers came; an interim answer (1xx) is skipped. */
  void head(int status, HttpHeaders headers);

  /** Some of the body, without its framing. The listener releases it. */
  void body(ByteBuf part);

  /**
   * All that one read of the socket brought was told: the time to flush what is passed on. Not
   * called where {@link #end} or {@link #broke} ended the read.
   */
  void readComplete();

  /** The answer is whole. Nothing follows. */
  void end();

  /**
   * There will be no whole answer. Nothing follows.
   *
   * @param what says it in words that follow the engine's name: "cannot be reached"
   */
  void broke(LegFault failure, String what);
}
