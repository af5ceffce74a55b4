package io.turnpike.simulator.exchange;

import io.turnpike.simulator.wire.ApiError;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** What goes back for a request. Nothing at all is an exchange whose response never comes. */
public sealed interface Response {

  /** The status on the wire; 0 when there is none. */
  int status();

  /**
   * An answer in one piece.
   *
   * @param contentType null without a body
   * @param headers more than every answer has
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Whole(int status, @Nullable String contentType, byte[] body, Map<String, String> headers)
      implements Response {

    /** The body as text. */
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    /** The same with one more header. */
    public Whole with(String name, String value) {
      return new Whole(status, contentType, body, Map.of(name, value));
    }
  }

  /**
   * Server-sent events, each sent by itself, headers at once.
   *
   * @param data of one event each; an error {@link Cut} ends the connection
   */
  record Events(Flux<String> data) implements Response {
    @Override
    public int status() {
      return 200;
    }
  }

  /** The connection ends instead of an answer. */
  record Ended(Cut.How how) implements Response {
    @Override
    public int status() {
      return 0;
    }
  }

  static Whole json(int status, String json) {
    return new Whole(status, "application/json", json.getBytes(StandardCharsets.UTF_8), Map.of());
  }

  static Whole error(ApiError error) {
    return new Whole(error.status(), "application/json", error.body(), Map.of());
  }

  static Whole empty(int status) {
    return new Whole(status, null, new byte[0], Map.of());
  }

  static Whole text(String contentType, String text) {
    return new Whole(200, contentType, text.getBytes(StandardCharsets.UTF_8), Map.of());
  }
}
