package io.turnpike.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.util.List;
import org.springframework.web.cors.CorsConfiguration;

/**
 * What browsers are told of turns and models: any page may ask, without credentials, as vLLM has it
 * (its CORSMiddleware with all origins, methods and headers). Control endpoints tell them nothing.
 */
final class CrossOrigin {

  private static final String ANY = "*";
  private static final String METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";
  private static final Duration MAX_AGE = Duration.ofMinutes(10);

  private CrossOrigin() {}

  /** Whether a browser asks what a page may do. */
  static boolean isPreflight(HttpMethod method, HttpHeaders asked) {
    return method.equals(HttpMethod.OPTIONS)
        && asked.contains(HttpHeaderNames.ORIGIN)
        && asked.contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
  }

  /** The answer to that. */
  static void answerPreflight(HttpHeaders asked, HttpHeaders answer) {
    answer.set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
    answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    answer.set(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, Long.toString(MAX_AGE.toSeconds()));
    String headers = asked.get(HttpHeaderNames.ACCESS_CONTROL_REQUEST_HEADERS);
    if (headers != null) {
      answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, headers);
    }
  }

  /** Lets a page see an answer, and our headers with it. */
  static void allow(HttpHeaders asked, HttpHeaders answer) {
    if (asked.contains(HttpHeaderNames.ORIGIN)) {
      answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
      answer.set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, ANY);
    }
  }

  /** The same for what WebFlux answers. */
  static CorsConfiguration configuration() {
    CorsConfiguration cors = new CorsConfiguration();
    cors.setAllowedOrigins(List.of(ANY));
    cors.setAllowedMethods(List.of(METHODS.split(", ", -1)));
    cors.setAllowedHeaders(List.of(ANY));
    cors.setExposedHeaders(List.of(ANY));
    cors.setMaxAge(MAX_AGE);
    return cors;
  }
}
