package io.turnpike.launcher.ray;

import io.turnpike.launcher.stack.StackException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The Jobs REST API of Ray's dashboard (Ray 2.60), and its log API. What is no answer is a {@link
 * StackException} that says what to do about it. Thread-safe.
 */
final class RayClient implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int SHOWN = 300;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  private final URI address;
  private final @Nullable String token;
  private final String tokenVariable;

  /**
   * A client of a dashboard.
   *
   * @param token its bearer token; null: none is sent
   * @param tokenVariable where that would be looked for
   */
  RayClient(URI address, @Nullable String token, String tokenVariable) {
    this.address = address;
    this.token = token;
    this.tokenVariable = tokenVariable;
  }

  /** Ray's version. */
  String version() throws InterruptedException {
    return required(request("/api/version")).path("ray_version").asString("");
  }

  /** Ships an archive, unless the cluster has it. */
  void ship(String name, byte[] archive) throws InterruptedException {
    HttpRequest.Builder there = request("/api/packages/gcs/" + name);
    if (send(there).statusCode() != 200) {
      accepted(
          send(
              request("/api/packages/gcs/" + name)
                  .PUT(BodyPublishers.ofByteArray(archive))
                  .header("Content-Type", "application/octet-stream")));
    }
  }

  /** Submits a job. */
  void submit(JsonNode job) throws InterruptedException {
    accepted(
        send(
            request("/api/jobs/")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(job.toString()))));
  }

  /** What is known of a job; null: nothing. */
  @Nullable JsonNode job(String id) throws InterruptedException {
    HttpResponse<String> answer = send(request("/api/jobs/" + id));
    return answer.statusCode() == 404 ? null : json(accepted(answer));
  }

  /** A job's log so far; empty when it has none. */
  String log(String id) throws InterruptedException {
    HttpResponse<String> answer = send(request("/api/jobs/" + id + "/logs"));
    return answer.statusCode() == 404 ? "" : json(accepted(answer)).path("logs").asString("");
  }

  /** A job's log from its beginning, as it grows, over the dashboard's websocket. */
  RayLog follow(String id) throws InterruptedException {
    URI socket = URI.create(address.toString().replaceFirst("^http", "ws"));
    return RayLog.open(http, socket.resolve("/api/jobs/" + id + "/logs/tail"), token);
  }

  /** Asks a job to end; false: there is none that runs. */
  boolean stop(String id) throws InterruptedException {
    HttpResponse<String> answer =
        send(request("/api/jobs/" + id + "/stop").POST(BodyPublishers.noBody()));
    return answer.statusCode() != 404 && json(accepted(answer)).path("stopped").asBoolean(false);
  }

  /** What an actor's process has written. */
  void actorLog(String actor, int lines, boolean follow, Consumer<String> out)
      throws InterruptedException {
    String path =
        "/api/v0/logs/%s?actor_id=%s&suffix=out&lines=%d"
            .formatted(follow ? "stream" : "file", actor, lines);
    HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path));
    try {
      HttpResponse<InputStream> answer =
          http.send(authorized(request).build(), BodyHandlers.ofInputStream());
      try (BufferedReader reader =
          new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
        if (answer.statusCode() != 200) {
          throw new StackException(
              "Ray has no log of that actor any more (status " + answer.statusCode() + ")");
        }
        reader.lines().filter(line -> !line.startsWith(":")).forEach(out);
      }
    } catch (IOException e) {
      throw lost(e);
    }
  }

  private HttpRequest.Builder request(String path) {
    return authorized(HttpRequest.newBuilder(address.resolve(path)).timeout(LIMIT));
  }

  private HttpRequest.Builder authorized(HttpRequest.Builder request) {
    return token == null ? request : request.header("Authorization", "Bearer " + token);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws InterruptedException {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw lost(e);
    }
  }

  private JsonNode required(HttpRequest.Builder request) throws InterruptedException {
    return json(accepted(send(request)));
  }

  private HttpResponse<String> accepted(HttpResponse<String> answer) {
    int status = answer.statusCode();
    if (status == 401 || status == 403) {
      throw new StackException(
          "Ray's dashboard %s refuses %s (expected: its token in %s, see ray.token_env)"
              .formatted(
                  address,
                  token == null ? "to answer without a token" : "the token",
                  tokenVariable));
    }
    if (status != 200) {
      String said = answer.body().strip();
      String last = said.lines().reduce((_, line) -> line).orElse("");
      throw new StackException(
          "Ray's dashboard %s answers %d: %s"
              .formatted(address, status, last.substring(0, Math.min(SHOWN, last.length()))));
    }
    return answer;
  }

  private JsonNode json(HttpResponse<String> answer) {
    try {
      return JsonMapper.shared().readTree(answer.body());
    } catch (JacksonException e) {
      throw new StackException(address + " does not answer as Ray's dashboard does (ray.address)");
    }
  }

  private StackException lost(IOException e) {
    String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return new StackException(
        "Ray's dashboard %s does not answer: %s (see ray.address)".formatted(address, why));
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }
}
