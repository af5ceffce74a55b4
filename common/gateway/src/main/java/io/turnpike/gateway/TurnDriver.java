package io.turnpike.gateway;

import io.netty.handler.codec.http.HttpHeaders;
import io.turnpike.caller.Caller;
import io.turnpike.conversation.Recognisable;
import io.turnpike.error.ApiError;
import io.turnpike.gateway.http.GatheredBody;
import io.turnpike.gateway.http.TurnExchange;
import io.turnpike.gateway.http.TurnListener;
import io.turnpike.node.Node;
import io.turnpike.receipt.Receipt;
import io.turnpike.receipt.TurnEnd;
import io.turnpike.routing.RouteDecision;
import io.turnpike.trace.TurnTrace;
import io.turnpike.turn.Effect;
import io.turnpike.turn.Effect.Fact;
import io.turnpike.turn.Effect.Slot;
import io.turnpike.turn.Event;
import io.turnpike.turn.Event.Ending;
import io.turnpike.turn.Failure;
import io.turnpike.turn.InflightLoad.Reservation;
import io.turnpike.turn.Outcome;
import io.turnpike.turn.TurnMachine;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one turn from its request to its receipt, on the event loop of its client's connection:
 * tells the {@link TurnMachine} what happens and does what it says. Every rule is in the machine;
 * nothing here is shared with another thread.
 *
 * <pre>
 *   request → scanned → recognised → decided → legs → answer → receipt
 * </pre>
 */
final class TurnDriver implements TurnListener, TurnArrival.Then, TurnEvents {

  private static final Logger LOG = LoggerFactory.getLogger(TurnDriver.class);

  private final TurnParts parts;
  private final TurnExchange exchange;
  private final TurnArrival arrival;
  private final Map<Slot, Reservation> places = new EnumMap<>(Slot.class);
  private final ArrayDeque<Event> waiting = new ArrayDeque<>(0);

  /** Where it stands among its loop's turns; −1: it is not among them. */
  int place = -1;

  private long beganNanos;
  private boolean performing;
  private TurnTrace trace = TurnTrace.NONE;
  private @Nullable Scanned scanned;
  private @Nullable Recogniser recogniser;
  private @Nullable TurnMachine machine;
  private @Nullable TurnLegs legs;
  private boolean streamed;
  private int status;

  TurnDriver(TurnParts parts, TurnExchange exchange, Caller caller) {
    this.parts = parts;
    this.exchange = exchange;
    this.arrival = new TurnArrival(parts, exchange, caller, this);
  }

  // --- the request ---

  @Override
  public void body(GatheredBody whole) {
    beganNanos = parts.ticker().getAsLong();
    arrival.body(whole);
  }

  @Override
  public void fault(BodyFault fault) {
    arrival.refused(TurnServing.errorOf(fault, parts.reader().maxBody()));
  }

  @Override
  public void begin(Scanned turn, HeldBody body, Recognisable identity) {
    trace = parts.tracing().begin(exchange.headers(), beganNanos);
    scanned = turn;
    TurnLegs under = new TurnLegs(parts, exchange, this, new TurnLegs.Asked(turn, body, trace));
    legs = under;
    machine =
        new TurnMachine(
            turn.routing().policy(), parts.rules(), parts.world(), parts.random(), beganNanos);
    recogniser = new Recogniser(parts.conversations(), turn, identity);
    parts.live().of(exchange.loop()).add(this);
    recogniser.recognise(exchange.loop(), facts -> on(new Event.Recognised(facts, under.ifCut())));
  }

  // --- the client ---

  @Override
  public void writabilityChanged() {
    AnswerLeg leg = legs == null ? null : legs.answerIfAny();
    if (leg != null) {
      leg.read(exchange.isWritable());
    }
  }

  @Override
  public void gone(ClientEnd how) {
    arrival.left();
    if (machine != null) {
      on(how == ClientEnd.STALLED ? new Event.ClientStalled() : new Event.ClientLeft());
    }
  }

  // --- events and effects ---

  void wakeIfDue(long nowNanos) {
    TurnMachine known = machine();
    if (nowNanos - known.dueNanos() >= 0) {
      AnswerLeg leg = legs().answerIfAny();
      long lastSign = leg == null || !exchange.isWritable() ? nowNanos : leg.lastSignNanos();
      on(new Event.Woke(lastSign));
    }
  }

  /** Takes an event; one that comes of an effect waits until all effects before it are done. */
  @Override
  public void on(Event event) {
    assert exchange.loop().inEventLoop() : "a turn was touched off its loop";
    if (performing) {
      waiting.add(event);
      return;
    }
    performing = true;
    try {
      for (Event next = event; next != null; next = waiting.poll()) {
        for (Effect effect : machine().on(next, parts.ticker().getAsLong())) {
          perform(effect);
        }
      }
    } catch (RuntimeException fault) {
      LOG.atError().setCause(fault).log("a turn failed by a fault of the gateway");
      giveUp();
    } finally {
      performing = false;
    }
  }

  /** A fault of ours must not leave the client waiting, nor a place, leg or permit behind. */
  private void giveUp() {
    waiting.clear();
    if (exchange.isUnanswered()) {
      ApiError error = ApiError.internal("The gateway failed on this request");
      status = error.status();
      ClientAnswer.refuse(exchange, parts.crossOrigin().headersFor(exchange), error);
    } else {
      exchange.abort();
    }
    try {
      machine().on(new Event.ClientLeft(), parts.ticker().getAsLong()).forEach(this::perform);
    } finally {
      letGo(); // of what the machine had given back already, in effects that were not reached
    }
  }

