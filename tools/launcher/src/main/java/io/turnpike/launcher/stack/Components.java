package io.turnpike.launcher.stack;

import io.turnpike.connector.Connectors;
import io.turnpike.launcher.engine.Engine;
import io.turnpike.launcher.engine.EnginePlace;
import io.turnpike.launcher.engine.KvConnectors;
import io.turnpike.launcher.engine.SimulatorCommand;
import io.turnpike.launcher.engine.VllmCommand;
import io.turnpike.launcher.plan.EngineKind;
import io.turnpike.launcher.plan.EnginePlan;
import io.turnpike.launcher.plan.Plan;
import io.turnpike.launcher.plan.RedisPlan;
import io.turnpike.launcher.plan.RegistryPlan;
import io.turnpike.launcher.plan.ServicePlan;
import io.turnpike.launcher.plan.StaticNode;
import io.turnpike.launcher.process.Launch;
import io.turnpike.launcher.stack.Component.Patience;
import io.turnpike.launcher.stack.Installation.Archive;
import io.turnpike.node.Connector;
import io.turnpike.node.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import redis.embedded.core.ExecutableProvider;

/** Makes the processes of a plan: their command lines, environments and signs of readiness. */
final class Components implements Blueprint {

  /**
   * A gateway's young objects live as long as a turn, and few live longer: room for them, and
   * little else to begin with. What compilers needed is given back.
   */
  private static final List<String> GATEWAY_JVM =
      List.of("-Xmx512m", "-Xms96m", "-Xmn48m", "-XX:TrimNativeHeapInterval=10000");

  /** It never runs hot; the second compiler would only cost start time. */
  private static final List<String> REGISTRY_JVM =
      List.of("-Xmx512m", "-Xms48m", "-XX:TieredStopAtLevel=1");

  /**
   * A JVM of ours that runs out of memory ends (with 3) rather than go on half dead; then it is
   * begun again, by a shell that does nothing else, and its log says so.
   */
  private static final List<String> AGAIN =
      List.of(
          "/bin/sh",
          "-c",
          "trap : TERM; while \"$@\"; code=$?; [ $code -eq 3 ]; do"
              + " echo \"$0 ran out of memory and is started again\"; sleep 1; done; exit $code");

  /** The profile of engines that are not told another. */
  private static final String SIMULATED = "h100-llama-3.1-8b";

  private static final String ADMIN_KEY_FILE = "turnpike.gateway.admin-key-file";

  private final Plan plan;
  private final Installation installation;
  private final StateFolder state;

  /** Modules of which a process has been told to make the class archive. */
  private final Set<String> archived = new HashSet<>();

  Components(Plan plan, Installation installation, StateFolder state) {
    this.plan = plan;
    this.installation = installation;
    this.state = state;
  }

  @Override
  public Plan plan() {
    return plan;
  }

  @Override
  public void prepare() {
    if (plan.redis() instanceof RedisPlan.Embedded) {
      unpackRedis();
    }
    if (plan.engines().kind() == EngineKind.VLLM) {
      VllmProgram.require(plan.engines().vllm());
    }
    state.write(state.registryNodes(), nodesYaml());
  }

  @Override
  public List<Component> components() {
    List<Component> components = new ArrayList<>();
    archived.clear();
    if (plan.redis() instanceof RedisPlan.Embedded embedded) {
      components.add(redis(embedded));
    }
    plan.registries().forEach(registry -> components.add(registry(registry)));
    for (ServicePlan proxy : plan.proxies()) {
      components.add(gateway("proxy", "proxy-service", proxy, proxyArguments()));
    }
    if (plan.replication() != null) {
      components.add(gateway("replication", "replication-service", plan.replication(), List.of()));
    }
    plan.engines().engines().forEach(engine -> components.add(engine(engine)));
    return components;
  }

