package io.turnpike.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.turnpike.engine.http.LegListener;
import io.turnpike.gateway.http.TurnExchange;
import io.turnpike.openai.AnswerPipe;
import io.turnpike.openai.ResumedTurn;
import io.turnpike.openai.SaidText;
import io.turnpike.openai.Seam;
import io.turnpike.openai.Usage;
import io.turnpike.turn.Event;
import io.turnpike.turn.Event.Ending;
import io.turnpike.turn.LegFault;
import io.turnpike.turn.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * The leg that answers: holds the answer back until it is judged, then gives it to the client as it
 * comes, one flush for each read of the engine's socket.
 */
final class AnswerLeg extends TurnLeg implements LegListener {

  private final TurnExchange exchange;
  private final LifeSigns signs;
  private final long maxHeld;

  private int status;
  private @Nullable String contentType;
  private @Nullable String loadMetrics;
  private boolean eventStream;
  private boolean whole;
  private boolean passing;
  private @Nullable SaidText said;
  private @Nullable Seam seam;
  private @Nullable AnswerPipe pipe;

  /**
   * @param signs hears of every sign of life
   * @param maxHeld bytes of an answer that are held back at most
   */
  AnswerLeg(int number, TurnEvents events, TurnExchange exchange, LifeSigns signs, long maxHeld) {
    super(number, events);
    this.exchange = exchange;
    this.signs = signs;
    this.maxHeld = maxHeld;
  }

  /** What it says is kept, so that the answer can go on; or it goes on with what was kept. */
  void keepFor(Resumption resumption) {
    said = resumption.said().begin();
    ResumedTurn goesOn = resumption.turn();
    seam = goesOn == null ? null : goesOn.seam();
  }

  @Override
  public void head(int answered, HttpHeaders headers) {
    status = answered;
    contentType = headers.get(HttpHeaderNames.CONTENT_TYPE);
    loadMetrics = headers.get("endpoint-load-metrics");
    eventStream = contentType != null && contentType.startsWith("text/event-stream");
    pipe = AnswerPipe.of(answered, eventStream, maxHeld, said);
    signs.seen();
  }

  @Override
  public void body(ByteBuf part) {
    AnswerPipe into = pipe;
    if (into == null) {
      part.release();
      return;
    }
    Verdict verdict = into.add(part);
    if (!passing) {
      judged(verdict);
    }
    if (passing) {
      passOn(into);
      if (verdict == Verdict.CUT && !into.passesErrorOn()) {
        cancel();
        events.on(new Event.AnswerEnded(number, Ending.CUT, why(into)));
      }
    }
  }

  private void judged(Verdict verdict) {
    if (verdict == Verdict.GOOD || (verdict != Verdict.HELD && status == 200)) {
      if (verdict != Verdict.GOOD) {
        super.cancel();
      }
      events.on(new Event.Judged(number, verdict, status, false));
    }
  }

  private void passOn(AnswerPipe from) {
    ByteBuf out = from.take();
    if (out != null) {
      exchange.write(seam == null ? out : seam.join(out));
    }
  }

  @Override
  public void readComplete() {
    signs.seen();
    if (passing) {
      exchange.flush();
    }
  }

  @Override
  public void end() {
    AnswerPipe ended = pipe;
    if (ended == null) {
      return;
    }
    whole = true;
    Verdict verdict = ended.end();
    if (!passing) {
      boolean said = status != 200 && ended.heldBytes() > 0;
      events.on(new Event.Judged(number, verdict, status, said));
    }
    if (passing) {
      ended(ended, verdict);
    }
  }

  private void ended(AnswerPipe by, Verdict verdict) {
    passOn(by);
    Ending ending =
        verdict == Verdict.GOOD
            ? Ending.WHOLE
            : by.passesErrorOn() ? Ending.WITH_ERROR : Ending.CUT;
    events.on(new Event.AnswerEnded(number, ending, why(by)));
  }

  private static String why(AnswerPipe cut) {
    String said = cut.errorMessage();
    return said == null ? "broke its answer off" : said;
  }

  @Override
  public void broke(LegFault fault, String what) {
    AnswerPipe broken = pipe;
    if (passing && broken != null) {
      Verdict verdict = broken.breakOff();
      if (verdict == Verdict.GOOD || broken.passesErrorOn()) {
        ended(broken, verdict);
        return;
      }
      passOn(broken);
    }
    events.on(new Event.LegBroke(number, fault, what));
  }

  // --- what the turn asks of it ---

  /** From now on the answer goes to the client; says whether all of it is here. */
  boolean pass() {
    passing = !whole || eventStream;
    return whole;
  }

  boolean isEventStream() {
    return eventStream;
  }

  /** Whether what the client has seen ends inside an event. */
  boolean endsInsideEvent() {
    return passing && pipe != null && pipe.endsInsideEvent();
  }

  @Nullable String loadMetrics() {
    return loadMetrics;
  }

  /** All that may go out now; the caller releases it. */
  @Nullable ByteBuf take() {
    return pipe == null ? null : pipe.take();
  }

  /** When the engine gave its last sign. */
  long lastSignNanos() {
    return signs.lastNanos();
  }

  /** Token counts of the whole answer; complete at the end. */
  Usage usage() {
    Usage own = ownUsage();
    return seam == null ? own : seam.whole(own);
  }

  private Usage ownUsage() {
    return pipe == null ? Usage.UNKNOWN : pipe.usage();
  }

  /** Tokens of the whole answer, as far as they are known; −1: not. */
  long completionTokens() {
    int told = ownUsage().completionTokens();
    long own = told >= 0 || !eventStream || pipe == null ? told : pipe.contentEvents();
    return seam == null ? own : seam.saidTokens() + Math.max(0, own);
  }

  @Override
  Words words() {
    AnswerPipe held = pipe;
    if (held == null) {
      return new Words(status, contentType, new byte[0]);
    }
    ByteBuf all = held.takeWhole();
    try {
      return new Words(status, contentType, ByteBufUtil.getBytes(all));
    } finally {
      all.release();
    }
  }

  @Override
  void dispose() {
    if (pipe != null) {
      pipe.clear();
    }
  }
}
