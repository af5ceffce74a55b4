package io.turnpike.conversation;

import io.turnpike.error.ApiError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where a session key may stand in a request, in order; the first that is there and not empty
 * counts. Immutable.
 *
 * <p>{@code X-Request-ID} is refused: gateways in front set a new one for every request, so that it
 * would part what belongs together.
 */
public final class SessionKeySources {

  private static final int MAX_KEY_CHARS = 256;

  private static final List<String> STANDARD =
      List.of("header:x-session-id", "body:session_id", "body:conversation_id");

  private record Source(String kind, boolean header, String name) {}

  private final List<Source> sources;

  /**
   * @param extras further places after {@code X-Session-ID}, body {@code session_id} and body
   *     {@code conversation_id}: {@code header:NAME}, or {@code body:FIELD} with a field that
   *     {@code TurnBody.sessionKey} knows
   */
  public SessionKeySources(List<String> extras) {
    List<Source> all = new ArrayList<>();
    STANDARD.forEach(text -> all.add(parse(text)));
    extras.forEach(text -> all.add(parse(text)));
    sources = List.copyOf(all);
  }

  private static Source parse(String text) {
    String kind = text.toLowerCase(Locale.ROOT);
    if (kind.equals("header:x-request-id")) {
      throw new IllegalArgumentException(
          "session key source: \""
              + text
              + "\" (expected: not X-Request-ID, it is new every time)");
    }
    if (kind.startsWith("header:") && kind.length() > "header:".length()) {
      return new Source(kind, true, kind.substring("header:".length()));
    }
    if (kind.equals("body:prompt_cache_key")
        || kind.equals("body:session_id")
        || kind.equals("body:conversation_id")) {
      return new Source(kind, false, kind.substring("body:".length()));
    }
    throw new IllegalArgumentException(
        "session key source: \"" + text + "\" (expected: header:NAME or body:prompt_cache_key)");
  }

  /**
   * The request's session key, or null when it has none.
   *
   * @param header looks a header up by its lower-case name
   * @param bodyField looks a field of the body up
   * @throws io.turnpike.error.GatewayException if it is too long for a key
   */
  public @Nullable ConversationKey find(
      Function<String, @Nullable String> header,
      Function<String, @Nullable String> bodyField,
      Tenant tenant,
      @Nullable String model) {
    for (Source source : sources) {
      String value = (source.header() ? header : bodyField).apply(source.name());
      if (value != null && !value.isEmpty()) {
        if (value.length() > MAX_KEY_CHARS) {
          throw ApiError.tooLong(source.name(), MAX_KEY_CHARS).toException();
        }
        return ConversationKey.of(tenant, model, source.kind(), value);
      }
    }
    return null;
  }
}