  private void perform(Effect effect) {
    switch (effect) {
      case Effect.Reserve place -> places.put(place.slot(), parts.engines().load().reserve(place));
      case Effect.PromptDone() -> Objects.requireNonNull(places.get(Slot.ANSWER)).promptDone();
      case Effect.Release(Slot slot) -> Objects.requireNonNull(places.remove(slot)).release();
      case Effect.SendPrefill(int leg, Node prefill, Node decode) ->
          legs().sendPrefill(leg, prefill, decode);
      case Effect.SendDecode send -> legs().sendDecode(send);
      case Effect.CloseLeg(int leg) -> legs().close(leg);
      case Effect.Remember(Node node) -> remember(node);
      case Effect.KeepBody() -> {
        legs().keepBody();
        recogniser().settle();
      }
      case Effect.DropBody() -> {
        legs().dropBody();
        recogniser().end();
      }
      case Effect.Pass(int leg) -> pass(leg);
      case Effect.AskTokens(int leg, Node node) -> legs().askTokens(leg, node);
      case Effect.GoOn(int leg, RouteDecision way) -> goOn(leg, way);
      case Effect.PassWords(int leg) -> passWords(leg);
      case Effect.Answer(Failure failure, int tries) -> answer(failure, tries);
      case Effect.CutAnswer(Failure failure) -> cut(failure);
      case Effect.Note(Fact fact) -> parts.news().take(fact);
      case Effect.End(Outcome outcome) -> end();
    }
  }

  private void remember(Node node) {
    if (!turn().probe()) {
      long known = legs().promptTokens();
      recogniser().remember(node, known >= 0 ? known : turn().promptTokens());
    }
  }

  // --- the answer ---

  private HttpHeaders told() {
    HttpHeaders headers = parts.crossOrigin().headersFor(exchange);
    ClientAnswer.tell(headers, turn(), machine().record(), recogniser().number());
    arrival.tell(headers);
    return headers;
  }

  private void pass(int number) {
    AnswerLeg leg = legs().answer();
    status = 200;
    streamed = leg.isEventStream();
    boolean whole = leg.pass();
    ClientAnswer.begin(exchange, told(), leg, whole);
    if (whole && !leg.isEventStream()) {
      on(new Event.AnswerEnded(number, Ending.WHOLE, ""));
    } else {
      leg.read(exchange.isWritable());
    }
  }

  /** The rest of an answer that broke off comes. */
  private void goOn(int number, RouteDecision way) {
    AnswerLeg leg = legs().answer();
    if (leg.isEventStream()) {
      legs().goesOn(way);
      leg.pass();
      leg.read(exchange.isWritable());
    } else {
      on(new Event.AnswerEnded(number, Ending.CUT, "went on with something else than a stream"));
    }
  }

  private void passWords(int number) {
    TurnLeg.Words words = legs().speaking(number).words();
    status = words.status();
    int tries = machine().record().tries();
    ClientAnswer.say(exchange, ClientAnswer.discourageRetry(told(), status, tries), words);
  }

  private void answer(Failure failure, int tries) {
    ApiError error = ClientAnswer.errorOf(failure);
    status = error.status();
    ClientAnswer.refuse(exchange, ClientAnswer.discourageRetry(told(), status, tries), error);
  }

  private void cut(Failure failure) {
    if (streamed) {
      ApiError error = ClientAnswer.errorOf(failure);
      exchange.write(ClientAnswer.errorEvent(error, legs().answer().endsInsideEvent()));
      exchange.flush();
    } else {
      exchange.abort();
    }
  }

  // --- the end ---

  private void end() {
    exchange.end();
    long now = parts.ticker().getAsLong();
    trace.end(machine().record(), now, () -> settle(now));
    letGo();
  }

  private Receipt settle(long nowNanos) {
    Receipt receipt = parts.receipts().finish(turnEnd(), nowNanos);
    arrival.settle(receipt.usedTokens(turn().promptTokens()));
    if (receipt.outcome() == Outcome.ANSWERED && receipt.completionTokens() > 0) {
      parts.engines().load().answered(receipt.completionTokens());
    }
    return receipt;
  }

  /** Whatever the turn still has; harmless when repeated. */
  private void letGo() {
    places.values().forEach(Reservation::release);
    places.clear();
    legs().dropBody();
    parts.live().of(exchange.loop()).remove(this);
    legs().closeAll();
    arrival.release();
  }

  private TurnEnd turnEnd() {
    return new TurnEnd(
        turn().asked(),
        machine().record(),
        new TurnEnd.Conversation(recogniser().recognition(), recogniser().conversation()),
        legs().said(status),
        legs().resumed(),
        trace.id());
  }

  // --- what is there by then ---

  private TurnMachine machine() {
    return Objects.requireNonNull(machine);
  }

  private Scanned turn() {
    return Objects.requireNonNull(scanned);
  }

  private TurnLegs legs() {
    return Objects.requireNonNull(legs);
  }

  private Recogniser recogniser() {
    return Objects.requireNonNull(recogniser);
  }
}
