package io.turnpike.membership;

import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.ssl.SslContext;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * Asks engines small questions outside turns: probes, models. The one place that knows the engine
 * key, how many connections that may take, how long an idle one is kept and how large an answer may
 * be. Safe for use by many threads; one per service.
 */
public final class EngineHttp implements AutoCloseable {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);

  /** An engine may come back elsewhere under the name it had, whatever its DNS says of it. */
  private static final Duration NAME_KEPT = Duration.ofSeconds(1);

  /** Engines close idle connections after 5 s. */
  private static final Duration MAX_IDLE = Duration.ofSeconds(4);

  private static final int MAX_CONNECTIONS_PER_ENGINE = 4;
  private static final int MAX_FORGOTTEN_BYTES = 64 << 10;

  private final ConnectionProvider connections;
  private final HttpClient plain;
  private final @Nullable Supplier<SslContext> tls;
  private volatile @Nullable Secured secured;

  /** What asks engines with TLS as it is at the moment. */
  private record Secured(SslContext tls, HttpClient http) {}

  /**
   * With the trust of the JDK.
   *
   * @param apiKey sent as a bearer token; null or blank: none
   */
  public EngineHttp(@Nullable String apiKey) {
    this(apiKey, null);
  }

  /**
   * @param apiKey sent as a bearer token; null or blank: none
   * @param tls for engines whose URL says https; null: the trust of the JDK
   */
  public EngineHttp(@Nullable String apiKey, @Nullable Supplier<SslContext> tls) {
    this.tls = tls;
    connections =
        ConnectionProvider.builder("engine-questions")
            .maxConnections(MAX_CONNECTIONS_PER_ENGINE)
            .pendingAcquireMaxCount(MAX_CONNECTIONS_PER_ENGINE)
            .maxIdleTime(MAX_IDLE)
            .evictInBackground(MAX_IDLE.multipliedBy(2))
            .build();
    plain =
        HttpClient.create(connections)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
            .resolver(names -> names.cacheMaxTimeToLive(NAME_KEPT))
            .responseTimeout(ANSWER_TIMEOUT)
            .headers(headers -> defaults(headers, apiKey));
  }

  /** A client of its own for each reading of certificates: connections are pooled by it. */
  private HttpClient http(URI engine) {
    if (tls == null || !"https".equals(engine.getScheme())) {
      return plain;
    }
    SslContext now = tls.get();
    Secured known = secured;
    if (known == null || !known.tls().equals(now)) {
      known = new Secured(now, plain.secure(spec -> spec.sslContext(now)));
      secured = known;
    }
    return known.http();
  }

  private static void defaults(HttpHeaders headers, @Nullable String apiKey) {
    headers.set(HttpHeaderNames.USER_AGENT, "turnpike");
    if (apiKey != null && !apiKey.isBlank()) {
      headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + apiKey.strip());
    }
  }

  /**
   * What an engine said.
   *
   * @param body empty if it was not asked for
   */
  @SuppressWarnings("ArrayRecordComponent") // bytes on their way to a parser, never compared
  public record Answer(int status, byte[] body) {

    /** Whether it is a 200. */
    public boolean isOk() {
      return status == 200;
    }
  }

  /** An answer longer than it may be. Carries no stack. */
  static final class TooMuch extends RuntimeException {
    TooMuch(String path) {
      super(path + " answered too much", null, false, false);
    }
  }

  /**
   * {@code GET path}. An error if the engine cannot be reached, is silent for too long or says more
   * than it may.
   *
   * @param maxBytes the longest body; 0: the body is of no interest
   */
  public Mono<Answer> get(URI engine, String path, int maxBytes) {
    return http(engine)
        .get()
        .uri(engine.resolve(path))
        .response(
            (response, content) ->
                content
                    .asByteArray()
                    .collect(() -> new BoundedBody(path, maxBytes), BoundedBody::add)
                    .map(body -> new Answer(response.status().code(), body.bytes())))
        .single();
  }

  @Override
  public void close() {
    connections.dispose();
  }

  /** Collects a body up to a limit; a limit of 0 reads and forgets. */
  private static final class BoundedBody {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final String path;
    private final int maxBytes;
    private int seen;

    BoundedBody(String path, int maxBytes) {
      this.path = path;
      this.maxBytes = maxBytes;
    }

    void add(byte[] part) {
      seen += part.length;
      if (seen > Math.max(maxBytes, MAX_FORGOTTEN_BYTES)) {
        throw new TooMuch(path);
      }
      if (maxBytes > 0) {
        kept.writeBytes(part);
      }
    }

    byte[] bytes() {
      return kept.toByteArray();
    }
  }
}
