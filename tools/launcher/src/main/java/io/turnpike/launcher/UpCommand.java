package io.turnpike.launcher;

import io.turnpike.launcher.plan.EngineKind;
import io.turnpike.launcher.plan.Plan;
import io.turnpike.launcher.process.PidFile;
import io.turnpike.launcher.stack.Component;
import io.turnpike.launcher.stack.Component.Patience;
import io.turnpike.launcher.stack.Installation;
import io.turnpike.launcher.stack.Stack;
import io.turnpike.launcher.stack.StackException;
import io.turnpike.launcher.stack.StateFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts a stack, waits until a chat was answered, and says where everything is. */
@Command(
    name = "up",
    header = "Start everything, wait until a chat is answered, print a table.",
    mixinStandardHelpOptions = true,
    description = {
      "Starts everything: Redis, registry, proxies, replication service and engines. Returns when"
          + " a chat was answered; what was started goes on until ./turnpike down.",
      "What is started can be written down in turnpike.yaml (docs/stack.md lists its keys)."
    },
    footer = {
      "",
      "For example:",
      "  ./turnpike up",
      "  ./turnpike up --proxies 2 --decode 3 --mode pd",
      "  ./turnpike up --engines vllm --model Qwen/Qwen3-0.6B -- --max-model-len 8192",
      "  ./turnpike up --engines none     the gateway alone, for engines that register",
      "  ./turnpike up --print > turnpike.yaml"
    })
final class UpCommand implements Callable<Integer> {

  @Mixin private PlanOptions planOptions = new PlanOptions();
  @Mixin private StateOption stateOption = new StateOption();

  @Option(names = "--print", description = "Print the resulting plan as YAML; start nothing.")
  private boolean print;

  private static final Duration CLEAN_UP = Duration.ofSeconds(60);

  private final Console console;
  private final long startNanos = System.nanoTime();

  UpCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    Plan plan = planOptions.plan();
    if (print) {
      console.out().print(plan.toYaml());
      console.out().flush();
      return 0;
    }
    StateFolder state = stateOption.folder();
    if (state.isRunning()) {
      return alreadyRunning(plan, state);
    }
    Stack stack = start(plan, state);
    table(stack);
    console.line("");
    console.line(
        String.format(
            Locale.ROOT, "%s after %.1f s.", console.green("Up"), sinceStart().toMillis() / 1e3));
    hints(plan);
    return 0;
  }

  private int alreadyRunning(Plan plan, StateFolder state) {
    List<String> dead = new ArrayList<>();
    for (PidFile process : state.processes()) {
      if (!process.isAlive()) {
        dead.add(process.name());
      }
    }
    if (!dead.isEmpty()) {
      console.fault(
          "already running, but these have ended: "
              + String.join(", ", dead)
              + " (see ./turnpike logs NAME; start anew: ./turnpike down, then ./turnpike up)");
      return 1;
    }
    if (!plan.toYaml().equals(state.readPlan())) {
      console.fault(
          "already running with another plan, "
              + state.plan()
              + " (stop it first: ./turnpike down)");
      return 1;
    }
    console.line("Turnpike is already running. See ./turnpike status; ./turnpike down stops it.");
    return 0;
  }

  /** Ctrl-C during the start stops what was started; after it nothing is left to clean up. */
  private Stack start(Plan plan, StateFolder state) throws InterruptedException {
    try (Ending _ = Ending.of(Thread.currentThread(), CLEAN_UP)) {
      Installation installation = Installation.at(StateOption.root());
      return Stack.start(plan, installation, state, this::progress);
    } catch (StackException e) {
      logHint(e, state.logs());
      throw e;
    }
  }

  private void logHint(StackException fault, Path logs) {
    if (!fault.log().isEmpty()) {
      console.detail("Everything that was started is stopped again. All logs: " + logs);
    }
  }

  private void progress(int total, List<Component> waiting) {
    String names = String.join(", ", waiting.stream().map(Component::name).toList());
    // Of those that take their time, the first says what it does.
    String doing =
        waiting.stream()
            .filter(component -> component.patience() == Patience.UNBOUNDED)
            .findFirst()
            .map(component -> ": " + component.lastLine())
            .orElse("");
    String what = (total - waiting.size()) + " of " + total + " ready, waiting for " + names;
    console.milestone(what + doing);
    console.progress(sinceStart().toSeconds() + " s: " + what + doing);
  }

  private Duration sinceStart() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  private void table(Stack stack) {
    Path here = Path.of("").toAbsolutePath();
    List<List<String>> rows = new ArrayList<>();
    for (Component component : stack.components()) {
      Path log = stack.log(component.name());
      rows.add(
          List.of(
              component.name(),
              component.role(),
              component.url().toString(),
              Long.toString(stack.pid(component.name())),
              (log.startsWith(here) ? here.relativize(log) : log).toString()));
    }
    console.table(List.of("NAME", "ROLE", "URL", "PID", "LOG"), rows);
  }

  private void hints(Plan plan) {
    if (plan.engines().kind() == EngineKind.NONE && plan.nodes().isEmpty()) {
      console.line(
          "No engine is known yet. Engines register with the registry: http://127.0.0.1:"
              + plan.registry().service().port()
              + ", or ZMQ tcp://127.0.0.1:"
              + plan.registry().zmqPort());
      return;
    }
    console.line("Talk to it: ./turnpike chat    Look at it: ./turnpike status");
  }
}
