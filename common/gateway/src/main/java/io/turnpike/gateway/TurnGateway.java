package io.turnpike.gateway;

import io.turnpike.gateway.Admission.Permit;
import io.turnpike.openai.TurnApi;
import io.turnpike.routing.RouteDecision;
import java.util.random.RandomGenerator;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * The way of one turn through a gateway, from its first byte to its receipt. Both HTTP services are
 * this class; they differ in the {@link TurnRouting} they give it.
 */
public final class TurnGateway {

  private final Admission admission;
  private final TurnReader reader;
  private final Recogniser conversations;
  private final TurnRouting routing;
  private final Legs legs;
  private final Relay relay;
  private final Receipts receipts;
  private final RandomGenerator random;

  TurnGateway(
      Admission admission,
      TurnReader reader,
      Recogniser conversations,
      TurnRouting routing,
      Legs legs,
      Relay relay,
      Receipts receipts,
      RandomGenerator random) {
    this.admission = admission;
    this.reader = reader;
    this.conversations = conversations;
    this.routing = routing;
    this.legs = legs;
    this.relay = relay;
    this.receipts = receipts;
    this.random = random;
  }

  /**
   * Serves one turn: request → conversation → decision → legs → relay → receipt. Never fails: what
   * goes wrong is answered. Cancelled when the client leaves, which closes the legs.
   */
  public Mono<Void> serve(TurnApi api, HttpServerRequest request, HttpServerResponse response) {
    Permit permit = admission.admit();
    if (permit == null) {
      return relay.refuse(response, admission.refusal());
    }
    return reader
        .read(api, request, routing)
        .flatMap(
            turn ->
                conversations
                    .recognise(turn)
                    .flatMap(recognised -> legs.run(turn, decide(turn)))
                    .doOnNext(reply -> conversations.remember(turn, reply))
                    .flatMap(reply -> relay.send(turn, reply, response))
                    .onErrorResume(failure -> relay.fail(turn, failure, response))
                    .doFinally(end -> receipts.finish(turn, end)))
        .onErrorResume(failure -> relay.refuse(response, failure))
        .doFinally(end -> permit.release());
  }

  private RouteDecision decide(Turn turn) {
    return turn.routing.policy().decide(turn.facts, legs.view(turn), random);
  }
}
