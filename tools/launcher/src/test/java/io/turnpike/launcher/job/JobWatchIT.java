package io.turnpike.launcher.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.launcher.process.Ports;
import io.turnpike.launcher.stack.FakeProject;
import io.turnpike.launcher.stack.Installation;
import io.turnpike.launcher.stack.Progress;
import io.turnpike.launcher.stack.Stack;
import io.turnpike.launcher.stack.StackException;
import io.turnpike.launcher.stack.StateFolder;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done about processes that end when a job is up. */
class JobWatchIT {

  @TempDir Path folder;
  private final Set<Integer> free = new HashSet<>(Ports.free(20));
  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(100);
  private final ExecutorService watchers = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    watchers.shutdownNow();
    Stack.stop(state());
  }

  private StateFolder state() {
    return new StateFolder(folder.resolve("state"));
  }

  /** HTTP ports out of those, so that nothing else takes them; connectors' ports lie above. */
  private boolean isFree(int port) {
    return free.contains(port) || (port > 30_000 && Ports.isFree(port));
  }

  private Stack start() throws Exception {
    String yaml = "engine: simulator\nreplica: {params: {model: m}, replicas: 2}\n";
    int port = free.iterator().next();
    free.remove(port);
    JobFile job = JobCheck.of("job.yaml", yaml + "scheduler: {port: " + port + "}").orThrow();
    Installation installation = FakeProject.at(folder.resolve("project"));
    return Stack.start(
        new LocalJob(job, installation, state(), this::isFree), state(), Progress.SILENT);
  }

  private Future<StackException> watch(Stack stack, boolean restarts) {
    return watchers.submit(() -> new JobWatch(stack, restarts, lines::add).untilLost());
  }

  private @Nullable String line() throws InterruptedException {
    return lines.poll(60, TimeUnit.SECONDS);
  }

  @Test
  void aWorkerThatEnds_isStartedAgain() throws Exception {
    Stack stack = start();
    Future<StackException> lost = watch(stack, true);
    long before = stack.pid("replica-1");

    stack.kill("replica-1");

    assertThat(line()).isEqualTo("replica-1 ended with exit code 137 and is started again in 1 s");
    assertThat(line()).startsWith("replica-1 is back after ");
    assertThat(stack.isAlive("replica-1")).isTrue();
    assertThat(stack.pid("replica-1")).isNotEqualTo(before);
    assertThat(lost).isNotDone();
  }

  @Test
  void withoutRestarts_itsEndIsTheEndOfTheJob() throws Exception {
    Stack stack = start();
    Future<StackException> lost = watch(stack, false);

    stack.kill("replica-2");

    assertThat(lost.get(60, TimeUnit.SECONDS)).hasMessage("replica-2 ended with exit code 137");
    assertThat(lines).isEmpty();
  }
}
