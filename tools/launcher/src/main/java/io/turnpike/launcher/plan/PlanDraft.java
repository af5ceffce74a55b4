package io.turnpike.launcher.plan;

import io.turnpike.node.Role;
import io.turnpike.routing.Mode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A plan that is still being put together: it holds the defaults, then what {@code turnpike.yaml}
 * says, then what flags say. Not thread-safe; {@link #resolve()} settles and checks it.
 */
public final class PlanDraft {

  /** More processes of a kind than this is a slip of the keyboard. */
  static final int MAX_OF_A_KIND = 64;

  static final String DEFAULT_MODEL = "turnpike-sim";

  String mode = "ppd";
  @Nullable String model;
  String host = "127.0.0.1";
  String redis = "embedded";
  int redisPort = 16379;
  final List<RegistryDraft> registries = new ArrayList<>();
  final List<ServiceDraft> proxies = new ArrayList<>();
  private boolean proxiesSaid;
  @Nullable ServiceDraft replication = new ServiceDraft(10002, 10092);
  EngineKind kind = EngineKind.SIMULATOR;
  double speed = 1.0;
  String vllm = "vllm";

  /** GPUs for each engine; 0: {@code CUDA_VISIBLE_DEVICES} is left alone. */
  int gpusEach = 1;

  List<String> flags = new ArrayList<>();
  Map<String, String> environment = new LinkedHashMap<>();
  Map<String, Object> kvTransfer = new LinkedHashMap<>();
  Map<String, String> properties = new LinkedHashMap<>();
  @Nullable Duration startTimeout;
  List<StaticNode> nodes = new ArrayList<>();
  private final Map<Role, List<EngineDraft>> engines = new EnumMap<>(Role.class);
  private final Set<Role> asked = EnumSet.noneOf(Role.class);

  /** The defaults. */
  public PlanDraft() {
    registries(1);
    resize(proxies, 1, "proxies", ServiceDraft::new);
    resizeEngines(Role.PREFILL, 1);
    resizeEngines(Role.DECODE, 2);
    resizeEngines(Role.REPLICA, 2);
  }

  /** A service whose ports may still be open. */
  static final class ServiceDraft {
    @Nullable Integer port;
    @Nullable Integer managementPort;
    Map<String, String> properties = new LinkedHashMap<>();

    ServiceDraft() {}

    ServiceDraft(int port, int managementPort) {
      this.port = port;
      this.managementPort = managementPort;
    }

    ServicePlan resolve(String name, int defaultPort, int defaultManagementPort) {
      return new ServicePlan(
          name,
          port == null ? defaultPort : port,
          managementPort == null ? defaultManagementPort : managementPort,
          properties);
    }
  }

  /** A registry whose ports may still be open. */
  static final class RegistryDraft {
    final ServiceDraft service = new ServiceDraft();
    @Nullable Integer zmqPort;

    /** The first has the well-known ports; the others' lie where no other service's do. */
    RegistryPlan resolve(int index) {
      boolean first = index == 0;
      return new RegistryPlan(
          service.resolve(
              first ? "registry" : "registry-" + (index + 1),
              first ? 10003 : 10300 + index,
              first ? 10090 : 10390 + index),
          zmqPort == null ? 30001 + index : zmqPort);
    }
  }

  /** An engine of which anything may still be open. */
  static final class EngineDraft {
    @Nullable String name;
    @Nullable Integer port;
    @Nullable Integer sidePort;
    @Nullable String model;
    @Nullable String gpus;
    List<String> flags = new ArrayList<>();
    Map<String, String> environment = new LinkedHashMap<>();
    Map<String, Object> kvTransfer = new LinkedHashMap<>();
  }

  /** Takes what a YAML file says; a mistake in it is a {@link PlanException} with its line. */
  public void read(Path file) {
    PlanReader.read(file, this);
  }

  /** Sets the proxies' mode: {@code pd}, {@code ppd} or {@code adaptive}. */
  public void mode(String mode) {
    this.mode = mode;
  }

  /** Sets what engines serve. */
  public void model(String model) {
    this.model = model;
  }

  /** Sets {@code embedded}, {@code none} or a {@code redis://} URL. */
  public void redis(String redis) {
    this.redis = redis;
  }

  /** Sets what kind of engines are started. */
  public void kind(EngineKind kind) {
    this.kind = kind;
  }

  /** Sets the simulators' clock. */
  public void speed(double speed) {
    this.speed = speed;
  }

  /** Sets the command for real engines. */
  public void vllm(String vllm) {
    this.vllm = vllm;
  }

  /** Sets GPUs for each engine; 0 leaves {@code CUDA_VISIBLE_DEVICES} alone. */
  public void gpusEach(int gpusEach) {
    this.gpusEach = gpusEach;
  }

  /** Adds flags for every engine. */
  public void addFlags(List<String> more) {
    flags.addAll(more);
  }

  /** Sets the number of registries, one or more, keeping what is said about the first ones. */
  public void registries(int count) {
    if (count < 1) {
      throw new PlanException(
          "registries: " + count + " (expected: a number from 1 to " + MAX_OF_A_KIND + ")");
    }
    resize(registries, count, "registries", RegistryDraft::new);
  }

  /** Sets the number of proxies, keeping what is said about the first ones. */
  public void proxies(int count) {
    proxiesSaid = true;
    resize(proxies, count, "proxies", ServiceDraft::new);
  }

  /** Sets the number of engines of a role, keeping what is said about the first ones. */
  public void engines(Role role, int count) {
    asked.add(role);
    resizeEngines(role, count);
  }

  private void resizeEngines(Role role, int count) {
    resize(drafts(role), count, key(role), EngineDraft::new);
  }

  /** Who asks for engines of role any, and for no others, wants no others. */
  private void dropDefaults() {
    if (!drafts(Role.ANY).isEmpty()) {
      EnumSet.complementOf(EnumSet.copyOf(asked)).forEach(role -> resizeEngines(role, 0));
    }
  }

  List<EngineDraft> drafts(Role role) {
    return engines.computeIfAbsent(role, r -> new ArrayList<>());
  }

  /** The role's key under {@code engines}. */
  static String key(Role role) {
    return role == Role.REPLICA ? "replicas" : role.word();
  }

  private static <T> void resize(
      List<T> list, int count, String key, java.util.function.Supplier<T> more) {
    if (count < 0 || count > MAX_OF_A_KIND) {
      throw new PlanException(
          key + ": " + count + " (expected: a number from 0 to " + MAX_OF_A_KIND + ")");
    }
    while (list.size() > count) {
      list.removeLast();
    }
    while (list.size() < count) {
      list.add(more.get());
    }
  }

  /** Replaces every port, those that defaults give included. */
  void mapPorts(IntUnaryOperator map) {
    redisPort = map.applyAsInt(redisPort);
    List<ServiceDraft> services = new ArrayList<>(proxies);
    for (RegistryDraft registry : registries) {
      registry.zmqPort = map.applyAsInt(registry.zmqPort == null ? 0 : registry.zmqPort);
      services.add(registry.service);
    }
    if (replication != null) {
      services.add(replication);
    }
    for (ServiceDraft service : services) {
      service.port = map.applyAsInt(service.port == null ? 0 : service.port);
      service.managementPort =
          map.applyAsInt(service.managementPort == null ? 0 : service.managementPort);
    }
    for (List<EngineDraft> drafts : engines.values()) {
      for (EngineDraft engine : kind == EngineKind.NONE ? List.<EngineDraft>of() : drafts) {
        engine.port = map.applyAsInt(engine.port == null ? 0 : engine.port);
        if (engine.sidePort != null) {
          engine.sidePort = map.applyAsInt(engine.sidePort);
        }
      }
    }
  }

  /** The settled plan; a mistake is a {@link PlanException}. */
  public Plan resolve() {
    dropDefaults();
    if (Mode.of(mode).isEmpty()) {
      throw new PlanException("mode: '" + mode + "' (expected: one of " + Mode.words() + ")");
    }
    if (!(speed >= 0) || Double.isInfinite(speed)) {
      throw new PlanException("engines.speed: " + speed + " (expected: 0 or more)");
    }
    if (kind == EngineKind.VLLM && model == null) {
      throw new PlanException(
          "model: missing (expected: what vllm serve loads, for example"
              + " --model Qwen/Qwen3-0.6B, when engines are vllm)");
    }
    Plan plan =
        new Plan(
            mode,
            model == null ? DEFAULT_MODEL : model,
            host,
            redisPlan(),
            registryPlans(),
            proxyPlans(),
            replication == null ? null : replication.resolve("replication", 10002, 10092),
            new EnginesPlan(kind, speed, vllm, flags, environment, kvTransfer, enginePlans()),
            nodes,
            properties,
            startTimeout);
    plan.ports();
    requireOwnNames(plan);
    return plan;
  }

  private static void requireOwnNames(Plan plan) {
    Set<String> names = new HashSet<>(Set.of("redis"));
    List<String> all = new ArrayList<>(plan.services().stream().map(ServicePlan::name).toList());
    all.addAll(plan.engines().engines().stream().map(EnginePlan::name).toList());
    all.addAll(plan.nodes().stream().map(StaticNode::id).toList());
    for (String name : all) {
      if (!names.add(name)) {
        throw new PlanException(
            "name '" + name + "' is given twice (expected: a name of its own for each)");
      }
    }
  }

  private RedisPlan redisPlan() {
    if (redis.equals("embedded")) {
      return new RedisPlan.Embedded(redisPort);
    }
    if (redis.equals("none")) {
      return new RedisPlan.None();
    }
    if (redis.startsWith("redis://") || redis.startsWith("rediss://")) {
      return new RedisPlan.External(URI.create(redis));
    }
    throw new PlanException(
        "redis: '" + redis + "' (expected: embedded, none, or a URL like redis://host:6379)");
  }

  private List<RegistryPlan> registryPlans() {
    List<RegistryPlan> plans = new ArrayList<>();
    for (int i = 0; i < registries.size(); i++) {
      plans.add(registries.get(i).resolve(i));
    }
    return plans;
  }

  /** Proxy 1 is on 10001; 10002 and 10003 are taken, so the others follow from 10004. */
  private List<ServicePlan> proxyPlans() {
    List<ServicePlan> plans = new ArrayList<>();
    if (!proxiesSaid && hasReplicasAlone()) {
      return plans;
    }
    for (int i = 0; i < proxies.size(); i++) {
      int port = i == 0 ? 10001 : 10003 + i;
      plans.add(proxies.get(i).resolve("proxy-" + (i + 1), port, port + 90));
    }
    return plans;
  }

  private boolean hasReplicasAlone() {
    return kind != EngineKind.NONE
        && replication != null
        && drafts(Role.PREFILL).isEmpty()
        && drafts(Role.DECODE).isEmpty()
        && drafts(Role.ANY).isEmpty()
        && !drafts(Role.REPLICA).isEmpty()
        && nodes.stream().allMatch(node -> node.role() == Role.REPLICA);
  }

  private List<EnginePlan> enginePlans() {
    List<EnginePlan> plans = new ArrayList<>();
    if (kind == EngineKind.NONE) {
      return plans;
    }
    int gpu = 0;
    for (Role role : Role.values()) {
      List<EngineDraft> drafts = drafts(role);
      for (int i = 0; i < drafts.size(); i++) {
        EngineDraft draft = drafts.get(i);
        String gpus = draft.gpus;
        if (gpus == null && kind == EngineKind.VLLM && gpusEach > 0) {
          gpus = range(gpu, gpusEach);
          gpu += gpusEach;
        }
        plans.add(enginePlan(role, i, draft, gpus));
      }
    }
    return plans;
  }

  private static EnginePlan enginePlan(
      Role role, int index, EngineDraft draft, @Nullable String gpus) {
    int base =
        switch (role) {
          case PREFILL -> 8100;
          case DECODE -> 8200;
          case REPLICA -> 8300;
          case ANY -> 8400;
        };
    int port = draft.port == null ? base + index : draft.port;
    return new EnginePlan(
        draft.name == null ? role.word() + "-" + (index + 1) : draft.name,
        role,
        port,
        draft.sidePort == null ? sidePort(port) : draft.sidePort,
        draft.model,
        gpus == null || gpus.equals("none") ? null : gpus,
        draft.flags,
        draft.environment,
        draft.kvTransfer);
  }

  private static int sidePort(int port) {
    return port < 50_000 ? port + 10_000 : port - 10_000;
  }

  private static String range(int first, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = first; i < first + count; i++) {
      text.append(i == first ? "" : ",").append(i);
    }
    return text.toString();
  }
}
