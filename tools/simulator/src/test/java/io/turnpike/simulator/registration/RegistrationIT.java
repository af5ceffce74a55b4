package io.turnpike.simulator.registration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a registry that answers as it is told. */
class RegistrationIT {

  private static final byte[] LEASE = "{\"lease_seconds\":0.3}".getBytes(UTF_8);

  private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> logged = new LinkedBlockingQueue<>();
  private volatile int status = 200;
  private HttpServer registry;

  @BeforeEach
  void start() throws IOException {
    registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext("/", this::answer);
    registry.start();
  }

  @AfterEach
  void stop() {
    registry.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    int code = status;
    exchange.sendResponseHeaders(code, LEASE.length);
    exchange.getResponseBody().write(LEASE);
    asked.add(
        exchange.getRequestMethod()
            + " "
            + exchange.getRequestURI()
            + " "
            + exchange.getRequestHeaders().getFirst("authorization")
            + " "
            + new String(exchange.getRequestBody().readAllBytes(), UTF_8)
            + code);
    exchange.close();
  }

  private Registration registration(URI... others) {
    List<URI> all = new ArrayList<>(List.of(others));
    all.add(url(registry));
    return new Registration(
        new Registration.Entry(all, "secret", "d-1", "{\"role\":\"decode\"}"), logged::add);
  }

  private static URI url(HttpServer server) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Test
  void registryThatIsGone_isPassedOver_alsoByHeartbeats() throws Exception {
    HttpServer first =
        HttpServer.create(new InetSocketAddress(registry.getAddress().getAddress(), 0), 0);
    first.createContext("/", this::answer);
    first.start();
    try (Registration _ = registration(url(first))) {
      awaitAsked("PUT /v1/nodes/d-1 Bearer secret {\"role\":\"decode\"}200");
      first.stop(0);
      asked.clear();
      awaitAsked("POST /v1/nodes/d-1/heartbeat Bearer secret 200");
      status = 404;
      awaitAsked("POST /v1/nodes/d-1/heartbeat Bearer secret 404");
      status = 200;
      awaitAsked("PUT /v1/nodes/d-1 Bearer secret {\"role\":\"decode\"}200");
    }
    assertThat(logged).last().asString().endsWith(url(registry).toString());
  }

  @Test
  void registryThatWasNeverThere_isPassedOver() throws Exception {
    URI dead;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      dead = URI.create("http://127.0.0.1:" + closed.getLocalPort());
    }
    try (Registration _ = registration(dead)) {
      awaitAsked("PUT /v1/nodes/d-1 Bearer secret {\"role\":\"decode\"}200");
    }
    awaitAsked("DELETE /v1/nodes/d-1 Bearer secret 200");
  }

  @Test
  void registers_beats_drains_andLeaves() throws InterruptedException {
    Registration registration = registration();
    awaitAsked("PUT /v1/nodes/d-1 Bearer secret {\"role\":\"decode\"}200");
    awaitAsked("POST /v1/nodes/d-1/heartbeat Bearer secret 200");
    awaitAsked("POST /v1/nodes/d-1/heartbeat Bearer secret 200");
    registration.drain();
    awaitAsked("POST /v1/nodes/d-1/drain Bearer secret 200");
    registration.close();
    awaitAsked("DELETE /v1/nodes/d-1 Bearer secret 200");
    assertThat(asked).isEmpty();
  }

  @Test
  void forgotten_registersAnew() throws InterruptedException {
    try (Registration _ = registration()) {
      awaitAsked("PUT /v1/nodes/d-1 Bearer secret {\"role\":\"decode\"}200");
      status = 404;
      awaitAsked("POST /v1/nodes/d-1/heartbeat Bearer secret 404");
      status = 200;
      awaitAsked("PUT /v1/nodes/d-1 Bearer secret {\"role\":\"decode\"}200");
    }
  }

  @Test
  void refused_triesAgain_andSaysWhyOnce() throws InterruptedException {
    status = 401;
    try (Registration _ = registration()) {
      awaitAsked("PUT /v1/nodes/d-1 Bearer secret {\"role\":\"decode\"}401");
      awaitAsked("PUT /v1/nodes/d-1 Bearer secret {\"role\":\"decode\"}401");
      status = 200;
      awaitAsked("PUT /v1/nodes/d-1 Bearer secret {\"role\":\"decode\"}200");
      assertThat(logged.poll(10, TimeUnit.SECONDS)).contains("not registered at", "401");
      assertThat(logged.poll(10, TimeUnit.SECONDS)).startsWith("registered as d-1 at");
    }
  }

  /** Reads what was asked until it was this. */
  private void awaitAsked(String wanted) throws InterruptedException {
    String last = "";
    while (!wanted.equals(last)) {
      last = asked.poll(10, TimeUnit.SECONDS);
      assertThat(last).as("expected: " + wanted).isNotNull();
    }
  }
}
