package io.turnpike.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SessionKeySourcesTest {

  private final SessionKeySources sources =
      new SessionKeySources(List.of("header:x-litellm-session-id", "body:prompt_cache_key"));

  private static final Tenant T = Tenant.ofAuthorization("Bearer t");

  private @Nullable ConversationKey find(Map<String, String> headers, Map<String, String> body) {
    return sources.find(headers::get, body::get, T, "m");
  }

  @Test
  void find_takesTheFirstInOrder() {
    ConversationKey header = ConversationKey.of(T, "m", "header:x-session-id", "h");
    ConversationKey field = ConversationKey.of(T, "m", "body:session_id", "b");
    ConversationKey cache = ConversationKey.of(T, "m", "body:prompt_cache_key", "p");
    Map<String, String> body =
        Map.of("session_id", "b", "conversation_id", "c", "prompt_cache_key", "p");
    assertThat(find(Map.of("x-session-id", "h"), body)).isEqualTo(header);
    assertThat(find(Map.of("x-session-id", ""), body)).isEqualTo(field);
    assertThat(find(Map.of(), Map.of("prompt_cache_key", "p"))).isEqualTo(cache);
    assertThat(find(Map.of("x-litellm-session-id", "l"), Map.of("prompt_cache_key", "p")))
        .isEqualTo(ConversationKey.of(T, "m", "header:x-litellm-session-id", "l"));
    assertThat(find(Map.of("x-request-id", "r"), Map.of())).isNull();
  }

  @Test
  void keyThatIsTooLong_isRefused_andItsSourceNamed() {
    String longest = "x".repeat(256);
    assertThat(find(Map.of("x-session-id", longest), Map.of()))
        .isEqualTo(ConversationKey.of(T, "m", "header:x-session-id", longest));
    assertThatThrownBy(() -> find(Map.of("x-session-id", longest + "x"), Map.of()))
        .hasMessage("x-session-id: too long (expected: at most 256 characters)");
  }

  @Test
  void key_differsByTenantModelKindAndValue() {
    ConversationKey key = ConversationKey.of(T, "m", "k", "session-1");
    assertThat(key)
        .isEqualTo(ConversationKey.of(T, "m", "k", "session-1"))
        .isNotEqualTo(ConversationKey.of(T, "m", "k", "session-12"))
        .isNotEqualTo(ConversationKey.of(Tenant.NOBODY, "m", "k", "session-1"))
        .isNotEqualTo(ConversationKey.of(T, null, "k", "session-1"))
        .isNotEqualTo(ConversationKey.of(T, "m", "l", "session-1"));
  }

  @Test
  void sources_refuseTheRequestId() {
    assertThatThrownBy(() -> new SessionKeySources(List.of("header:X-Request-ID")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("X-Request-ID");
    assertThatThrownBy(() -> new SessionKeySources(List.of("cookie:x")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void sources_refuseAHeaderWithoutAName() {
    assertThatThrownBy(() -> new SessionKeySources(List.of("header:")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("header:NAME");
    assertThat(
            new SessionKeySources(List.of("header:X"))
                .find(name -> name.equals("x") ? "v" : null, field -> null, T, "m"))
        .isEqualTo(ConversationKey.of(T, "m", "header:x", "v"));
  }
}
