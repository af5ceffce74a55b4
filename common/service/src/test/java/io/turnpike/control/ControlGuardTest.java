package io.turnpike.control;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.turnpike.error.GatewayException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.reactive.function.server.MockServerRequest;

class ControlGuardTest {

  private static final String ORIGIN = "Origin";
  private static final String KEY = "Authorization";

  private static ControlGuard guard(String key, String... origins) {
    return new ControlGuard(Bearer.adminKey(key), "an-admins"::equals, List.of(origins));
  }

  private static MockServerRequest with(String... headers) {
    MockServerRequest.Builder request = MockServerRequest.builder();
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return request.build();
  }

  private static void assertRefused(int status, ControlGuard guard, MockServerRequest request) {
    assertThatExceptionOfType(GatewayException.class)
        .isThrownBy(() -> guard.check(request))
        .matches(refused -> refused.error().status() == status);
  }

  private static void assertPasses(ControlGuard guard, MockServerRequest request) {
    assertThatCode(() -> guard.check(request)).doesNotThrowAnyException();
  }

  @Test
  void withoutAKey_everyProgramMaySteer_andNoPage() {
    assertPasses(guard(""), with());
    assertPasses(guard(""), with(KEY, "Bearer what"));
    assertRefused(403, guard(""), with(ORIGIN, "http://page.example"));
    assertRefused(403, guard(""), with(ORIGIN, "null"));
  }

  @Test
  void aPageThatIsListed_mayAsk_andStillNeedsTheKey() {
    ControlGuard guard = guard("let-me-in", "http://ops.example");
    assertRefused(401, guard, with(ORIGIN, "http://ops.example"));
    assertPasses(guard, with(ORIGIN, "http://ops.example", KEY, "Bearer let-me-in"));
    assertRefused(403, guard, with(ORIGIN, "http://page.example", KEY, "Bearer let-me-in"));
    assertPasses(guard("", "*"), with(ORIGIN, "http://page.example"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer let-me-in", "Bearer an-admins", "bearer an-admins"})
  void theAdminKey_andThatOfACallerWhoIsOne_open(String shown) {
    assertPasses(guard("let-me-in"), with(KEY, shown));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Bearer ", "Bearer let-me-i", "Basic let-me-in", "an-admins"})
  void otherKeys_doNot(String shown) {
    assertRefused(401, guard("let-me-in"), with(KEY, shown));
  }

  @Test
  void noKey_andTwo_doNot() {
    assertRefused(401, guard("let-me-in"), with());
    assertRefused(401, guard("let-me-in"), with(KEY, "Bearer let-me-in", KEY, "Bearer let-me-in"));
  }
}
