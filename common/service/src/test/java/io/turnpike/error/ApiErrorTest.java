package io.turnpike.error;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ApiErrorTest {

  @Test
  void whoIsRefusedForAWhile_isToldForHowLong() {
    assertThat(ApiError.tooManyRequests("busy").headers()).isEqualTo(Map.of("Retry-After", "1"));
    assertThat(ApiError.noDecodeNode().headers()).isEqualTo(Map.of("Retry-After", "2"));
    assertThat(ApiError.noPrefillNode().headers()).isEqualTo(Map.of("Retry-After", "2"));
    assertThat(ApiError.noReplicaNode().headers()).isEqualTo(Map.of("Retry-After", "2"));
    assertThat(ApiError.noNode().headers()).isEqualTo(Map.of("Retry-After", "2"));
    assertThat(ApiError.draining().headers()).isEqualTo(Map.of("Retry-After", "10"));
  }

  @Test
  void whoIsWrong_isNotToldToComeAgain() {
    assertThat(ApiError.invalidJson("it ends early").headers()).isEmpty();
    assertThat(ApiError.bodyTooLarge(1).headers()).isEmpty();
    assertThat(ApiError.legFailed(ApiError.Leg.REPLICA, "it broke off").headers()).isEmpty();
    assertThat(ApiError.internal("a fault").headers()).isEmpty();
  }

  @Test
  void retryAfter_isWholeSeconds_andNeverNone() {
    assertThat(ApiError.retryAfter(Duration.ofMillis(2_900))).containsEntry("Retry-After", "2");
    assertThat(ApiError.retryAfter(Duration.ZERO)).containsEntry("Retry-After", "1");
  }

  @Test
  void methodNotAllowed_namesTheMethodsThatAre() {
    assertThat(ApiError.methodNotAllowed("DELETE", "GET, HEAD").headers())
        .isEqualTo(Map.of("Allow", "GET, HEAD"));
  }

  @Test
  void whatAClientSent_isClipped() {
    String long8k = "x".repeat(8_192);
    for (ApiError error :
        List.of(
            ApiError.invalidField("X-Turnpike-Mode", long8k, "pd"),
            ApiError.modelNotAllowed(long8k),
            ApiError.originNotAllowed(long8k),
            ApiError.unknownPath(long8k),
            ApiError.notFound("receipt", long8k),
            ApiError.methodNotAllowed(long8k, "POST"),
            ApiError.unsupportedEncoding(long8k))) {
      assertThat(error.message()).contains("x".repeat(100)).hasSizeLessThan(256);
    }
  }

  @Test
  void toJson_isOneLineInTheShapeOfOpenAi_withoutHeaders() {
    assertThat(new String(ApiError.legFailed(ApiError.Leg.DECODE, "\"no\"\n").toJson(), UTF_8))
        .isEqualTo(
            """
            {"error":{"message":"decode leg: \\"no\\"\\n","type":"upstream_error","param":null,\
            "code":"decode_leg_failed"}}\
            """);
  }

  @Test
  void error_isOpenAiShaped() {
    assertThat(new String(ApiError.noDecodeNode().toJson(), UTF_8))
        .isEqualTo(
            "{\"error\":{\"message\":\"No decode node is ready\","
                + "\"type\":\"service_unavailable_error\",\"param\":null,"
                + "\"code\":\"no_decode_node\"}}");
  }
}
