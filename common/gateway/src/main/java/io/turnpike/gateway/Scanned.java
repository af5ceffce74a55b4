package io.turnpike.gateway;

import io.netty.handler.codec.http.HttpHeaders;
import io.turnpike.openai.TurnApi;
import io.turnpike.openai.TurnBody;
import io.turnpike.receipt.TurnEnd;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request that was read: what a turn needs of it until its receipt, without its bytes. Immutable.
 *
 * @param id 32 hexadecimal digits
 * @param at when it was read
 * @param routing how turns are routed at the moment
 * @param model the model asked for, or null
 * @param promptTokens tokens of the prompt, or an estimate
 * @param maxTokens the most tokens the answer may have; −1: only the context limits it
 * @param forwarded what is passed on of the client's headers
 * @param clientRequestId the client's own request id, if it may reach an engine
 * @param probe whether nothing shall remember it: no conversation, no receipt
 * @param caller the id of whose key it was; null: nobody's
 */
record Scanned(
    String id,
    Instant at,
    TurnRouting.Choice routing,
    TurnApi api,
    @Nullable String model,
    boolean stream,
    int promptTokens,
    int maxTokens,
    boolean severalSequences,
    HttpHeaders forwarded,
    @Nullable String clientRequestId,
    boolean probe,
    @Nullable String caller) {

  static Scanned of(
      String id, Instant at, TurnRouting.Choice routing, TurnBody body, Client client) {
    return new Scanned(
        id,
        at,
        routing,
        body.api(),
        body.model(),
        body.isStream(),
        body.promptTokensEstimate(),
        body.maxTokens(),
        body.severalSequences(),
        client.forwarded,
        client.requestId,
        client.probe,
        client.caller);
  }

  /** What an engine is sent besides the body. */
  HttpHeaders legHeaders(String requestId) {
    return ClientAnswer.headers().add(forwarded).set("x-request-id", requestId);
  }

  /** What was asked, as a receipt keeps it. */
  TurnEnd.Asked asked() {
    return new TurnEnd.Asked(id, at, api, model, stream, routing.word(), probe, caller);
  }

  /**
   * What comes of the request's head.
   *
   * @param forwarded headers that are passed on
   * @param requestId the client's own, if it may reach an engine
   * @param probe whether nothing shall remember the turn
   * @param caller the id of whose key it was; null: nobody's
   */
  record Client(
      HttpHeaders forwarded, @Nullable String requestId, boolean probe, @Nullable String caller) {}
}
