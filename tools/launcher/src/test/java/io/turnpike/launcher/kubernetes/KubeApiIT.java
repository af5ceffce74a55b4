package io.turnpike.launcher.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.turnpike.launcher.job.KubernetesSettings.Cluster;
import io.turnpike.launcher.stack.StackException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an API server says that lets one token in. */
class KubeApiIT {

  private @TempDir Path folder;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String shown = exchange.getRequestHeaders().getFirst("Authorization");
          boolean in = "Bearer second".equals(shown);
          byte[] body =
              (in ? "{\"items\":[{}]}" : "{\"message\":\"who?\"}").getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(in ? 200 : 401, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void whoIsRefused_saysOnceMoreWhoHeIs() throws Exception {
    KubeApi api = api("first");
    Files.writeString(folder.resolve("token"), "second");
    assertThat(api.list(ObjectKind.SERVICE, "a=b")).hasSize(1);
  }

  @Test
  void whoIsRefusedAgain_isTold() throws Exception {
    KubeApi api = api("first");
    assertThatThrownBy(() -> api.list(ObjectKind.SERVICE, "a=b"))
        .isInstanceOf(StackException.class)
        .hasMessage("kubernetes: who?");
  }

  private KubeApi api(String token) throws IOException {
    Files.writeString(folder.resolve("token"), token);
    Path file =
        Files.writeString(
            folder.resolve("config"),
            """
            current-context: c
            contexts: [{name: c, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: 'http://127.0.0.1:%d'}}]
            users: [{name: u, user: {tokenFile: token}}]
            """
                .formatted(server.getAddress().getPort()));
    return KubeApi.of(new Kubeconfig(List.of(file)), new Cluster(null, "n"));
  }
}
