package io.turnpike.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.turnpike.error.ApiError;
import io.turnpike.gateway.TurnLeg.Words;
import io.turnpike.gateway.http.TurnExchange;
import io.turnpike.node.Node;
import io.turnpike.routing.RouteDecision;
import io.turnpike.turn.Failure;
import io.turnpike.turn.Leg;
import io.turnpike.turn.TurnRecord;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a client is given: an engine's answer with our headers, or an error in OpenAI's shape. */
final class ClientAnswer {

  private static final String EVENT_STREAM = "text/event-stream; charset=utf-8";
  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] EVENT_END = {'\n', '\n'};

  private ClientAnswer() {}

  /** Adds the request's id and the receipt's first words. */
  static void tell(HttpHeaders headers, Scanned asked, TurnRecord record, int turn) {
    String requestId = asked.clientRequestId();
    headers.set("x-request-id", requestId == null ? asked.id() : requestId);
    headers.set("x-turnpike-receipt", asked.id());
    RouteDecision decision = record.decision();
    if (decision != null) {
      headers.set("x-turnpike-route", decision.route().word());
      headers.set("x-turnpike-reason", decision.reason().word());
      name(headers, "x-turnpike-prefill", decision.prefill());
      name(headers, "x-turnpike-decode", decision.answering());
    }
    headers.set("x-turnpike-turn", Integer.toString(turn));
    headers.set("server-timing", timing(record));
  }

  private static void name(HttpHeaders headers, String header, @Nullable Node node) {
    if (node != null) {
      headers.set(header, node.id().value());
    }
  }

  /** Durations in milliseconds, as the Server-Timing header has them. */
  private static String timing(TurnRecord record) {
    StringBuilder text = new StringBuilder(48);
    if (record.prefillNanos() >= 0) {
      append(text, "prefill;dur=", record.prefillNanos());
    }
    if (record.firstContentNanos() != 0) {
      append(text, "decode;dur=", record.firstContentNanos() - record.decodeSentNanos());
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

  /** Begins to pass an engine's good answer on. */
  static void begin(TurnExchange exchange, HttpHeaders headers, AnswerLeg answer, boolean whole) {
    String load = answer.loadMetrics();
    if (load != null) {
      headers.set("endpoint-load-metrics", load);
    }
    if (answer.isEventStream()) {
      headers.set(HttpHeaderNames.CONTENT_TYPE, EVENT_STREAM);
      headers.set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_CACHE);
      headers.set("x-accel-buffering", "no");
      exchange.begin(200, headers);
      return;
    }
    headers.set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
    if (whole) {
      ByteBuf all = answer.take();
      exchange.answer(200, headers, all == null ? Unpooled.EMPTY_BUFFER : all);
    } else {
      exchange.begin(200, headers);
    }
  }

  /** Gives the client what an engine said. */
  static void say(TurnExchange exchange, HttpHeaders headers, Words words) {
    String type = words.contentType();
    headers.set(HttpHeaderNames.CONTENT_TYPE, type == null ? "application/json" : type);
    if (words.status() == 429 || words.status() == 503) {
      headers.set(HttpHeaderNames.RETRY_AFTER, "1");
    }
    exchange.answer(words.status(), headers, Unpooled.wrappedBuffer(words.body()));
  }

  /** Gives the client an error of ours. */
  static void refuse(TurnExchange exchange, HttpHeaders headers, ApiError error) {
    headers.set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
    error.headers().forEach(headers::set);
    exchange.answer(error.status(), headers, Unpooled.wrappedBuffer(error.toJson()));
  }

  /** Tells a browser what its page may do. */
  static void preflight(TurnExchange exchange, HttpHeaders headers) {
    exchange.answer(200, headers, Unpooled.copiedBuffer("OK", StandardCharsets.US_ASCII));
  }

  /** It was already run again here: a client library's own retries would only repeat the work. */
  static HttpHeaders discourageRetry(HttpHeaders headers, int status, int tries) {
    return status >= 500 && tries > 1 ? headers.set("x-should-retry", "false") : headers;
  }

  static HttpHeaders headers() {
    return DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
  }

  /** An error as an event of a stream; it begins a new line where the last one has no end. */
  static ByteBuf errorEvent(ApiError error, boolean insideEvent) {
    ByteBuf event = Unpooled.buffer(256);
    if (insideEvent) {
      event.writeBytes(EVENT_END);
    }
    return event.writeBytes(DATA).writeBytes(error.toJson()).writeBytes(EVENT_END);
  }

  static ApiError errorOf(Failure failure) {
    return switch (failure) {
      case Failure.NoNode(var reason) ->
          switch (reason) {
            case NO_REPLICA_NODE -> ApiError.noReplicaNode();
            case NO_PREFILL_NODE -> ApiError.noPrefillNode();
            default -> ApiError.noDecodeNode();
          };
      case Failure.LegFailed(var leg, String what) -> ApiError.legFailed(legOf(leg), what);
      case Failure.LegTimedOut(var leg, String what) -> ApiError.legTimedOut(legOf(leg), what);
      case Failure.TurnTimedOut(String what) -> ApiError.turnTimedOut(what);
    };
  }

  private static ApiError.Leg legOf(Leg leg) {
    return switch (leg) {
      case PREFILL -> ApiError.Leg.PREFILL;
      case DECODE -> ApiError.Leg.DECODE;
      case REPLICA -> ApiError.Leg.REPLICA;
    };
  }
}