  /** What simulated engines cost is known. */
  private List<String> proxyArguments() {
    List<String> arguments = new ArrayList<>(List.of("--turnpike.proxy.mode=" + plan.mode()));
    if (plan.engines().kind() == EngineKind.SIMULATOR) {
      List<String> flags = plan.engines().flags();
      int said = flags.indexOf("--profile") + 1;
      boolean named = said > 0 && said < flags.size();
      arguments.add("--turnpike.costs.profile=" + (named ? flags.get(said) : SIMULATED));
    }
    return arguments;
  }

  private Component redis(RedisPlan.Embedded redis) {
    List<String> command =
        List.of(
            redisBinary().toString(),
            "--port",
            Integer.toString(redis.port()),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            state.redis().toString());
    URI url = URI.create(redis.url());
    return new Component("redis", url, launch("redis", command, Map.of()), url, Patience.BOUNDED);
  }

  private Path redisBinary() {
    return state.redis().resolve("redis-server");
  }

  /** The library has a Redis for each system and processor; ours is a copy that stays. */
  private void unpackRedis() {
    Path binary = redisBinary();
    try {
      if (!Files.isExecutable(binary)) {
        Path temporary = Files.createDirectories(state.redis().resolve("unpacked"));
        Path unpacked =
            ExecutableProvider.newJarResourceProvider(temporary.toFile()).get().toPath();
        Files.copy(unpacked, binary, StandardCopyOption.COPY_ATTRIBUTES);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack the embedded Redis", e);
    }
  }

  private Component registry(RegistryPlan registry) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--turnpike.registry.zmq-bind=tcp://127.0.0.1:" + registry.zmqPort());
    arguments.add("--spring.config.additional-location=file:" + state.registryNodes());
    if (plan.registries().size() > 1) {
      arguments.add("--turnpike.registry.peers=" + registryUrls());
    }
    return service(
        "registry", "registry-service", "127.0.0.1", registry.service(), arguments, "readiness");
  }

  private String registryUrls() {
    return plan.registries().stream()
        .map(registry -> "http://127.0.0.1:" + registry.service().port())
        .collect(Collectors.joining(","));
  }

  private Component gateway(
      String role, String module, ServicePlan service, List<String> arguments) {
    List<String> all = new ArrayList<>(arguments);
    all.add("--turnpike.registry.url=" + registryUrls());
    if (!plan.properties().containsKey(ADMIN_KEY_FILE)
        && !service.properties().containsKey(ADMIN_KEY_FILE)) {
      all.add("--" + ADMIN_KEY_FILE + "=" + state.adminKey());
    }
    // Ready means that a turn can be served; without engines of ours nobody knows when that is.
    boolean enginesOfOurs =
        role.equals("proxy")
            ? plan.engines().doing(Role.PREFILL) && plan.engines().doing(Role.DECODE)
            : plan.engines().doing(Role.REPLICA);
    return service(
        role, module, plan.host(), service, all, enginesOfOurs ? "readiness" : "liveness");
  }

  private Component service(
      String role,
      String module,
      String host,
      ServicePlan service,
      List<String> arguments,
      String probe) {
    List<String> command = java(module, role.equals("registry") ? REGISTRY_JVM : GATEWAY_JVM);
    command.add("--server.address=" + host);
    command.add("--server.port=" + service.port());
    command.add("--management.server.address=127.0.0.1");
    command.add("--management.server.port=" + service.managementPort());
    command.addAll(arguments);
    plan.properties().forEach((key, value) -> command.add("--" + key + "=" + value));
    service.properties().forEach((key, value) -> command.add("--" + key + "=" + value));
    return new Component(
        role,
        URI.create("http://127.0.0.1:" + service.port()),
        // In the environment, because a Redis URL may hold a password and command lines are public.
        launch(
            service.name(),
            again(service.name(), command),
            Map.of("TURNPIKE_REDIS_URL", plan.redis().url())),
        URI.create("http://127.0.0.1:" + service.managementPort() + "/actuator/health/" + probe),
        Patience.BOUNDED);
  }

