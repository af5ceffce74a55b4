package io.turnpike.launcher.job;

import io.turnpike.launcher.engine.Engine;
import io.turnpike.launcher.job.Scheduler.Gateway;
import io.turnpike.launcher.plan.EngineKind;
import io.turnpike.launcher.plan.EnginePlan;
import io.turnpike.launcher.plan.EnginesPlan;
import io.turnpike.launcher.plan.Plan;
import io.turnpike.launcher.plan.RedisPlan;
import io.turnpike.launcher.plan.RegistryPlan;
import io.turnpike.launcher.plan.ServicePlan;
import io.turnpike.launcher.stack.StackException;
import io.turnpike.node.Role;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Settles a job on this machine: every name, port and GPU, as {@code ./turnpike up} would. */
final class LocalPlan {

  private static final String HOST = "127.0.0.1";

  private final JobFile job;
  private final PortFinder ports;
  private final List<String> freeDevices;

  private LocalPlan(JobFile job, PortFinder ports) {
    this.job = job;
    this.ports = ports;
    this.freeDevices = new ArrayList<>(devices(job));
  }

  /** All GPUs that may be handed out. */
  private static List<String> devices(JobFile job) {
    List<String> said = job.engines().devices();
    int count = Objects.requireNonNullElse(job.gpus(), job.gpusAsked());
    return said == null ? IntStream.range(0, count).mapToObj(Integer::toString).toList() : said;
  }

  /** The plan of a job without mistakes. */
  static Plan of(JobFile job, PortFinder ports) {
    return new LocalPlan(job, ports).plan();
  }

  /**
   * The plan of the same job with other numbers of workers: who is there stays as it is.
   *
   * @throws StackException when there are not GPUs enough, or no port for another worker
   */
  static Plan scaled(JobFile job, Plan before, PortFinder ports) {
    LocalPlan plan = new LocalPlan(job, ports);
    job.groups().forEach(LocalPlan::requireSomePort);
    before.ports().keySet().forEach(ports::take);
    List<EnginePlan> stay =
        before.engines().engines().stream().filter(engine -> plan.isPart(engine)).toList();
    for (EnginePlan engine : stay) {
      plan.takePlaces(engine);
    }
    return plan.with(before, stay);
  }

  private static void requireSomePort(Group group) {
    Integer fixed = Workers.port(group);
    if (fixed != null && group.replicas() > 1) {
      throw new StackException(
          "%s: port %d is one worker's (expected: port: '{PORT}' in its params)"
              .formatted(group.role().word(), fixed));
    }
  }

  private boolean isPart(EnginePlan engine) {
    Group group = job.group(engine.role());
    return group != null && group.workers().contains(engine.name());
  }

  private void takePlaces(EnginePlan engine) {
    Group group = Objects.requireNonNull(job.group(engine.role()));
    for (int port = 0; port < group.params().gpus(); port++) {
      ports.take(engine.sidePort() + port);
    }
    if (engine.gpus() != null) {
      freeDevices.removeAll(List.of(engine.gpus().split(",", -1)));
    }
  }

  private Plan with(Plan before, List<EnginePlan> stay) {
    EnginesPlan all = before.engines();
    return new Plan(
        before.mode(),
        before.model(),
        before.host(),
        before.redis(),
        before.registries(),
        before.proxies(),
        before.replication(),
        new EnginesPlan(
            all.kind(),
            all.speed(),
            all.vllm(),
            all.flags(),
            all.environment(),
            all.kvTransfer(),
            engines(stay)),
        before.nodes(),
        before.properties(),
        before.startTimeout());
  }

  private Plan plan() {
    ports.take(job.scheduler().port());
    for (Group group : job.groups()) {
      Integer fixed = Workers.port(group);
      if (fixed != null) {
        ports.take(fixed);
      }
    }
    Gateway gateway = job.scheduler().gateway();
    boolean ours = job.scheduler().command() == null;
    List<EnginePlan> engines = engines(List.of());
    return new Plan(
        gateway.mode(),
        Objects.requireNonNullElse(Workers.model(job, job.groups().getFirst()), ""),
        gateway.host(),
        ours ? redis(gateway.redis()) : new RedisPlan.None(),
        List.of(
            new RegistryPlan(service("registry", ports.from(10_003), 10_090), ports.from(30_001))),
        ours && job.doing(Role.DECODE) ? proxies(gateway) : List.of(),
        ours && job.has(Role.REPLICA) ? replication() : null,
        new EnginesPlan(
            job.engines().kind(),
            job.engines().speed(),
            job.engines().vllm(),
            List.of(),
            job.environment(),
            Map.of(),
            engines),
        List.of(),
        gateway.properties(),
        job.timeout());
  }

  private RedisPlan redis(String said) {
    return switch (said) {
      case "embedded" -> new RedisPlan.Embedded(ports.from(16_379));
      case "none" -> new RedisPlan.None();
      default -> new RedisPlan.External(URI.create(said));
    };
  }

  /** The first one has the scheduler's port. */
  private List<ServicePlan> proxies(Gateway gateway) {
    List<ServicePlan> proxies = new ArrayList<>();
    for (int n = 1; n <= gateway.proxies(); n++) {
      int port = n == 1 ? job.scheduler().port() : ports.from(10_004);
      proxies.add(service("proxy-" + n, port, 10_091));
    }
    return proxies;
  }

  /** It has the scheduler's port where no proxy has. */
  private ServicePlan replication() {
    int port = job.doing(Role.DECODE) ? ports.from(10_002) : job.scheduler().port();
    return service("replication", port, 10_092);
  }

  private ServicePlan service(String name, int port, int managementBase) {
    return new ServicePlan(name, port, ports.from(managementBase), Map.of());
  }

  /** All workers, those that are there as they are. */
  private List<EnginePlan> engines(List<EnginePlan> there) {
    List<EnginePlan> engines = new ArrayList<>();
    for (Group group : job.groups()) {
      for (String name : group.workers()) {
        engines.add(
            there.stream()
                .filter(engine -> engine.name().equals(name))
                .findFirst()
                .orElseGet(() -> engine(group, name)));
      }
    }
    return engines;
  }

  private EnginePlan engine(Group group, String name) {
    Integer fixed = Workers.port(group);
    int port = fixed == null ? ports.from(base(group.role())) : fixed;
    Engine engine =
        Workers.engine(job, group, new Workers.Settled(name, HOST, Integer.toString(port)));
    // Workers on one machine cannot share a socket: what the file says is the first one's.
    int sidePort = ports.from(Workers.sidePort(group, port), group.params().gpus());
    return new EnginePlan(
        engine.name(),
        engine.role(),
        port,
        sidePort,
        Workers.model(job, group),
        gpus(group),
        engine.flags(),
        group.environment(),
        engine.kvTransfer());
  }

  private @Nullable String gpus(Group group) {
    int each = group.gpusEach();
    if (job.engines().kind() != EngineKind.VLLM || each == 0) {
      return null;
    }
    if (each > freeDevices.size()) {
      throw new StackException(
          "%s: a worker takes %d GPUs, and %d are left (expected: more in num_gpus or local.devices)"
              .formatted(group.role().word(), each, freeDevices.size()));
    }
    List<String> own = freeDevices.subList(0, each);
    String gpus = String.join(",", own);
    own.clear();
    return gpus;
  }

  private static int base(Role role) {
    return switch (role) {
      case PREFILL -> 8100;
      case DECODE -> 8200;
      case REPLICA -> 8300;
      case ANY -> 8400;
    };
  }
}
