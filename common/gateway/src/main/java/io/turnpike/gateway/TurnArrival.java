package io.turnpike.gateway;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.turnpike.admission.Permit;
import io.turnpike.admission.Ticket;
import io.turnpike.admission.Visitor;
import io.turnpike.caller.Caller;
import io.turnpike.conversation.Recognisable;
import io.turnpike.error.ApiError;
import io.turnpike.gateway.http.GatheredBody;
import io.turnpike.gateway.http.TurnExchange;
import io.turnpike.openai.TurnBody;
import org.jspecify.annotations.Nullable;

/**
 * One request's way from its body to a turn, which then has the body: admitted, perhaps after a
 * wait, then read, then charged; and its account until the turn ends. For the loop of its
 * connection.
 *
 * <pre>
 *   body ── admitted? ── read ── tokens left? ── turn
 *             └ 429, 503  └ 400, 403  └ 429
 * </pre>
 */
final class TurnArrival implements Visitor, TurnReader.Then {

  private final TurnParts parts;
  private final TurnExchange exchange;
  private final Caller caller;
  private final Then then;

  private @Nullable GatheredBody body;
  private @Nullable Ticket ticket;
  private @Nullable Permit permit;
  private boolean left;

  /** Takes the turn that came of a request. */
  interface Then {
    void begin(Scanned turn, HeldBody body, Recognisable identity);
  }

  TurnArrival(TurnParts parts, TurnExchange exchange, Caller caller, Then then) {
    this.parts = parts;
    this.exchange = exchange;
    this.caller = caller;
    this.then = then;
  }

  /** The body is there; takes it over. */
  void body(GatheredBody gathered) {
    body = gathered;
    ticket = parts.admission().enter(this);
  }

  // --- the door ---

  @Override
  public Caller caller() {
    return caller;
  }

  @Override
  public EventLoop loop() {
    return exchange.loop();
  }

  @Override
  public void admitted(Permit given) {
    GatheredBody whole = body;
    permit = given;
    if (left || whole == null) {
      release();
    } else {
      parts.reader().read(new TurnReader.Asked(exchange, caller), whole, this);
    }
  }

  @Override
  public void refused(ApiError error) {
    if (!left) {
      parts.refusals().refuse(exchange, caller, error);
    }
    release();
  }

  // --- the reader ---

  @Override
  public void scanned(Scanned turn, TurnBody read, Recognisable identity) {
    Permit known = permit;
    GatheredBody whole = body;
    if (left || known == null || whole == null) {
      release();
      return;
    }
    ApiError overLimit = known.charge((long) turn.promptTokens() + Math.max(0, turn.maxTokens()));
    if (overLimit != null) {
      refused(overLimit);
    } else {
      body = null;
      then.begin(turn, new HeldBody(whole, read), identity);
    }
  }

  // --- until the end ---

  /** The client is gone; a body that is being read stays until that is done. */
  void left() {
    left = true;
    if (permit == null) {
      dropBody();
      if (ticket != null) {
        ticket.leave();
      }
    }
  }

  private void dropBody() {
    if (body != null) {
      body.release();
      body = null;
    }
  }

  /** Tells the client what is left to it. */
  void tell(HttpHeaders headers) {
    if (permit != null) {
      permit.tell(headers::set);
    }
  }

  /** Sets right what was charged by estimate. */
  void settle(long tokens) {
    if (permit != null) {
      permit.settle(tokens);
    }
  }

  /** Gives back what was taken; harmless when repeated. */
  void release() {
    dropBody();
    if (permit != null) {
      permit.release();
    }
  }
}
