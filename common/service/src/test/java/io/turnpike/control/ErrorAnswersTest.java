package io.turnpike.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.error.ApiError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

class ErrorAnswersTest {

  private final List<String> keptOut = new ArrayList<>();
  private final ErrorAnswers answers =
      new ErrorAnswers(error -> keptOut.add(String.valueOf(error.code())));

  private String answer(ApiError error) {
    MockServerWebExchange exchange =
        MockServerWebExchange.from(MockServerHttpRequest.get("/status"));
    answers.handle(exchange, error.toException()).block(Duration.ofSeconds(5));
    return exchange.getResponse().getStatusCode()
        + " "
        + exchange.getResponse().getBodyAsString().block(Duration.ofSeconds(5));
  }

  @Test
  void whoIsKeptOut_isToldWhy_andSomebodyHearsOfIt() {
    assertThat(answer(ApiError.unauthorized("the admin key")))
        .startsWith("401 ")
        .contains("\"invalid_api_key\"");
    assertThat(answer(ApiError.originNotAllowed("http://page.example")))
        .startsWith("403 ")
        .contains("\"origin_not_allowed\"");
    assertThat(answer(ApiError.unknownPath("/nowhere"))).startsWith("404 ");
    assertThat(answer(ApiError.noNode())).startsWith("503 ");
    assertThat(keptOut).containsExactly("invalid_api_key", "origin_not_allowed");
  }
}