  private Component engine(EnginePlan planned) {
    boolean real = plan.engines().kind() == EngineKind.VLLM;
    Engine engine = Engine.of(plan, planned);
    Launch launch = real ? vllm(planned, engine) : simulator(planned, engine);
    return new Component(
        planned.role().word(),
        URI.create(planned.url()),
        launch,
        URI.create(planned.url() + "/health"),
        real ? Patience.UNBOUNDED : Patience.BOUNDED);
  }

  private Launch vllm(EnginePlan planned, Engine engine) {
    EnginePlace place = EnginePlace.here(plan, planned);
    Map<String, String> environment = new LinkedHashMap<>();
    if (planned.gpus() != null) {
      environment.put("CUDA_VISIBLE_DEVICES", planned.gpus());
    }
    environment.putAll(VllmCommand.environment(engine, place));
    String program = VllmProgram.of(plan.engines().vllm());
    return launch(engine.name(), VllmCommand.words(program, engine, place), environment);
  }

  private Launch simulator(EnginePlan planned, Engine engine) {
    List<String> command = java("tools/simulator", List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));
    EnginePlace place = EnginePlace.here(plan, planned);
    command.addAll(SimulatorCommand.arguments(engine, place, plan.engines().speed()));
    return launch(engine.name(), again(engine.name(), command), engine.environment());
  }

  private List<String> java(String module, List<String> jvmFlags) {
    Archive archive = archived.add(module) ? Archive.MAKE : Archive.USE;
    return new ArrayList<>(installation.command(module, archive, jvmFlags));
  }

  private static List<String> again(String name, List<String> java) {
    List<String> watched = new ArrayList<>(AGAIN);
    watched.add(name);
    watched.addAll(java);
    return watched;
  }

  private Launch launch(String name, List<String> command, Map<String, String> environment) {
    return new Launch(name, command, environment, state.log(name));
  }

  /** The registry's static list: our own engines and those of the plan that run elsewhere. */
  String nodesYaml() {
    List<Map<String, String>> nodes = new ArrayList<>();
    for (EnginePlan engine : plan.engines().engines()) {
      Connector connector = connector(Engine.of(plan, engine));
      Map<String, String> node = node(engine.name(), engine.role(), engine.url(), connector);
      if (connector.needsZmqAddress()) {
        node.put("zmq-address", "127.0.0.1:" + engine.sidePort());
      }
      nodes.add(node);
    }
    for (StaticNode other : plan.nodes()) {
      Map<String, String> node =
          node(other.id(), other.role(), other.url().toString(), other.connector());
      if (other.zmqAddress() != null) {
        node.put("zmq-address", other.zmqAddress());
      }
      nodes.add(node);
    }
    Map<String, Object> tree = Map.of("turnpike", Map.of("registry", Map.of("nodes", nodes)));
    return new Dump(DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build())
        .dumpToString(tree);
  }

  private static Connector connector(Engine engine) {
    Connector connector =
        engine
            .connector()
            .orElseThrow(
                () ->
                    new StackException(
                        "kv_connector: \"%s\" of %s is not spoken here (expected: one of %s)"
                            .formatted(
                                engine.kvConnector(),
                                engine.name(),
                                String.join(", ", KvConnectors.spokenNames()))));
    if (engine.role() == Role.ANY && connector.equals(Connectors.P2P_NCCL)) {
      throw new StackException(
          "role any of %s: a P2pNcclConnector either sends or takes (expected: prefill or decode)"
              .formatted(engine.name()));
    }
    return connector;
  }

  private static Map<String, String> node(String id, Role role, String url, Connector connector) {
    Map<String, String> node = new LinkedHashMap<>();
    node.put("id", id);
    node.put("role", role.word());
    node.put("url", url);
    node.put("connector", connector.word());
    return node;
  }
}
