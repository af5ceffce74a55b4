package io.turnpike.launcher.chat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One conversation with an OpenAI-compatible gateway. Like any such client it sends the whole
 * conversation each time and nothing that names it. Not thread-safe.
 */
public final class ChatClient {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration HEADERS_LIMIT = Duration.ofMinutes(10);

  private final HttpClient http;
  private final URI gateway;
  private final @Nullable String apiKey;
  private final String model;
  private final int maxTokens;
  private final List<Map<String, String>> messages = new ArrayList<>();

  /**
   * A conversation that has not begun.
   *
   * @param gateway its base URL, without {@code /v1}
   * @param apiKey sent as a bearer token, or null
   * @param model the model's name; null: the first one that the gateway lists
   * @param maxTokens the longest answer; 0: the engine's own limit
   */
  public ChatClient(URI gateway, @Nullable String apiKey, @Nullable String model, int maxTokens)
      throws InterruptedException {
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    this.gateway = gateway;
    this.apiKey = apiKey;
    this.maxTokens = maxTokens;
    this.model = model == null ? firstModel() : model;
  }

  /** The model that is talked to. */
  public String model() {
    return model;
  }

  /** Begins a new conversation, with a system message if that is not null. */
  public void begin(@Nullable String system) {
    messages.clear();
    if (system != null) {
      messages.add(Map.of("role", "system", "content", system));
    }
  }

  /**
   * Says something and hands the answer on as it comes. A turn that fails is not part of the
   * conversation.
   *
   * @throws ChatException if it is not answered
   */
  public TurnReport say(String text, Consumer<String> output) throws InterruptedException {
    messages.add(Map.of("role", "user", "content", text));
    boolean answered = false;
    try {
      long start = System.nanoTime();
      ChatStream stream = new ChatStream(output, System::nanoTime);
      HttpResponse<Stream<String>> response = http.send(request(), BodyHandlers.ofLines());
      try (Stream<String> lines = response.body()) {
        read(response.statusCode(), lines, stream);
      }
      messages.add(Map.of("role", "assistant", "content", stream.answer()));
      answered = true;
      Long first = stream.firstTextNanos();
      Duration ttft = first == null ? null : Duration.ofNanos(first - start);
      return TurnReport.of(response.headers(), ttft, stream.usage());
    } catch (IOException | UncheckedIOException e) {
      throw new ChatException(
          gateway + " does not answer: " + reason(e) + " (is it up? ./turnpike status)");
    } finally {
      if (!answered) {
        messages.removeLast();
      }
    }
  }

  private static void read(int status, Stream<String> lines, ChatStream stream) {
    if (status != 200) {
      String body = lines.collect(Collectors.joining("\n"));
      throw new ChatException(status + ": " + ChatStream.message(ChatStream.parse(body)));
    }
    lines.forEach(stream::line);
    if (!stream.isDone()) {
      throw new ChatException("the answer broke off");
    }
  }

  private HttpRequest request() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("model", model);
    body.put("messages", messages);
    body.put("stream", true);
    body.put("stream_options", Map.of("include_usage", true));
    if (maxTokens > 0) {
      body.put("max_tokens", maxTokens);
    }
    return builder("/v1/chat/completions")
        .timeout(HEADERS_LIMIT)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)))
        .build();
  }

  private String firstModel() throws InterruptedException {
    try {
      HttpRequest request = builder("/v1/models").timeout(Duration.ofSeconds(10)).build();
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      JsonNode body = ChatStream.parse(answer.body());
      if (answer.statusCode() != 200) {
        throw new ChatException(answer.statusCode() + ": " + ChatStream.message(body));
      }
      JsonNode id = body.path("data").path(0).path("id");
      if (id.isMissingNode()) {
        throw new ChatException("no engine is ready (see ./turnpike status)");
      }
      return id.asString();
    } catch (IOException e) {
      throw new ChatException(
          gateway + " does not answer: " + reason(e) + " (start it: ./turnpike up)");
    }
  }

  private HttpRequest.Builder builder(String path) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(gateway.resolve(path));
    return apiKey == null ? builder : builder.header("Authorization", "Bearer " + apiKey);
  }

  private static String reason(Exception fault) {
    String message = fault.getMessage();
    return message == null ? fault.getClass().getSimpleName() : message;
  }
}
