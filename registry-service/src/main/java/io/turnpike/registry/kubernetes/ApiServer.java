package io.turnpike.registry.kubernetes;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.ByteBufFlux;
import reactor.netty.ByteBufMono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The API server of a Kubernetes cluster, as far as pods are asked of it: JSON over HTTP, with the
 * token of a service account. Token and certificates are read anew for each request, because both
 * are replaced while a pod lives. Thread-safe.
 *
 * <p>The official Java client was rejected here: with what it needs (protocol buffers,
 * cryptography, another HTTP client, all kinds of Kubernetes) it has 43 MB, as much as all other
 * libraries of the registry, for one list and one watch.
 */
final class ApiServer {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int MAX_BODY_BYTES = 64 << 20;

  private final Access access;

  /**
   * How to reach it.
   *
   * @param url scheme, host and port
   * @param tokenFile what is shown; null: nothing
   * @param caFile whom to trust; null: the trust of the JDK
   */
  record Access(URI url, @Nullable Path tokenFile, @Nullable Path caFile) {}

  ApiServer(Access access) {
    this.access = access;
  }

  URI url() {
    return access.url();
  }

  /** {@code GET}; an {@link ApiRefusal} if it answers anything but 200. */
  Mono<JsonNode> get(String path) {
    return client(PATIENCE)
        .flatMap(http -> http.get().uri(path).responseSingle(ApiServer::whole))
        .timeout(PATIENCE.multipliedBy(2));
  }

  /** {@code POST} of JSON; an {@link ApiRefusal} if it answers anything but 200 or 201. */
  Mono<JsonNode> post(String path, JsonNode body) {
    byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    return client(PATIENCE)
        .map(http -> http.headers(h -> h.set(HttpHeaderNames.CONTENT_TYPE, "application/json")))
        .flatMap(
            http ->
                http.post()
                    .uri(path)
                    .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(bytes)))
                    .responseSingle(ApiServer::whole))
        .timeout(PATIENCE.multipliedBy(2));
  }

  /**
   * {@code GET} of what comes line by line, until the server ends it.
   *
   * @param silence the longest pause; longer, and the connection is taken to be dead
   */
  Flux<JsonNode> stream(String path, Duration silence) {
    return client(silence)
        .flatMapMany(
            http ->
                http.get()
                    .uri(path)
                    .response(
                        (response, content) ->
                            response.status().code() == 200
                                ? lines(content)
                                : body(content)
                                    .flatMapMany(
                                        said -> Flux.<JsonNode>error(refusal(response, said)))));
  }

  private static Flux<JsonNode> lines(ByteBufFlux content) {
    JsonLines lines = new JsonLines();
    return content.asByteArray().concatMapIterable(lines::feed);
  }

  private static Mono<JsonNode> whole(HttpClientResponse response, ByteBufMono content) {
    int status = response.status().code();
    return content
        .asByteArray()
        .defaultIfEmpty(new byte[0])
        .map(ApiServer::bounded)
        .flatMap(
            bytes ->
                status == 200 || status == 201
                    ? Mono.fromCallable(() -> JsonMapper.shared().readTree(bytes))
                    : Mono.error(refusal(response, bytes)));
  }

  private static byte[] bounded(byte[] bytes) {
    if (bytes.length > MAX_BODY_BYTES) {
      throw new IllegalStateException("the API server answered too much");
    }
    return bytes;
  }

  private static Mono<byte[]> body(ByteBufFlux content) {
    return content
        .asByteArray()
        .collect(ByteArrayOutputStream::new, ByteArrayOutputStream::writeBytes)
        .map(ByteArrayOutputStream::toByteArray);
  }

  /** What it says against the request; proxies before it do not answer with its objects. */
  private static ApiRefusal refusal(HttpClientResponse response, byte[] body) {
    int status = response.status().code();
    try {
      return ApiRefusal.of(status, JsonMapper.shared().readTree(body));
    } catch (RuntimeException noJson) {
      return new ApiRefusal(status, "");
    }
  }

  private Mono<HttpClient> client(Duration silence) {
    return Mono.fromCallable(() -> makeClient(silence)).subscribeOn(Schedulers.boundedElastic());
  }

  private HttpClient makeClient(Duration silence) throws IOException {
    String token = access.tokenFile() == null ? "" : Files.readString(access.tokenFile()).strip();
    HttpClient http =
        HttpClient.newConnection()
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
            .baseUrl(access.url().toString())
            .responseTimeout(silence)
            .headers(
                headers -> {
                  headers.set(HttpHeaderNames.USER_AGENT, "turnpike-registry");
                  headers.set(HttpHeaderNames.ACCEPT, "application/json");
                  if (!token.isEmpty()) {
                    headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + token);
                  }
                });
    if (!"https".equals(access.url().getScheme())) {
      return http;
    }
    SslContextBuilder tls = SslContextBuilder.forClient();
    if (access.caFile() != null) {
      tls.trustManager(access.caFile().toFile());
    }
    SslContext context = tls.build();
    return http.secure(spec -> spec.sslContext(context));
  }
}
