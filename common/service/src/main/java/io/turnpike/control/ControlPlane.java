package io.turnpike.control;

import io.turnpike.error.ApiError;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** What control endpoints share: reading numbers out of queries, and answers. */
public final class ControlPlane {

  private ControlPlane() {}

  /** A 200 with a record as its JSON. */
  public static Mono<ServerResponse> json(Object answer) {
    return ServerResponse.ok().bodyValue(answer);
  }

  /** Says how many of something were forgotten. */
  public static Mono<ServerResponse> cleared(int count) {
    return json(new Cleared(count));
  }

  @ControlJson
  private record Cleared(int cleared) {}

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
