package io.turnpike.bench.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Calls beside the load: models, modes, status, metrics. Each blocks for 30 s at most. */
public final class ControlCalls {

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration WHOLE = Duration.ofSeconds(30);

  private ControlCalls() {}

  /**
   * What a server answers to a GET.
   *
   * @throws IOException for any status but 200, and with what to do when there is no server
   */
  public static String get(URI server, String path) throws IOException, InterruptedException {
    return call(server, path, "GET", HttpRequest.BodyPublishers.noBody());
  }

  /** What a server answers to a POST without a body; failures as with {@link #get}. */
  public static String post(URI server, String path) throws IOException, InterruptedException {
    return call(server, path, "POST", HttpRequest.BodyPublishers.noBody());
  }

  /** What a server answers to a POST of JSON; failures as with {@link #get}. */
  public static String post(URI server, String path, byte[] json)
      throws IOException, InterruptedException {
    return call(server, path, "POST", HttpRequest.BodyPublishers.ofByteArray(json));
  }

  private static String call(URI server, String path, String method, HttpRequest.BodyPublisher body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.toString().replaceAll("/+$", "") + path))
            .timeout(WHOLE)
            .header("Content-Type", "application/json")
            .method(method, body);
    String key = System.getenv("TURNPIKE_API_KEY");
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build()) {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IOException(
            "%s%s answered %d: %s".formatted(server, path, answer.statusCode(), answer.body()));
      }
      return answer.body();
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw new IOException(
          "no server at %s: start one with ./turnpike up, or name one with --url".formatted(server),
          e);
    }
  }
}
