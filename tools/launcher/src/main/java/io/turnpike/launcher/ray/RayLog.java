package io.turnpike.launcher.ray;

import io.turnpike.launcher.stack.StackException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** A log as it grows, over a websocket: no more is asked for while {@value #MOST} lines wait. */
final class RayLog implements WebSocket.Listener, AutoCloseable {

  private static final int MOST = 1_000;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** A line, or none: the end. */
  private record Heard(@Nullable String line) {}

  private final LinkedBlockingQueue<Heard> lines = new LinkedBlockingQueue<>();
  private final StringBuilder begun = new StringBuilder();
  private @Nullable WebSocket socket;
  private boolean isPaused; // guarded by lines

  private RayLog() {}

  /** Begins to listen. */
  static RayLog open(HttpClient http, URI uri, @Nullable String token) throws InterruptedException {
    RayLog log = new RayLog();
    WebSocket.Builder builder = http.newWebSocketBuilder().connectTimeout(LIMIT);
    if (token != null) {
      builder.header("Authorization", "Bearer " + token);
    }
    try {
      log.socket = builder.buildAsync(uri, log).get();
      return log;
    } catch (ExecutionException e) {
      throw new StackException(uri + " cannot be followed: " + e.getCause());
    }
  }

  /**
   * The next line.
   *
   * @return null when the log has ended, or the connection
   */
  @Nullable String next() throws InterruptedException {
    Heard heard = lines.take();
    if (heard.line() == null) {
      lines.add(heard); // For whoever asks again.
    }
    resume();
    return heard.line();
  }

  private void resume() {
    synchronized (lines) {
      if (isPaused && lines.size() < MOST && socket != null) {
        isPaused = false;
        socket.request(1);
      }
    }
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    begun.append(data);
    int end = begun.lastIndexOf("\n");
    if (end >= 0) {
      begun.substring(0, end).lines().forEach(line -> lines.add(new Heard(line)));
      begun.delete(0, end + 1);
    }
    synchronized (lines) {
      isPaused = lines.size() >= MOST;
      if (!isPaused) {
        from.request(1);
      }
    }
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
    end();
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable fault) {
    end();
  }

  private void end() {
    if (!begun.isEmpty()) {
      lines.add(new Heard(begun.toString()));
    }
    lines.add(new Heard(null));
  }

  @Override
  public void close() {
    if (socket != null) {
      socket.abort();
    }
  }
}
