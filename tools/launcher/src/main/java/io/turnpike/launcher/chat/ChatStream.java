package io.turnpike.launcher.chat;

import io.turnpike.launcher.chat.TurnReport.TokenUsage;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the lines of one streamed answer. Not thread-safe. */
final class ChatStream {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String DATA = "data:";

  private final Consumer<String> output;
  private final LongSupplier nanoTime;
  private final StringBuilder answer = new StringBuilder();
  private @Nullable TokenUsage usage;
  private @Nullable Long firstTextNanos;
  private boolean done;

  ChatStream(Consumer<String> output, LongSupplier nanoTime) {
    this.output = output;
    this.nanoTime = nanoTime;
  }

  /** Takes one line; an error event is a {@link ChatException}. */
  void line(String line) {
    if (!line.startsWith(DATA)) {
      return;
    }
    String data = line.substring(DATA.length()).strip();
    if (data.equals("[DONE]")) {
      done = true;
      return;
    }
    JsonNode event = parse(data);
    if (event.hasNonNull("error")) {
      throw new ChatException("the answer broke off: " + message(event));
    }
    text(event.path("choices").path(0).path("delta").path("content").asString(""));
    if (event.hasNonNull("usage")) {
      usage = usage(event.path("usage"));
    }
  }

  private void text(String text) {
    if (text.isEmpty()) {
      return;
    }
    if (firstTextNanos == null) {
      firstTextNanos = nanoTime.getAsLong();
    }
    answer.append(text);
    output.accept(text);
  }

  static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (JacksonException e) {
      throw new ChatException("not an OpenAI answer: " + json);
    }
  }

  /** What an OpenAI-shaped error says. */
  static String message(JsonNode body) {
    return body.path("error").path("message").asString(body.toString());
  }

  private static TokenUsage usage(JsonNode usage) {
    return new TokenUsage(
        usage.path("prompt_tokens").asInt(0),
        usage.path("prompt_tokens_details").path("cached_tokens").asInt(-1),
        usage.path("completion_tokens").asInt(0));
  }

  String answer() {
    return answer.toString();
  }

  boolean isDone() {
    return done;
  }

  @Nullable TokenUsage usage() {
    return usage;
  }

  @Nullable Long firstTextNanos() {
    return firstTextNanos;
  }
}
