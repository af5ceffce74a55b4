package io.turnpike.simulator.exchange;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A request as it comes in.
 *
 * @param method upper case
 * @param path without query
 * @param headers by lower-case name
 * @param body read when somebody asks for it; never empty, a request without one has no bytes
 */
public record Request(String method, String path, Map<String, String> headers, Mono<byte[]> body) {

  /** A request with its body at hand. */
  public static Request of(String method, String path, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    Map<String, String> headers =
        body.isEmpty() ? Map.of() : Map.of("content-type", "application/json");
    return new Request(method, path, headers, Mono.just(bytes));
  }

  public @Nullable String header(String name) {
    return headers.get(name);
  }
}
