package io.turnpike.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.turnpike.error.ApiError;
import io.turnpike.gateway.http.TurnExchange;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.cors.CorsConfiguration;

/**
 * What browsers are told of turns and models: by default any page may ask, without credentials, as
 * vLLM has it (its CORSMiddleware with all origins, methods and headers). Where origins are listed,
 * a page of another one is refused, because a browser sends some requests before it asks.
 */
final class CrossOrigin {

  private static final String ANY = "*";
  private static final String METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";
  private static final Duration MAX_AGE = Duration.ofMinutes(10);

  private final List<String> origins;
  private final boolean any;

  /**
   * @param origins that may ask; {@code *}: all
   */
  CrossOrigin(List<String> origins) {
    this.origins = List.copyOf(origins);
    this.any = origins.contains(ANY);
  }

  /** Why a page may not ask, or null: it may, or no page asks. */
  @Nullable ApiError refusal(HttpHeaders asked) {
    String origin = any ? null : asked.get(HttpHeaderNames.ORIGIN);
    return origin == null || origins.contains(origin) ? null : ApiError.originNotAllowed(origin);
  }

  /** Whether a browser asks what a page may do. */
  static boolean isPreflight(HttpMethod method, HttpHeaders asked) {
    return method.equals(HttpMethod.OPTIONS)
        && asked.contains(HttpHeaderNames.ORIGIN)
        && asked.contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
  }

  /** Answers that. */
  void answerPreflight(TurnExchange exchange) {
    HttpHeaders answer = headersFor(exchange);
    answer.set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
    answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    answer.set(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, Long.toString(MAX_AGE.toSeconds()));
    String headers = exchange.headers().get(HttpHeaderNames.ACCESS_CONTROL_REQUEST_HEADERS);
    if (headers != null) {
      answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, headers);
    }
    ClientAnswer.preflight(exchange, answer);
  }

  /** Headers of an answer, which let a page that may ask see it, and our headers with it. */
  HttpHeaders headersFor(TurnExchange exchange) {
    HttpHeaders answer = ClientAnswer.headers();
    String origin = exchange.headers().get(HttpHeaderNames.ORIGIN);
    if (origin != null && (any || origins.contains(origin))) {
      answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, any ? ANY : origin);
      answer.set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, ANY);
      if (!any) {
        answer.set(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN);
      }
    }
    return answer;
  }

  /** The same for what WebFlux answers. */
  static CorsConfiguration configuration(List<String> origins) {
    CorsConfiguration cors = new CorsConfiguration();
    cors.setAllowedOrigins(origins);
    cors.setAllowedMethods(List.of(METHODS.split(", ", -1)));
    cors.setAllowedHeaders(List.of(ANY));
    cors.setExposedHeaders(List.of(ANY));
    cors.setMaxAge(MAX_AGE);
    return cors;
  }
}
