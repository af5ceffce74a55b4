package io.turnpike.probe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class HealthProbeIT {

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @Test
  void healthy_isZero_andSilent() throws IOException {
    assertThat(probeOf(200)).isZero();
    assertThat(said.toString(UTF_8)).isEmpty();
  }

  @Test
  void unready_isOne_andSaysTheStatus() throws IOException {
    assertThat(probeOf(503)).isOne();
    assertThat(said.toString(UTF_8)).contains("/health: 503");
  }

  @Test
  void nobodyThere_isOne_andSaysWhereItLooked() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    assertThat(probe(Integer.toString(free), "/health")).isOne();
    assertThat(said.toString(UTF_8)).contains("port " + free + " of 127.0.0.1 and ");
  }

  @Test
  void wrongArguments_areAUsageError() throws IOException {
    assertThat(probe("health")).isEqualTo(2);
    assertThat(probe("http://x", "/health")).isEqualTo(2);
  }

  private int probeOf(int status) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/health",
        exchange -> {
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
    try {
      return probe(Integer.toString(server.getAddress().getPort()), "/health");
    } finally {
      server.stop(0);
    }
  }

  private int probe(String... arguments) throws IOException {
    return HealthProbe.run(new PrintStream(said, true, UTF_8), arguments);
  }
}
