package io.turnpike.simulator.log;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Set;

/**
 * One line a request, as uvicorn writes it. What is asked every second by those who look after an
 * engine is left out, as with vLLM's {@code --disable-access-log-for-endpoints}.
 */
public final class AccessLog {

  private static final Set<String> UNHEARD = Set.of("/health", "/metrics", "/v1/models", "/ping");

  private final EngineLog log;

  public AccessLog(EngineLog log) {
    this.log = log;
  }

  /** A request gets its status; {@code client} is {@code host:port}. */
  public void answered(String client, String method, String path, int status) {
    if (!UNHEARD.contains(path)) {
      log.server(
          "%s - \"%s %s HTTP/1.1\" %s"
              .formatted(client, method, path, HttpResponseStatus.valueOf(status)));
    }
  }
}
