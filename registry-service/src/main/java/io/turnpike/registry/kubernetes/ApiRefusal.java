package io.turnpike.registry.kubernetes;

import tools.jackson.databind.JsonNode;

/** The API server answered, but not what it was asked for. Carries no stack. */
final class ApiRefusal extends RuntimeException {

  private static final int GONE = 410;

  private final int status;

  ApiRefusal(int status, String message) {
    super(message.isEmpty() ? "the API server answered " + status : message, null, false, false);
    this.status = status;
  }

  /** As a {@code Status} object says it, in a body or as an event of a watch. */
  static ApiRefusal of(int status, JsonNode said) {
    return new ApiRefusal(said.path("code").asInt(status), said.path("message").asString(""));
  }

  /** Whether it is about who asks, and asking again changes nothing. */
  boolean isForbidden() {
    return status == 401 || status == 403;
  }

  /** Whether what was asked for is too long ago: a new list is needed. */
  boolean isGone() {
    return status == GONE;
  }
}
