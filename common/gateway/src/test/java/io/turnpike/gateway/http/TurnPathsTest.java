package io.turnpike.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.openai.TurnApi;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TurnPathsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/chat/completions",
        "/v1/chat/completions?beta=true",
        "//v1/chat/completions",
        "///v1/chat/completions?x=//y",
        "/v1//chat/completions",
        "/v1//chat//completions?beta=true",
        "/v1/chat/completions/",
        "/v1/chat/completions//?beta=true",
        "http://gateway:10001/v1/chat/completions",
        "https://gateway//v1/chat/completions/?beta=true"
      })
  void chat_isFound(String target) {
    assertThat(TurnPaths.apiOf(target)).isEqualTo(TurnApi.CHAT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/completions", "/v1//completions", "//v1/completions?a=b"})
  void completions_areFound(String target) {
    assertThat(TurnPaths.apiOf(target)).isEqualTo(TurnApi.COMPLETIONS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "",
        "/v1/chat",
        "/v1/chat/completions/x",
        "/v1/chat/completionsx",
        "/v1chat/completions",
        "v1/chat/completions",
        "/v1/models?to=/v1/completions",
        "/x/v1/completions",
        "http://gateway",
        "http:///v1/completions/x"
      })
  void otherPaths_areNotTurns(String target) {
    assertThat(TurnPaths.apiOf(target)).isNull();
  }
}
