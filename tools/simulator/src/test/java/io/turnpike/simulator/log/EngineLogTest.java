package io.turnpike.simulator.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The form of an engine's log lines. */
class EngineLogTest {

  private final List<String> lines = new ArrayList<>();
  private final EngineLog log =
      new EngineLog(
          lines::add,
          InstantSource.fixed(Instant.parse("2026-11-21T12:00:01Z")),
          ZoneOffset.ofHours(1));

  @Test
  void lines_haveLevelTimeAndSource() {
    log.info("Starting");
    log.error("Dead");
    assertThat(lines)
        .containsExactly(
            "INFO 11-21 13:00:01 [simulator] Starting", "ERROR 11-21 13:00:01 [simulator] Dead");
  }

  @Test
  void requests_areWrittenAsByUvicorn() {
    new AccessLog(log).answered("127.0.0.1:5000", "POST", "/v1/chat/completions", 200);
    new AccessLog(log).answered("127.0.0.1:5000", "GET", "/nowhere", 404);
    assertThat(lines)
        .containsExactly(
            "INFO:     127.0.0.1:5000 - \"POST /v1/chat/completions HTTP/1.1\" 200 OK",
            "INFO:     127.0.0.1:5000 - \"GET /nowhere HTTP/1.1\" 404 Not Found");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/health", "/metrics", "/v1/models", "/ping"})
  void probes_areNot(String path) {
    new AccessLog(log).answered("127.0.0.1:5000", "GET", path, 200);
    assertThat(lines).isEmpty();
  }
}
