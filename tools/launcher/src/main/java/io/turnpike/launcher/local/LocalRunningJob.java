package io.turnpike.launcher.local;

import io.turnpike.launcher.job.JobFolder;
import io.turnpike.launcher.job.JobFolder.Condition;
import io.turnpike.launcher.job.JobStatus;
import io.turnpike.launcher.job.RunningJob;
import io.turnpike.launcher.plan.Plan;
import io.turnpike.launcher.process.LogFile;
import io.turnpike.launcher.process.PidFile;
import io.turnpike.launcher.process.Termination;
import io.turnpike.launcher.stack.Stack;
import io.turnpike.launcher.stack.StackException;
import io.turnpike.launcher.stack.StackStatus;
import io.turnpike.launcher.stack.StateFolder;
import io.turnpike.node.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A job on this machine, as its folder shows it to other processes than the one that watches.
 *
 * @param entry its folder
 */
record LocalRunningJob(JobFolder.Entry entry) implements RunningJob {

  /** Longer than a run needs to end its gateways, and then its workers. */
  private static final Duration PATIENCE = Duration.ofSeconds(75);

  /** What is asked of the process that watches over a job. */
  static Orders orders(JobFolder.Entry entry) {
    return new Orders(entry.state().path().resolve("orders"));
  }

  @Override
  public JobStatus status() throws InterruptedException {
    StateFolder state = entry.state();
    Condition condition = entry.condition();
    String plan = condition == Condition.ENDED ? null : state.readPlan(); // Others have its ports.
    ObjectNode said =
        plan == null
            ? JsonMapper.shared().createObjectNode()
            : new StackStatus(Plan.parse(state.plan().toString(), plan), state).services();
    List<JobStatus.Member> processes =
        state.processes().stream().map(LocalRunningJob::process).toList();
    return new JobStatus(condition, entry.url(), processes, said);
  }

  private static JobStatus.Member process(PidFile process) {
    boolean alive = process.isAlive();
    return new JobStatus.Member(
        process.name(), Long.toString(process.program()), alive, alive ? "runs" : "has ended");
  }

  @Override
  public void logs(LogRequest request, Consumer<String> out) throws InterruptedException {
    String process = request.process();
    if (process == null) {
      out.accept("Logs of " + String.join(", ", entry.state().logNames()));
      if (Files.exists(entry.output())) {
        show(entry.output(), request, out);
      }
      return;
    }
    show(entry.state().knownLog(process), request, out);
  }

  private static void show(Path log, LogRequest request, Consumer<String> out)
      throws InterruptedException {
    try {
      LogFile.show(log, request.lines(), request.follow(), out);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + log, e);
    }
  }

  @Override
  public void scale(Role role, int replicas, Consumer<String> out) throws InterruptedException {
    order(List.of("scale", role.word(), Integer.toString(replicas)), out);
  }

  @Override
  public void restart(String worker, Consumer<String> out) throws InterruptedException {
    order(List.of("restart", worker), out);
  }

  private void order(List<String> words, Consumer<String> out) throws InterruptedException {
    if (entry.condition() != Condition.UP) {
      throw new StackException(
          entry.id() + " is " + entry.condition().word() + " (expected: a job that is up)");
    }
    orders(entry).give(words, () -> entry.watcher() != null, out);
  }

  @Override
  public void stop(Consumer<String> out) {
    PidFile watcher = entry.watcher();
    if (watcher != null) {
      Termination.endAlone(watcher, PATIENCE);
    }
    List<String> left = Stack.stop(entry.state());
    out.accept(
        watcher == null && left.isEmpty() ? "Nothing was running." : "Stopped " + entry.id() + ".");
  }
}
