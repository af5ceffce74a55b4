package io.turnpike.control;

import io.turnpike.error.ApiError;
import io.turnpike.error.GatewayException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.server.HandlerFilterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** What control endpoints share: the admin key, and reading numbers out of queries. */
public final class ControlPlane {

  private ControlPlane() {}

  /** Demands the admin key as a bearer token. */
  static HandlerFilterFunction<ServerResponse, ServerResponse> adminOnly(String adminKey) {
    return (request, next) ->
        hasKey(request, adminKey) ? next.handle(request) : Mono.error(unauthorized());
  }

  private static boolean hasKey(ServerRequest request, String adminKey) {
    List<String> sent = request.headers().header(HttpHeaders.AUTHORIZATION);
    return sent.size() == 1
        && MessageDigest.isEqual(
            sent.getFirst().getBytes(StandardCharsets.UTF_8),
            ("Bearer " + adminKey).getBytes(StandardCharsets.UTF_8));
  }

  private static GatewayException unauthorized() {
    return new ApiError(
            401,
            "Authorization: missing or wrong (expected: Bearer and the admin key)",
            "authentication_error",
            null,
            "invalid_api_key",
            false)
        .toException();
  }

  /**
   * A query parameter as a number between 1 and {@code most}; {@code absent} if it is not there.
   */
  public static int number(ServerRequest request, String name, int absent, int most) {
    String text = request.queryParam(name).orElse("");
    if (text.isEmpty()) {
      return absent;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= most) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // said below
    }
    throw ApiError.invalidField(name, "\"" + text + "\"", "a number from 1 to " + most)
        .toException();
  }
}
