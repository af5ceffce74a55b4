package io.turnpike.registry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.turnpike.configuration.TurnpikeService;
import io.turnpike.membership.MembershipDriver;
import io.turnpike.membership.NodeCodec;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.registry.zmq.PingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import tools.jackson.databind.JsonNode;

/** The whole service on free ports, as its main method starts it. */
final class RunningRegistry implements AutoCloseable {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final ConfigurableApplicationContext context;

  private RunningRegistry(ConfigurableApplicationContext context) {
    this.context = context;
  }

  static RunningRegistry start(String... properties) {
    List<String> arguments =
        new ArrayList<>(
            List.of("--management.server.port=0", "--management.server.address=127.0.0.1"));
    if (!String.join(" ", properties).contains("--server.port=")) {
      arguments.add("--server.port=0");
    }
    if (!String.join(" ", properties).contains("zmq-bind=")) {
      arguments.add("--turnpike.registry.zmq-bind=tcp://127.0.0.1:*");
    }
    arguments.addAll(List.of(properties));
    SpringApplication application = TurnpikeService.application(RegistryApplication.class);
    application.addPrimarySources(List.of(OwnEventLoops.class));
    return new RunningRegistry(application.run(arguments.toArray(String[]::new)));
  }

  /** A context that closes takes the event loops of the whole process with it otherwise. */
  @Configuration(proxyBeanMethods = false)
  static class OwnEventLoops {
    @Bean
    ReactorResourceFactory reactorResourceFactory() {
      ReactorResourceFactory own = new ReactorResourceFactory();
      own.setUseGlobalResources(false);
      own.setShutdownQuietPeriod(Duration.ZERO);
      return own;
    }
  }

  /** An answer of the registry. */
  record Answer(int status, JsonNode body) {
    String error(String member) {
      return body.path("error").path(member).asString("");
    }
  }

  Answer call(String method, String path, @Nullable String body, String... headers) {
    return send("local.server.port", method, path, body, headers);
  }

  Answer manage(String path) {
    return send("local.management.port", "GET", path, null);
  }

  private Answer send(
      String port, String method, String path, @Nullable String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(port) + path))
            .version(HttpClient.Version.HTTP_1_1)
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), NodeCodec.parse(response.body()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private String port(String name) {
    return Objects.requireNonNull(context.getEnvironment().getProperty(name));
  }

  int httpPort() {
    return Integer.parseInt(port("local.server.port"));
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + httpPort());
  }

  String zmqEndpoint() {
    return context.getBean(PingListener.class).endpoint();
  }

  boolean isListening() {
    return context.getBean(PingListener.class).isListening();
  }

  @Nullable Node node(String id) {
    return context.getBean(MembershipDriver.class).published().table().node(new NodeId(id));
  }

  boolean is(String id, NodeState state) {
    Node node = node(id);
    return node != null && node.state() == state;
  }

  double pings(String outcome) {
    Counter counter =
        context
            .getBean(MeterRegistry.class)
            .find("turnpike.registry.pings")
            .tag("outcome", outcome)
            .counter();
    return Objects.requireNonNull(counter).count();
  }

  double gauge(String name, String state) {
    return context.getBean(MeterRegistry.class).get(name).tag("state", state).gauge().value();
  }

  double gauge(String name) {
    return context.getBean(MeterRegistry.class).get(name).gauge().value();
  }

  @Override
  public void close() {
    context.close();
  }
}
