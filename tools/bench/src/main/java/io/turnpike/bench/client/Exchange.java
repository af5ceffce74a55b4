package io.turnpike.bench.client;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.timeout.ReadTimeoutException;
import io.turnpike.bench.client.Failure.Kind;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.client.PrematureCloseException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;

/** One request under way. Used by its connection's event loop alone. */
final class Exchange {

  private final Request request;
  private final long scheduledNanos;
  private final long startedNanos;
  private final StreamMeter meter;
  private long sentNanos;
  private int status;
  private String route = "";
  private String receipt = "";

  Exchange(Request request, long scheduledNanos, long startedNanos, LongConsumer gaps) {
    this.request = request;
    this.scheduledNanos = scheduledNanos;
    this.startedNanos = startedNanos;
    meter = new StreamMeter(request.streamed(), request.keepAnswer(), gaps);
  }

  Request request() {
    return request;
  }

  StreamMeter meter() {
    return meter;
  }

  void sent(long nowNanos) {
    sentNanos = nowNanos;
  }

  void answered(HttpClientResponse response) {
    status = response.status().code();
    route = header(response, "X-Turnpike-Route");
    receipt = header(response, "X-Turnpike-Receipt");
  }

  private static String header(HttpClientResponse response, String name) {
    String said = response.responseHeaders().get(name);
    return said == null ? "" : said;
  }

  boolean isOk() {
    return status == 200;
  }

  /** The answer ended in order. */
  Measurement ended(String errorBody, long nowNanos) {
    if (!isOk()) {
      return measurement(new Failure(Kind.HTTP, status, errorBody), nowNanos);
    }
    meter.end(nowNanos);
    if (!meter.error().isEmpty()) {
      return failed(Kind.ERROR_EVENT, meter.error(), nowNanos);
    }
    if (!meter.isWhole()) {
      return failed(Kind.CUT, "the stream ended without [DONE]", nowNanos);
    }
    if (meter.firstNanos() == 0) {
      return failed(Kind.EMPTY, "200 without a token", nowNanos);
    }
    return measurement(null, meter.lastNanos());
  }

  /** The answer did not end in order. */
  Measurement failed(Throwable error, long nowNanos) {
    String said = error.getClass().getSimpleName() + ": " + error.getMessage();
    return failed(kind(error), said, nowNanos);
  }

  Measurement failed(Kind kind, String detail, long nowNanos) {
    return measurement(Failure.of(kind, detail), nowNanos);
  }

  private Kind kind(Throwable error) {
    return switch (error) {
      case ConnectTimeoutException e -> Kind.CONNECT_TIMEOUT;
      case ConnectException e -> Kind.REFUSED;
      case UnknownHostException e -> Kind.REFUSED;
      case ReadTimeoutException e -> status == 0 ? Kind.FIRST_BYTE_TIMEOUT : Kind.STALLED;
      case PoolAcquireTimeoutException e -> Kind.POOL;
      case PoolAcquirePendingLimitException e -> Kind.POOL;
      case TimeoutException e -> Kind.TIMEOUT;
      case PrematureCloseException e -> status == 0 ? Kind.RESET : Kind.CUT;
      case java.io.IOException e -> status == 0 ? Kind.RESET : Kind.CUT;
      default -> Kind.OTHER;
    };
  }

  private Measurement measurement(@Nullable Failure failure, long endNanos) {
    return new Measurement(
        request.index(),
        request.conversation(),
        request.turn(),
        scheduledNanos,
        startedNanos,
        sentNanos,
        meter.firstNanos(),
        endNanos,
        meter.promptTokens(),
        meter.outputTokens(request.maxTokens()),
        meter.cachedTokens(),
        meter.tokenSource(request.maxTokens()),
        meter.chunks(),
        meter.maxGapNanos(),
        route,
        receipt,
        request.keepAnswer() ? meter.text() : "",
        failure);
  }
}
