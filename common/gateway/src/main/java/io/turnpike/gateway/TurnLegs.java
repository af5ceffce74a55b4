package io.turnpike.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.turnpike.engine.http.LegListener;
import io.turnpike.engine.http.LegRequest;
import io.turnpike.engine.http.LegRequest.Resend;
import io.turnpike.gateway.http.TurnExchange;
import io.turnpike.node.Connector;
import io.turnpike.node.Node;
import io.turnpike.openai.LegBodies;
import io.turnpike.openai.ResumedTurn;
import io.turnpike.openai.TurnBody;
import io.turnpike.openai.Usage;
import io.turnpike.receipt.Resumed;
import io.turnpike.receipt.TurnEnd;
import io.turnpike.routing.RouteDecision;
import io.turnpike.trace.TurnTrace;
import io.turnpike.turn.Effect;
import io.turnpike.turn.Event;
import io.turnpike.turn.Event.IfCut;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The legs of one turn: sends and closes them, and holds what came of them. For its loop. */
final class TurnLegs {

  private static final String TOKENS_PATH = "/tokenize";

  private final TurnParts parts;
  private final TurnExchange exchange;
  private final TurnEvents events;
  private final Scanned turn;
  private final TurnTrace trace;
  private final @Nullable Resumption resumption;
  private final HeldBody body;
  private @Nullable PrefillLeg prefillLeg;
  private @Nullable AnswerLeg answerLeg;
  private @Nullable Node answering;
  private @Nullable TokensLeg tokensLeg;
  private long promptTokens = -1;
  private long cachedTokens = -1;

  /**
   * What the legs are to answer.
   *
   * @param trace hears of each leg
   */
  record Asked(Scanned turn, HeldBody body, TurnTrace trace) {}

  TurnLegs(TurnParts parts, TurnExchange exchange, TurnEvents events, Asked asked) {
    this.parts = parts;
    this.exchange = exchange;
    this.events = events;
    this.turn = asked.turn;
    this.trace = asked.trace;
    this.body = asked.body;
    this.resumption =
        parts.ifCut() == IfCut.GO_ON && asked.body.read().isResumable() ? new Resumption() : null;
  }

  /** What the answer comes to if it breaks off. */
  IfCut ifCut() {
    return resumption == null ? IfCut.TELL : IfCut.GO_ON;
  }

  /** Nothing is asked any more, unless the answer breaks off. */
  void keepBody() {
    body.keep();
  }

  /** Nothing is asked any more. */
  void dropBody() {
    body.drop();
  }

  private LegBodies bodies() {
    LegBodies goOn = resumption == null ? null : resumption.turn();
    return goOn == null ? body.read() : goOn;
  }

  // --- sending ---

  void sendPrefill(int number, Node prefill, Node decode) {
    Connector connector = prefill.connector();
    parts.engines().health().tries(prefill, decode);
    String params = connector.prefillParams();
    ByteBuf request =
        bodies()
            .prefillLeg(
                exchange.alloc(),
                params == null ? null : params.getBytes(StandardCharsets.US_ASCII));
    PrefillLeg leg = new PrefillLeg(number, events, maxPrefillAnswer());
    prefillLeg = leg;
    String id = connector.requestId(prefill, decode, turn.id(), turn.clientRequestId());
    HttpHeaders headers = trace.prefill(prefill, turn.legHeaders(id));
    send(leg, leg, request(prefill, headers, request, Resend.ALLOWED, LegRequest.ANY_TIME));
  }

  void sendDecode(Effect.SendDecode send) {
    Node node = send.node();
    Node from = send.from();
    String id =
        from == null
            ? node.connector().aloneRequestId(turn.id(), turn.clientRequestId())
            : from.connector().requestId(from, node, turn.id(), turn.clientRequestId());
    byte[] params = from == null ? null : handedOver(from);
    AnswerLeg leg = newAnswerLeg(send.leg(), node);
    Resend resend = params == null ? Resend.ALLOWED : Resend.FORBIDDEN;
    ByteBuf request = bodies().decodeLeg(exchange.alloc(), params);
    HttpHeaders headers = trace.answer(node, from, turn.legHeaders(id));
    send(leg, leg, request(node, headers, request, resend, send.latestNanos()));
  }

