package io.turnpike.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.turnpike.caller.Caller;
import io.turnpike.conversation.Recognisable;
import io.turnpike.engine.InflightLoad.Reservation;
import io.turnpike.engine.http.LegListener;
import io.turnpike.engine.http.LegRequest;
import io.turnpike.engine.http.LegRequest.Resend;
import io.turnpike.error.ApiError;
import io.turnpike.gateway.http.GatheredBody;
import io.turnpike.gateway.http.TurnExchange;
import io.turnpike.gateway.http.TurnListener;
import io.turnpike.node.Connector;
import io.turnpike.node.Node;
import io.turnpike.openai.TurnBody;
import io.turnpike.openai.Usage;
import io.turnpike.receipt.Receipt;
import io.turnpike.receipt.TurnEnd;
import io.turnpike.trace.TurnTrace;
import io.turnpike.turn.Effect;
import io.turnpike.turn.Effect.Fact;
import io.turnpike.turn.Effect.Slot;
import io.turnpike.turn.Event;
import io.turnpike.turn.Event.Ending;
import io.turnpike.turn.Failure;
import io.turnpike.turn.Outcome;
import io.turnpike.turn.TurnMachine;
import java.nio.charset.StandardCharsets;
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
  private @Nullable TurnBody body;
  private @Nullable Recogniser recogniser;
  private @Nullable TurnMachine machine;
  private @Nullable PrefillLeg prefillLeg;
  private @Nullable AnswerLeg answerLeg;
  private int status;
  private long prefillPromptTokens = -1;
  private long prefillCachedTokens = -1;

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
  public void begin(Scanned turn, TurnBody scannedBody, Recognisable identity) {
    trace = parts.tracing().begin(exchange.headers(), beganNanos);
    scanned = turn;
    body = scannedBody;
    machine =
        new TurnMachine(
            turn.routing().policy(), parts.rules(), parts.world(), parts.random(), beganNanos);
    recogniser = new Recogniser(parts.conversations(), turn, identity);
    parts.live().of(exchange.loop()).add(this);
    recogniser.recognise(exchange.loop(), facts -> on(new Event.Recognised(facts)));
  }

  // --- the client ---

  @Override
  public void writabilityChanged() {
    if (answerLeg != null) {
      answerLeg.read(exchange.isWritable());
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
      AnswerLeg leg = answerLeg;
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
      case Effect.Reserve(Slot slot, Node node, long tokens, long waitingTokens) ->
          places.put(slot, parts.engines().load().reserve(node.id(), tokens, waitingTokens));
      case Effect.PromptDone() -> Objects.requireNonNull(places.get(Slot.ANSWER)).promptDone();
      case Effect.Release(Slot slot) -> Objects.requireNonNull(places.remove(slot)).release();
      case Effect.SendPrefill(int leg, Node prefill, Node decode) ->
          sendPrefill(leg, prefill, decode);
      case Effect.SendDecode send -> sendDecode(send);
      case Effect.CloseLeg(int leg) -> closeLeg(leg);
      case Effect.Remember(Node node) -> remember(node);
      case Effect.DropBody() -> {
        body = null;
        arrival.dropBody();
        recogniser().settle();
      }
      case Effect.Pass(int leg) -> pass(leg);
      case Effect.PassWords(int leg) -> passWords(leg);
      case Effect.Answer(Failure failure, int tries) -> answer(failure, tries);
      case Effect.CutAnswer(Failure failure) -> cut(failure);
      case Effect.Note(Fact fact) -> parts.news().take(fact);
      case Effect.End(Outcome outcome) -> end();
    }
  }

  // --- legs ---

  private void sendPrefill(int number, Node prefill, Node decode) {
    Connector connector = prefill.connector();
    parts.engines().health().tries(prefill, decode);
    String params = connector.prefillParams();
    ByteBuf request =
        turnBody()
            .prefillLeg(
                exchange.alloc(),
                params == null ? null : params.getBytes(StandardCharsets.US_ASCII));
    PrefillLeg leg =
        new PrefillLeg(number, this, parts.engines().settings().maxPrefillAnswer().toBytes());
    prefillLeg = leg;
    String id = connector.requestId(prefill, decode, turn().id(), turn().clientRequestId());
    HttpHeaders headers = trace.prefill(prefill, turn().legHeaders(id));
    send(leg, leg, request(prefill, headers, request, Resend.ALLOWED, LegRequest.ANY_TIME));
  }

  private void sendDecode(Effect.SendDecode send) {
    Node node = send.node();
    Node from = send.from();
    Scanned turn = turn();
    String id =
        from == null
            ? node.connector().aloneRequestId(turn.id(), turn.clientRequestId())
            : from.connector().requestId(from, node, turn.id(), turn.clientRequestId());
    byte[] params = null;
    PrefillLeg prefill = prefillLeg;
    if (from != null && prefill != null) {
      prefillPromptTokens = prefill.promptTokens();
      prefillCachedTokens = prefill.cachedTokens();
      params = from.connector().passesParamsOn() ? prefill.takeParams() : null;
    }
    if (answerLeg != null) {
      answerLeg.dispose();
    }
    LifeSigns signs = new LifeSigns(parts.engines().signs().of(node.id()), parts.ticker());
    AnswerLeg leg =
        new AnswerLeg(
            send.leg(),
            this,
            exchange,
            signs,
            parts.engines().settings().maxHeldAnswer().toBytes());
    answerLeg = leg;
    Resend resend = params == null ? Resend.ALLOWED : Resend.FORBIDDEN;
    ByteBuf request = turnBody().decodeLeg(exchange.alloc(), params);
    HttpHeaders headers = trace.answer(node, from, turn().legHeaders(id));
    send(leg, leg, request(node, headers, request, resend, send.latestNanos()));
  }

  private LegRequest request(Node node, HttpHeaders head, ByteBuf body, Resend resend, long late) {
    return new LegRequest(node.url(), turn().api().path(), head, body, resend, late);
  }

  private void send(TurnLeg leg, LegListener listener, LegRequest request) {
    leg.started(parts.engines().clients().of(exchange.loop()).send(request, listener));
  }

  private void closeLeg(int number) {
    if (prefillLeg != null && prefillLeg.number == number) {
      prefillLeg.cancel();
    }
    if (answerLeg != null && answerLeg.number == number) {
      answerLeg.cancel();
    }
  }

  private void remember(Node node) {
    if (!turn().probe()) {
      long known = prefillPromptTokens;
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
    AnswerLeg leg = Objects.requireNonNull(answerLeg);
    status = 200;
    boolean whole = leg.pass();
    ClientAnswer.begin(exchange, told(), leg, whole);
    if (whole && !leg.isEventStream()) {
      on(new Event.AnswerEnded(number, Ending.WHOLE, ""));
    } else {
      leg.read(exchange.isWritable());
    }
  }

  private void passWords(int number) {
    boolean ofPrefill = prefillLeg != null && prefillLeg.number == number;
    TurnLeg.Words words = Objects.requireNonNull(ofPrefill ? prefillLeg : answerLeg).words();
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
    AnswerLeg leg = Objects.requireNonNull(answerLeg);
    if (leg.isEventStream()) {
      ApiError error = ClientAnswer.errorOf(failure);
      exchange.write(ClientAnswer.errorEvent(error, leg.endsInsideEvent()));
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
    return receipt;
  }

  /** Whatever the turn still has; harmless when repeated. */
  private void letGo() {
    places.values().forEach(Reservation::release);
    places.clear();
    body = null;
    parts.live().of(exchange.loop()).remove(this);
    if (answerLeg != null) {
      answerLeg.cancel();
    }
    if (prefillLeg != null) {
      prefillLeg.cancel();
    }
    arrival.release();
  }

  private TurnEnd turnEnd() {
    AnswerLeg leg = answerLeg;
    return new TurnEnd(
        turn().asked(),
        machine().record(),
        new TurnEnd.Conversation(recogniser().recognition(), recogniser().conversation()),
        new TurnEnd.Said(
            status,
            leg == null ? Usage.UNKNOWN : leg.usage(),
            leg == null ? -1 : leg.completionTokens(),
            prefillPromptTokens,
            prefillCachedTokens),
        trace.id());
  }

  // --- what is there by then ---

  private TurnMachine machine() {
    return Objects.requireNonNull(machine);
  }

  private Scanned turn() {
    return Objects.requireNonNull(scanned);
  }

  private TurnBody turnBody() {
    return Objects.requireNonNull(body);
  }

  private Recogniser recogniser() {
    return Objects.requireNonNull(recogniser);
  }
}
