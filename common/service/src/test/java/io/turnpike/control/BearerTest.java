package io.turnpike.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.turnpike.error.ApiError;
import io.turnpike.error.GatewayException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.reactive.function.server.MockServerRequest;

class BearerTest {

  private final Bearer admin = Bearer.adminKey("let-me-in");

  @ParameterizedTest
  @ValueSource(strings = {"Bearer let-me-in", "bearer let-me-in", "BEARER let-me-in"})
  void check_passes_whenTheKeyIsShown(String header) {
    assertThatCode(() -> admin.check(with(header))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer ",
        "Bearer let-me-i",
        "Bearer let-me-inn",
        "Bearer Let-Me-In",
        "Bearer  let-me-in",
        "Basic let-me-in",
        "let-me-in"
      })
  void check_refuses_whatIsNotTheKey(String header) {
    assertRefused(with(header));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void check_refuses_noHeaderAndTwo(int headers) {
    MockServerRequest.Builder request = MockServerRequest.builder();
    for (int i = 0; i < headers; i++) {
      request.header("Authorization", "Bearer let-me-in");
    }
    assertRefused(request.build());
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "  "})
  void check_passesEverything_whileNoKeyIsSet(String key) {
    Bearer open = Bearer.adminKey(key);
    assertThat(open.isDemanded()).isFalse();
    assertThatCode(() -> open.check(with("Bearer what"))).doesNotThrowAnyException();
  }

  @Test
  void check_saysWhatIsExpected_neverTheKey() {
    ApiError error = ApiError.unauthorized("the admin key");
    assertThat(error.message())
        .isEqualTo("Authorization: missing or wrong (expected: Bearer and the admin key)");
    assertThat(error.headers()).containsEntry("WWW-Authenticate", "Bearer");
  }

  private static MockServerRequest with(String header) {
    return MockServerRequest.builder().header("Authorization", header).build();
  }

  private void assertRefused(MockServerRequest request) {
    assertThatExceptionOfType(GatewayException.class)
        .isThrownBy(() -> admin.check(request))
        .satisfies(
            refusal -> {
              assertThat(refusal.error().status()).isEqualTo(401);
              assertThat(refusal.error().message()).doesNotContain("let-me-in");
            });
  }
}
