package io.turnpike.launcher.job;

import io.turnpike.launcher.plan.EngineKind;
import io.turnpike.launcher.plan.EnginePlan;
import io.turnpike.launcher.plan.Plan;
import io.turnpike.launcher.process.Launch;
import io.turnpike.launcher.process.Programs;
import io.turnpike.launcher.stack.Blueprint;
import io.turnpike.launcher.stack.Component;
import io.turnpike.launcher.stack.Component.Begin;
import io.turnpike.launcher.stack.Component.Patience;
import io.turnpike.launcher.stack.Installation;
import io.turnpike.launcher.stack.StackException;
import io.turnpike.launcher.stack.StateFolder;
import io.turnpike.node.Role;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A job on this machine: the engines of a plan, and in front of them either Turnpike's registry and
 * proxies or the file's own program.
 */
public final class LocalJob implements Blueprint {

  /** The name of the file's own program. */
  static final String SCHEDULER = "scheduler";

  private final JobFile job;
  private final Plan plan;
  private final Blueprint ours;
  private final Installation installation;
  private final StateFolder state;

  /**
   * Settles a job without mistakes.
   *
   * @param isFree whether nobody listens on a port
   */
  public LocalJob(JobFile job, Installation installation, StateFolder state, IntPredicate isFree) {
    this(job, LocalPlan.of(job, new PortFinder(isFree)), installation, state);
  }

  private LocalJob(JobFile job, Plan plan, Installation installation, StateFolder state) {
    this.job = job;
    this.plan = plan;
    this.installation = installation;
    this.state = state;
    this.ours = Blueprint.of(plan, installation, state);
  }

  /** The same with another number of workers of a role; who stays keeps name, ports and GPUs. */
  public LocalJob scaled(Role role, int replicas, IntPredicate isFree) {
    JobFile other = job.scaled(role, replicas);
    Plan scaled = LocalPlan.scaled(other, plan, new PortFinder(isFree));
    return new LocalJob(other, scaled, installation, state);
  }

  /** What the file says. */
  public JobFile job() {
    return job;
  }

  @Override
  public Plan plan() {
    return plan;
  }

  @Override
  public String timeoutKey() {
    return "timeout";
  }

  @Override
  public @Nullable URI gateway() {
    return URI.create("http://127.0.0.1:" + job.scheduler().port());
  }

  @Override
  public Map<Integer, String> ports() {
    if (job.scheduler().command() == null) {
      return plan.ports();
    }
    Map<Integer, String> ports = new LinkedHashMap<>();
    plan.ports()
        .forEach(
            (port, use) -> {
              if (plan.engine(use.replaceFirst(" .*", "")).isPresent()) {
                ports.put(port, use);
              }
            });
    ports.put(job.scheduler().port(), SCHEDULER);
    return ports;
  }

  @Override
  public List<Component> components() {
    List<Component> components = new ArrayList<>();
    String command = job.scheduler().command();
    for (Component component : ours.components()) {
      if (plan.engine(component.name()).isPresent()) {
        components.add(worker(component));
      } else if (command == null) {
        components.add(component);
      }
    }
    if (command != null) {
      components.add(scheduler(command));
    }
    return components;
  }

  private Component worker(Component engine) {
    boolean real = job.engines().kind() == EngineKind.VLLM;
    return new Component(
        engine.role(),
        engine.url(),
        engine.launch().in(job.workingFolder()),
        real ? URI.create(engine.url() + job.engines().health()) : engine.ready(),
        engine.patience(),
        engine.begin());
  }

  /** Nobody knows by which path it says that it is well; listening has to do. */
  private Component scheduler(String command) {
    int port = job.scheduler().port();
    List<String> words = new ProxyCommand(command).words(port, this::address);
    return new Component(
        SCHEDULER,
        URI.create("http://127.0.0.1:" + port),
        new Launch(SCHEDULER, words, job.environment(), state.log(SCHEDULER), job.workingFolder()),
        URI.create("tcp://127.0.0.1:" + port),
        Patience.UNBOUNDED,
        Begin.LAST);
  }

  private ProxyCommand.@Nullable Address address(Role role, int n) {
    List<EnginePlan> engines = plan.engines().of(role);
    return n < 1 || n > engines.size()
        ? null
        : new ProxyCommand.Address("127.0.0.1", Integer.toString(engines.get(n - 1).port()));
  }

  @Override
  public void prepare() {
    String command = job.scheduler().command();
    if (command == null) {
      ours.prepare();
      return;
    }
    if (job.engines().kind() == EngineKind.VLLM) {
      requireProgram("local.vllm", job.engines().vllm());
    }
    List<String> words = ShellWords.split(command);
    requireProgram("scheduler.command", words.getFirst());
    // What an interpreter is to run: it would be missed only when engines have loaded.
    if (words.size() > 1 && words.get(1).matches(".+\\.(py|sh|jar)")) {
      requireFile(words.get(1));
    }
  }

  private void requireProgram(String key, String program) {
    Path inFolder = folder().resolve(program);
    boolean there = program.contains("/") ? Files.isExecutable(inFolder) : found(program);
    if (!there) {
      throw new StackException(
          "%s: '%s' is no program here (expected: one in %s or on PATH)"
              .formatted(key, program, folder()));
    }
  }

  private static boolean found(String program) {
    return Programs.find(program) != null;
  }

  private void requireFile(String name) {
    if (!Files.isRegularFile(folder().resolve(name))) {
      throw new StackException(
          "scheduler.command: '%s' is not there (expected: a file in %s, see working_dir)"
              .formatted(name, folder()));
    }
  }

  private Path folder() {
    return Objects.requireNonNullElse(job.workingFolder(), Path.of("")).toAbsolutePath();
  }
}