  private byte @Nullable [] handedOver(Node from) {
    PrefillLeg prefill = prefillLeg;
    if (prefill == null) {
      return null;
    }
    if (resumption == null || resumption.turn() == null) {
      promptTokens = prefill.promptTokens();
      cachedTokens = prefill.cachedTokens();
    }
    return from.connector().passesParamsOn() ? prefill.takeParams() : null;
  }

  private AnswerLeg newAnswerLeg(int number, Node node) {
    if (answerLeg != null) {
      answerLeg.dispose();
    }
    LifeSigns signs = new LifeSigns(parts.engines().signs().of(node.id()), parts.ticker());
    long maxHeld = parts.engines().settings().maxHeldAnswer().toBytes();
    AnswerLeg leg = new AnswerLeg(number, events, exchange, signs, maxHeld);
    if (resumption != null) {
      leg.keepFor(resumption);
    }
    answerLeg = leg;
    answering = node;
    return leg;
  }

  private LegRequest request(Node node, HttpHeaders head, ByteBuf body, Resend resend, long late) {
    return new LegRequest(node.url(), turn.api().path(), head, body, resend, late);
  }

  private void send(TurnLeg leg, LegListener listener, LegRequest request) {
    leg.started(parts.engines().clients().of(exchange.loop()).send(request, listener));
  }

  private long maxPrefillAnswer() {
    return parts.engines().settings().maxPrefillAnswer().toBytes();
  }

  // --- an answer that broke off ---

  /** Asks a node for the tokens of what was asked and answered so far. */
  void askTokens(int number, Node node) {
    exchange.flush();
    Resumption kept = Objects.requireNonNull(resumption);
    kept.brokeOff(Objects.requireNonNull(answering), answer().lastSignNanos());
    TurnBody asked = body.takeBack();
    if (asked == null) {
      events.on(new Event.NotResumable(number, "its request made room for others"));
      return;
    }
    ResumedTurn goesOn = kept.begin(asked);
    if (goesOn == null) {
      events.on(new Event.NotResumable(number, "what was said is not known as a text"));
      return;
    }
    TokensLeg leg =
        new TokensLeg(
            number, events, goesOn, maxPrefillAnswer(), (own, body) -> ask(node, own, body));
    tokensLeg = leg;
    leg.ask();
  }

  private void ask(Node node, TokensLeg leg, ByteBuf question) {
    LegRequest request =
        new LegRequest(
            node.url(),
            TOKENS_PATH,
            turn.legHeaders(turn.id()),
            question,
            Resend.ALLOWED,
            LegRequest.ANY_TIME);
    send(leg, leg, request);
  }

  /** The answer goes on by the leg that answers. */
  void goesOn(RouteDecision way) {
    Objects.requireNonNull(resumption).goesOn(way, parts.ticker().getAsLong());
    tokensLeg = null;
  }

  // --- what came of them ---

  /** The leg that answers. */
  AnswerLeg answer() {
    return Objects.requireNonNull(answerLeg);
  }

  /** The same; null: none was sent yet. */
  @Nullable AnswerLeg answerIfAny() {
    return answerLeg;
  }

  /** The leg of that number that has words for the client. */
  TurnLeg speaking(int number) {
    boolean ofPrefill = prefillLeg != null && prefillLeg.number == number;
    return Objects.requireNonNull(ofPrefill ? prefillLeg : answerLeg);
  }

  /** Tokens of the prompt, as P counted them; −1: not known. */
  long promptTokens() {
    return promptTokens;
  }

  /** What the engines said. */
  TurnEnd.Said said(int status) {
    AnswerLeg leg = answerLeg;
    return new TurnEnd.Said(
        status,
        leg == null ? Usage.UNKNOWN : leg.usage(),
        leg == null ? -1 : leg.completionTokens(),
        promptTokens,
        cachedTokens);
  }

  /** How often the answer went on elsewhere, and where. */
  List<Resumed> resumed() {
    return resumption == null ? List.of() : resumption.done();
  }

  // --- giving up ---

  void close(int number) {
    closeIf(prefillLeg, number);
    closeIf(answerLeg, number);
    closeIf(tokensLeg, number);
  }

  private static void closeIf(@Nullable TurnLeg leg, int number) {
    if (leg != null && leg.number == number) {
      leg.cancel();
    }
  }

  /** Whatever is under way; harmless when repeated. */
  void closeAll() {
    for (TurnLeg leg : new @Nullable TurnLeg[] {answerLeg, prefillLeg, tokensLeg}) {
      if (leg != null) {
        leg.cancel();
      }
    }
  }
}
