package io.turnpike.launcher.plan;

import io.turnpike.launcher.process.Ports;
import io.turnpike.node.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Everything that {@code up} starts, with every name and port settled. Immutable.
 *
 * @param mode the proxies' mode at the start: {@code pd} or {@code ppd}
 * @param model what engines serve unless they say otherwise
 * @param host the address that proxies and the replication service listen on; all else is loopback
 * @param redis where shared state lives
 * @param registries the registries, at least one
 * @param proxies the proxy replicas, maybe none
 * @param replication the replication service, or null for none
 * @param engines the engine processes
 * @param nodes engines that run elsewhere
 * @param properties Spring properties of every service
 * @param startTimeout how long all together may take to become ready; null: real engines as long as
 *     they load, the rest three minutes
 */
public record Plan(
    String mode,
    String model,
    String host,
    RedisPlan redis,
    List<RegistryPlan> registries,
    List<ServicePlan> proxies,
    @Nullable ServicePlan replication,
    EnginesPlan engines,
    List<StaticNode> nodes,
    Map<String, String> properties,
    @Nullable Duration startTimeout) {

  public Plan {
    registries = List.copyOf(registries);
    proxies = List.copyOf(proxies);
    nodes = List.copyOf(nodes);
    properties = java.util.Collections.unmodifiableMap(new TreeMap<>(properties));
  }

  /** What {@code ./turnpike up} starts when nothing is said. */
  public static Plan defaults() {
    return new PlanDraft().resolve();
  }

  /** The plan of one YAML file. */
  public static Plan read(Path file) {
    PlanDraft draft = new PlanDraft();
    PlanReader.read(file, draft);
    return draft.resolve();
  }

  /** The plan of YAML text; {@code name} stands for the file in messages. */
  public static Plan parse(String name, String yaml) {
    PlanDraft draft = new PlanDraft();
    PlanReader.parse(name, yaml, draft);
    return draft.resolve();
  }

  /** This plan as YAML, which reads back as the same plan. */
  public String toYaml() {
    return PlanWriter.write(this);
  }

  /** The same plan with every port replaced by what the function makes of it. */
  public Plan withPorts(IntUnaryOperator port) {
    PlanDraft draft = new PlanDraft();
    PlanReader.parse("plan", toYaml(), draft);
    draft.mapPorts(port);
    return draft.resolve();
  }

  /** The same plan on ports that are free now, for stacks beside others. */
  public Plan onFreePorts() {
    int most = 2 * (services().size() + engines.engines().size()) + registries.size() + 1;
    Iterator<Integer> free = Ports.free(most).iterator();
    return withPorts(_ -> free.next());
  }

  /** Every port that must be free before the start, with what it is for. */
  public Map<Integer, String> ports() {
    Map<Integer, String> ports = new LinkedHashMap<>();
    for (Map.Entry<String, Integer> use : uses()) {
      String other = ports.putIfAbsent(use.getValue(), use.getKey());
      if (other != null) {
        throw new PlanException(
            "port "
                + use.getValue()
                + " is given to both "
                + other
                + " and "
                + use.getKey()
                + " (expected: a port of its own for each)");
      }
    }
    return ports;
  }

  private List<Map.Entry<String, Integer>> uses() {
    List<Map.Entry<String, Integer>> uses = new ArrayList<>();
    if (redis instanceof RedisPlan.Embedded embedded) {
      uses.add(Map.entry("redis", embedded.port()));
    }
    for (RegistryPlan one : registries) {
      uses.add(Map.entry(one.service().name() + " (zmq)", one.zmqPort()));
    }
    for (ServicePlan service : services()) {
      uses.add(Map.entry(service.name(), service.port()));
      uses.add(Map.entry(service.name() + " (management)", service.managementPort()));
    }
    for (EnginePlan engine : engines.engines()) {
      uses.add(Map.entry(engine.name(), engine.port()));
      if (engines.usesSidePort(engine)) {
        uses.add(Map.entry(engine.name() + " (side channel)", engine.sidePort()));
      }
    }
    return uses;
  }

  /** The first registry, which engines that ping are told of. */
  public RegistryPlan registry() {
    return registries.getFirst();
  }

  /** Registries, proxies and replication service, in this order. */
  public List<ServicePlan> services() {
    List<ServicePlan> services = new ArrayList<>();
    registries.forEach(one -> services.add(one.service()));
    services.addAll(proxies);
    if (replication != null) {
      services.add(replication);
    }
    return services;
  }

  /**
   * The gateway to talk to: the first proxy, or the replication service where no proxy can answer;
   * null if there is no gateway.
   */
  public @Nullable ServicePlan firstGateway() {
    boolean onlyReplicas =
        engines.kind() != EngineKind.NONE
            && engines.of(Role.DECODE).isEmpty()
            && engines.of(Role.ANY).isEmpty()
            && nodes.stream().noneMatch(node -> node.role().does(Role.DECODE));
    boolean toReplicas = proxies.isEmpty() || (onlyReplicas && replication != null);
    return toReplicas ? replication : proxies.getFirst();
  }

  /** The engine of that name. */
  public Optional<EnginePlan> engine(String name) {
    return engines.engines().stream().filter(engine -> engine.name().equals(name)).findFirst();
  }
}
