package io.turnpike.gateway;

import io.turnpike.openai.TurnApi;
import java.util.Arrays;
import java.util.List;

/** The paths that all gateways serve, as {@code GET /} names them. */
public final class GatewayPaths {

  /** Where clients send turns. */
  public static final List<String> TURNS =
      Arrays.stream(TurnApi.values()).map(api -> "POST " + api.path()).toList();

  /** What every gateway answers besides. */
  public static final List<String> COMMON =
      List.of(
          "GET /receipts",
          "GET /receipts/refused",
          "GET /receipts/{id}",
          "GET /v1/models",
          "GET /health");

  private GatewayPaths() {}
}
