package io.turnpike.bench.engine;

import io.turnpike.bench.client.ControlCalls;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The engines behind a server, and what they count. Turnpike names them ({@code GET /status}); of
 * others they must be given. Thread-safe.
 */
public final class Engines {

  private final List<Engine> engines;

  /**
   * An engine.
   *
   * @param role prefill, decode, replica, or engine where nobody says
   */
  public record Engine(String id, String role, URI url) {}

  /** These engines. */
  public Engines(List<Engine> engines) {
    this.engines = List.copyOf(engines);
  }

  /** Engines by their addresses. */
  public static Engines at(List<URI> urls) {
    return new Engines(
        urls.stream().map(url -> new Engine(url.getAuthority(), "engine", url)).toList());
  }

  /**
   * Those that a gateway names; none if it is no Turnpike.
   *
   * @param answer to {@code GET /status}: the proxy lists nodes with roles, the replication service
   *     its workers
   */
  public static Engines named(String answer) {
    JsonNode status;
    try {
      status = JsonMapper.shared().readTree(answer);
    } catch (JacksonException e) {
      return new Engines(List.of());
    }
    List<Engine> found = new ArrayList<>();
    for (JsonNode node : status.path("nodes")) {
      add(found, node, node.path("role").asString(""));
    }
    for (JsonNode worker : status.path("workers")) {
      add(found, worker, "replica");
    }
    return new Engines(found);
  }

  /** Those behind a gateway; none if it is no Turnpike. */
  public static Engines behind(URI server) throws InterruptedException {
    try {
      return named(ControlCalls.get(server, "/status"));
    } catch (IOException e) {
      return new Engines(List.of());
    }
  }

  private static void add(List<Engine> found, JsonNode node, String role) {
    String url = node.path("url").asString("");
    if (!url.isEmpty()) {
      found.add(new Engine(node.path("id").asString(url), role, URI.create(url)));
    }
  }

  /** All of them. */
  public List<Engine> all() {
    return engines;
  }

  /** What each counts now; null for one that does not say. */
  public Map<Engine, @Nullable CacheCounts> counts() throws InterruptedException {
    List<Optional<CacheCounts>> answers =
        ofEach(engines, engine -> Optional.ofNullable(count(engine)));
    Map<Engine, @Nullable CacheCounts> counts = new LinkedHashMap<>();
    for (int i = 0; i < engines.size(); i++) {
      counts.put(engines.get(i), answers.get(i).orElse(null));
    }
    return counts;
  }

  private static @Nullable CacheCounts count(Engine engine) throws InterruptedException {
    try {
      return CacheCounts.parse(ControlCalls.get(engine.url(), "/metrics"));
    } catch (IOException e) {
      return null;
    }
  }

  /** Asks an engine something. */
  @FunctionalInterface
  interface Question<A> {
    A ask(Engine engine) throws InterruptedException;
  }

  /** Asks all of them at once, so that those that cannot be reached cost one time limit. */
  static <A> List<A> ofEach(List<Engine> engines, Question<A> question)
      throws InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<A>> answers =
          threads.invokeAll(
              engines.stream().map(one -> (Callable<A>) () -> question.ask(one)).toList());
      List<A> all = new ArrayList<>();
      for (Future<A> answer : answers) {
        all.add(answer.resultNow());
      }
      return all;
    }
  }
}
