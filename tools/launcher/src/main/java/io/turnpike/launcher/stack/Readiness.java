package io.turnpike.launcher.stack;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Asks a component once whether it can be used. */
final class Readiness {

  private static final Duration LIMIT = Duration.ofSeconds(2);

  private final HttpClient http;

  Readiness(HttpClient http) {
    this.http = http;
  }

  boolean isReady(Component component) throws InterruptedException {
    URI uri = component.ready();
    try {
      return switch (uri.getScheme()) {
        case "redis", "rediss" -> pong(uri);
        case "tcp" -> listens(uri);
        default -> ok(uri);
      };
    } catch (IOException e) {
      return false;
    }
  }

  private boolean ok(URI uri) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(LIMIT).build();
    return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
  }

  private static boolean listens(URI uri) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), (int) LIMIT.toMillis());
      return true;
    }
  }

  private static boolean pong(URI uri) throws IOException {
    try (Socket socket = new Socket()) {
      int limitMillis = (int) LIMIT.toMillis();
      socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), limitMillis);
      socket.setSoTimeout(limitMillis);
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readNBytes(5);
      return new String(answer, StandardCharsets.US_ASCII).equals("+PONG");
    }
  }
}
