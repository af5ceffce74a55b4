package io.turnpike.simulator.registration;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * One engine's place in the registry: put there over HTTP, held by heartbeats, put there again when
 * the registry has forgotten it, and given up at the end. Of several registries any will do, since
 * they tell each other: the one that answered last is asked, and the next when it does not.
 *
 * <pre>
 *  PUT ── ok ──► heartbeat every third of the lease ── 404 ──► PUT …
 *   ▲ └ no answer, refused: again after a second        └ no answer: goes on, the lease may still hold
 * </pre>
 */
public final class Registration implements AutoCloseable {

  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final int NOT_FOUND = 404;

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER).build();
  private final CountDownLatch end = new CountDownLatch(1);
  private final Entry entry;
  private final Consumer<String> log;
  private final Thread thread;
  private final AtomicInteger registry = new AtomicInteger();
  private String lastTrouble = "";

  /**
   * What is registered, and where.
   *
   * @param registries the registries' HTTP addresses, one or more
   * @param key their admin key, or null where they have none
   * @param id the node's id
   * @param json the body of {@code PUT /v1/nodes/{id}}
   */
  public record Entry(List<URI> registries, @Nullable String key, String id, String json) {}

  /**
   * Registers at once, from a thread of its own.
   *
   * @param log hears one line for each change of what the registry says
   */
  public Registration(Entry entry, Consumer<String> log) {
    this.entry = entry;
    this.log = log;
    thread = Thread.ofPlatform().daemon().name("registration").start(this::run);
  }

  /** Tells the registry that no new turns should come; those under way go on. */
  public void drain() {
    leave();
    tell("POST", "/drain");
  }

  /** Gives the place up. */
  @Override
  public void close() {
    leave();
    tell("DELETE", "");
    http.close();
  }

  private void leave() {
    end.countDown();
    try {
      thread.join(ANSWER.multipliedBy(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      Duration wait;
      do {
        wait = hold(register());
      } while (!end.await(wait.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The lease that the registry gives, or null when it gave none. */
  private @Nullable Duration register() throws InterruptedException {
    try {
      HttpResponse<String> answer =
          http.send(
              request("").PUT(BodyPublishers.ofString(entry.json())).build(),
              BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        return trouble(answer.statusCode() + " " + answer.body().strip());
      }
      double seconds =
          JsonMapper.shared().readTree(answer.body()).path("lease_seconds").asDouble(15);
      lastTrouble = "";
      log.accept("registered as " + entry.id() + " at " + registry());
      return Duration.ofMillis((long) (seconds * 1000));
    } catch (IOException e) {
      Duration none = trouble(String.valueOf(e.getMessage()));
      registry.incrementAndGet();
      return none;
    }
  }

  private URI registry() {
    List<URI> all = entry.registries();
    return all.get(Math.floorMod(registry.get(), all.size()));
  }

  private @Nullable Duration trouble(String what) {
    if (!what.equals(lastTrouble)) {
      log.accept("not registered at " + registry() + ": " + what);
      lastTrouble = what;
    }
    return null;
  }

  /** Returns when to register anew: the registry no longer knows this node, or never did. */
  private Duration hold(@Nullable Duration lease) throws InterruptedException {
    if (lease == null) {
      return AGAIN;
    }
    while (!end.await(lease.toMillis() / 3, TimeUnit.MILLISECONDS)) {
      if (tell("POST", "/heartbeat") == NOT_FOUND) {
        return Duration.ZERO;
      }
    }
    return Duration.ZERO;
  }

  /** The status; 0 if no registry answered, which the next heartbeat makes good. */
  private int tell(String method, String path) {
    int status = 0;
    for (int tries = 0; status == 0 && tries < entry.registries().size(); tries++) {
      status = tellOne(method, path);
      if (status == 0) {
        registry.incrementAndGet();
      }
    }
    return status;
  }

  private int tellOne(String method, String path) {
    try {
      return http.send(
              request(path).method(method, BodyPublishers.noBody()).build(),
              BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(registry().resolve("/v1/nodes/" + entry.id() + path))
            .timeout(ANSWER)
            .header("content-type", "application/json");
    if (entry.key() != null) {
      request.header("authorization", "Bearer " + entry.key());
    }
    return request;
  }
}
