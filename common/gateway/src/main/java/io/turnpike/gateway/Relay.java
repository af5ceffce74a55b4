package io.turnpike.gateway;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.turnpike.engine.HeldAnswer;
import io.turnpike.error.ApiError;
import io.turnpike.error.GatewayException;
import io.turnpike.gateway.Tried.Answered;
import io.turnpike.gateway.Tried.Said;
import io.turnpike.node.Node;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Gives a client its answer: an engine's bytes as they came, or an error in the OpenAI shape.
 *
 * <p>Streams go out with one flush per read from the engine (Reactor Netty flushes when the loop
 * turns to its tasks), and are read only as fast as the client takes them.
 */
final class Relay {

  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

  private static final String EVENT_STREAM = "text/event-stream; charset=utf-8";

  /** Sends what the legs came to. */
  Mono<Void> send(Turn turn, Tried.Final reply, HttpServerResponse response) {
    return switch (reply) {
      case Answered(HeldAnswer answer) -> answer(turn, answer, response);
      case Said said -> say(turn, said, response);
    };
  }

  private Mono<Void> answer(Turn turn, HeldAnswer answer, HttpServerResponse response) {
    turn.status = 200;
    tell(turn, response);
    HttpHeaders headers = response.responseHeaders();
    String load = answer.header("endpoint-load-metrics");
    if (load != null) {
      headers.set("endpoint-load-metrics", load);
    }
    if (answer.isEventStream()) {
      headers.set(HttpHeaderNames.CONTENT_TYPE, EVENT_STREAM);
      headers.set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_CACHE);
      headers.set("x-accel-buffering", "no");
      return response.send(answer).then();
    }
    headers.set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
    if (answer.isWhole()) {
      headers.setInt(HttpHeaderNames.CONTENT_LENGTH, Math.toIntExact(answer.heldBytes()));
      return response.sendObject(answer.passOnWhole()).then();
    }
    return response.send(answer).then();
  }

  private Mono<Void> say(Turn turn, Said said, HttpServerResponse response) {
    tell(turn, response);
    turn.status = said.status();
    turn.said = said;
    if (said.status() >= 500 && turn.attempts.tries > 1) {
      // It was already run again here: a client library's own retries would only repeat the work.
      response.header("x-should-retry", "false");
    }
    return say(said, response);
  }

  /** Answers a turn that ended by an exception. */
  Mono<Void> fail(Turn turn, Throwable failure, HttpServerResponse response) {
    turn.failure = failure;
    if (response.hasSentHeaders() || isClientGone(failure)) {
      return Mono.error(failure);
    }
    return say(turn, new Said(errorOf(failure)), response);
  }

  /** Answers a request that did not become a turn. */
  Mono<Void> refuse(HttpServerResponse response, Throwable failure) {
    return response.hasSentHeaders() || isClientGone(failure)
        ? Mono.error(failure)
        : refuse(response, errorOf(failure));
  }

  /** Nobody is left to be told, and it is no fault: a client may hang up while it still sends. */
  private static boolean isClientGone(Throwable failure) {
    return failure instanceof AbortedException;
  }

  /** Answers a request that did not become a turn. */
  Mono<Void> refuse(HttpServerResponse response, ApiError error) {
    if (error.status() == 413) {
      response.keepAlive(false); // the rest of the body is not worth reading
    }
    return say(new Said(error), response);
  }

  private static Mono<Void> say(Said said, HttpServerResponse response) {
    response.status(HttpResponseStatus.valueOf(said.status()));
    String type = said.contentType();
    response
        .responseHeaders()
        .set(HttpHeaderNames.CONTENT_TYPE, type == null ? "application/json" : type)
        .setInt(HttpHeaderNames.CONTENT_LENGTH, said.body().length);
    if (said.status() == 429 || said.status() == 503) {
      response.header(HttpHeaderNames.RETRY_AFTER, "1");
    }
    if (said.status() == 405) {
      response.header(HttpHeaderNames.ALLOW, "POST");
    }
    return response.sendObject(Unpooled.wrappedBuffer(said.body())).then();
  }

  private static ApiError errorOf(Throwable failure) {
    if (failure instanceof GatewayException known) {
      return known.error();
    }
    LOG.atError().setCause(failure).log("a turn failed by a fault of the gateway");
    return ApiError.internal("The gateway failed on this request");
  }

  /** The receipt's first words, as headers. */
  private static void tell(Turn turn, HttpServerResponse response) {
    HttpHeaders headers = response.responseHeaders();
    headers.set("x-turnpike-receipt", turn.id);
    headers.set("x-turnpike-route", turn.decision.route().word());
    headers.set("x-turnpike-reason", turn.decision.reason().word());
    headers.set("x-turnpike-turn", Integer.toString(turn.number()));
    Node prefill = turn.decision.prefill();
    Node answering = turn.decision.answering();
    if (prefill != null) {
      headers.set("x-turnpike-prefill", prefill.id().value());
    }
    if (answering != null) {
      headers.set("x-turnpike-decode", answering.id().value());
    }
    headers.set("server-timing", timing(turn));
  }

  /** Durations in milliseconds, as the Server-Timing header has them. */
  private static String timing(Turn turn) {
    StringBuilder text = new StringBuilder(48);
    if (turn.prefillAnsweredNanos != 0) {
      append(text, "prefill;dur=", turn.prefillAnsweredNanos - turn.prefillSentNanos);
    }
    if (turn.firstContentNanos != 0) {
      append(text, "decode;dur=", turn.firstContentNanos - turn.decodeSentNanos);
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String name, long nanos) {
    if (!text.isEmpty()) {
      text.append(", ");
    }
    long micros = nanos / 1000;
    text.append(name).append(micros / 1000).append('.').append((char) ('0' + micros % 1000 / 100));
  }
}
