package io.turnpike.simulator.http;

import io.turnpike.node.Role;
import io.turnpike.simulator.log.EngineLog;
import io.turnpike.simulator.registration.Registration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code simulator join}: one engine as a process that registers itself, for machines and
 * containers that come and go. Told to stop, it takes no new turns, ends those under way and
 * leaves.
 */
@Command(
    name = "join",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    defaultValueProvider = JoinCommand.OwnAddress.class,
    header = "Runs one simulated vLLM engine that registers itself at a registry over HTTP.",
    description = {
      "",
      "The options are those of serve; --host is this machine's own address unless given, because",
      "gateways and other engines are told it. SIGTERM drains: no new turns, those under way end.",
      ""
    },
    footer = {
      "",
      "For example:",
      "  ./turnpike simulator join --registry-url http://10.0.0.1:10003 --key-file key"
          + " --role decode"
    })
public final class JoinCommand implements Callable<Integer> {

  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  @Option(
      names = "--registry-url",
      split = ",",
      description =
          "the registry's HTTP address, for example http://10.0.0.1:10003, or those of several,"
              + " separated by commas; not with --registry, whose pings register too")
  private @Nullable List<URI> registryUrl;

  @Option(names = "--key-file", description = "holds the registry's admin key [none]")
  private @Nullable Path keyFile;

  @Option(names = "--node", description = "the node's id [host:port]")
  private @Nullable String node;

  @Option(
      names = "--drain",
      defaultValue = "25s",
      converter = Durations.class,
      description = "how long turns under way may take to end [${DEFAULT-VALUE}]")
  private Duration drain = Duration.ofSeconds(25);

  @Mixin private SimulatorOptions options = new SimulatorOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if ((registryUrl == null) == (options.registry() == null)) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(),
          "expected: either --registry-url or --registry");
    }
    EngineLog log =
        new EngineLog(System.out::println, InstantSource.system(), ZoneId.systemDefault());
    SimulatedEngine engine = SimulatedEngine.start(options, log, EngineLog.NONE);
    System.out.println("listening on " + options.host() + ":" + engine.port());
    Registration registration = registryUrl == null ? null : register(registryUrl, engine);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(engine, registration), "shutdown"));
    return engine.end().get();
  }

  private Registration register(List<URI> registries, SimulatedEngine engine) throws IOException {
    String key = keyFile == null ? null : Files.readString(keyFile).strip();
    String id = node == null ? options.host() + ":" + engine.port() : node;
    return new Registration(
        new Registration.Entry(registries, key, id, body(engine).toString()), System.out::println);
  }

  private ObjectNode body(SimulatedEngine engine) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("role", options.role().word());
    json.put("url", "http://" + options.host() + ":" + engine.port());
    if (options.role() != Role.REPLICA) {
      json.put("connector", options.connector().word());
      json.put("zmq_address", options.host() + ":" + Math.max(1, engine.kvPort()));
    }
    // A new life, also where host and port are the old ones.
    return json.put("engine_id", UUID.randomUUID().toString());
  }

  private void leave(SimulatedEngine engine, @Nullable Registration registration) {
    if (registration != null) {
      if (!engine.end().isDone()) {
        registration.drain();
        awaitIdle(URI.create("http://" + options.host() + ":" + engine.port() + "/sim/state"));
      }
      registration.close();
    }
    engine.close();
  }

  private void awaitIdle(URI state) {
    long end = System.nanoTime() + drain.toNanos();
    HttpRequest ask = HttpRequest.newBuilder(state).timeout(LOOK_AGAIN.multipliedBy(20)).build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      // One more look after an idle one: a turn's second leg may be on its way.
      for (int idle = 0; idle < 2 && System.nanoTime() < end; Thread.sleep(LOOK_AGAIN)) {
        JsonNode json =
            JsonMapper.shared().readTree(http.send(ask, BodyHandlers.ofString()).body());
        boolean busy =
            json.path("running").asInt() + json.path("waiting").asInt() > 0
                || !json.path("leases").isEmpty();
        idle = busy ? 0 : idle + 1;
      }
    } catch (IOException gone) {
      // Nothing is under way in an engine that does not answer.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** This machine's own address for {@code --host}. */
  static final class OwnAddress implements IDefaultValueProvider {

    @Override
    public @Nullable String defaultValue(ArgSpec argument) throws UnknownHostException {
      return argument instanceof OptionSpec option && option.longestName().equals("--host")
          ? InetAddress.getLocalHost().getHostAddress()
          : null;
    }
  }
}
