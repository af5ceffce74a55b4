package io.turnpike.launcher.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.turnpike.launcher.process.PidFile;
import io.turnpike.launcher.process.Ports;
import io.turnpike.launcher.stack.Component;
import io.turnpike.launcher.stack.FakeProject;
import io.turnpike.launcher.stack.Installation;
import io.turnpike.launcher.stack.Progress;
import io.turnpike.launcher.stack.Stack;
import io.turnpike.launcher.stack.StackException;
import io.turnpike.launcher.stack.StateFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs as real processes, with programs of straw. */
class LocalJobIT {

  @TempDir Path folder;
  private Installation installation;
  private StateFolder state;
  private final Set<Integer> free = new HashSet<>(Ports.free(40));
  private int port;

  @BeforeEach
  void install() throws Exception {
    installation = FakeProject.at(folder.resolve("project"));
    state = new StateFolder(folder.resolve("state"));
    port = free.iterator().next();
    free.remove(port);
  }

  @AfterEach
  void stop() {
    Stack.stop(state);
  }

  /** HTTP ports out of those, so that nothing else takes them; connectors' ports lie above. */
  private boolean isFree(int port) {
    return free.contains(port) || (port > 30_000 && Ports.isFree(port));
  }

  private LocalJob job(String yaml) {
    return new LocalJob(JobCheck.of("job.yaml", yaml).orThrow(), installation, state, this::isFree);
  }

  /** Two workers, and a program that listens where it is told. */
  private String withCommand(String command) {
    return JobFiles.pair(
        "scheduler: {port: %d, command: \"%s\"}\nworking_dir: '%s'\n"
            .formatted(port, command, folder));
  }

  private String listener(String more) {
    Path jar = installation.root().resolve("tools/simulator/target/simulator.jar");
    return "'" + installation.java() + "' -jar '" + jar + "' " + more;
  }

  @Test
  void aProgramOfOnesOwn_isStartedWhenAllWorkersAreHealthy_inItsFolder() throws Exception {
    LocalJob job = job(withCommand(listener("--port {PORT} $PREFILL_URL_1 ${DECODE_PORT_1}")));
    StringBuilder order = new StringBuilder();
    Progress progress =
        (total, waiting) -> {
          boolean begun = state.processes().stream().anyMatch(p -> p.name().equals("scheduler"));
          boolean engines = waiting.stream().anyMatch(c -> !c.name().equals("scheduler"));
          order.append(begun && engines ? "early" : "");
        };

    Stack stack = Stack.start(job, state, progress);

    assertThat(order).isEmpty();
    assertThat(stack.components())
        .extracting(Component::name)
        .containsExactly("prefill-1", "decode-1", "scheduler");
    assertThat(ProcessHandle.of(stack.pid("scheduler")).orElseThrow().info().arguments())
        .hasValueSatisfying(
            arguments ->
                assertThat(arguments)
                    .endsWith(
                        "--port",
                        Integer.toString(port),
                        stack.url("prefill-1").toString(),
                        Integer.toString(stack.url("decode-1").getPort())));
    assertThat(Stack.stop(state)).hasSize(3);
    assertThat(job.ports().keySet()).contains(port).allMatch(Ports::isFree);
  }

  @Test
  void aWorkerThatDies_endsTheWholeJob_andSaysItsLastLines() throws Exception {
    Path vllm = folder.resolve("vllm");
    Files.writeString(vllm, "#!/bin/sh\necho \"no GPU for $2\"\nexit 3\n");
    assertThat(vllm.toFile().setExecutable(true)).isTrue();
    String yaml =
        withCommand(listener("--port {PORT}"))
            .replace("engine: simulator", "local: {vllm: '" + vllm + "'}");

    StackException fault =
        catchThrowableOfType(
            StackException.class, () -> Stack.start(job(yaml), state, Progress.SILENT));

    assertThat(fault.getMessage()).matches("(prefill|decode)-1 ended with exit code 3");
    assertThat(fault.log()).containsExactly("no GPU for m");
    assertThat(state.processes()).isEmpty();
    assertThat(state.logNames()).doesNotContain("scheduler");
  }

  @Test
  void aProxyThatDies_endsTheWholeJob_andSaysItsLastLines() {
    StackException fault =
        catchThrowableOfType(
            StackException.class,
            () ->
                Stack.start(job(withCommand(listener("--fake.die=true"))), state, Progress.SILENT));

    assertThat(fault).hasMessage("scheduler ended with exit code 7");
    assertThat(fault.log()).containsExactly("no good reason to live");
    assertThat(state.processes()).isEmpty();
  }

  @Test
  void aProxyThatNeverListens_isSaidAfterTheTimeout() {
    StackException fault =
        catchThrowableOfType(
            StackException.class,
            () ->
                Stack.start(
                    job(withCommand("sleep 600") + "timeout: 6\n"), state, Progress.SILENT));

    // On a busy machine the workers are still at it.
    assertThat(fault.getMessage()).matches("[a-z]+(-1)? is not ready after 6 s \\(timeout\\)");
    assertThat(state.processes()).isEmpty();
  }

  @Test
  void aProgramOrScriptThatIsMissing_isSaidBeforeAnythingStarts() {
    assertThatThrownBy(
            () -> Stack.start(job(withCommand("no-such-program x")), state, Progress.SILENT))
        .hasMessageContaining("scheduler.command: 'no-such-program' is no program here");
    assertThatThrownBy(
            () -> Stack.start(job(withCommand("sh toy_proxy.py")), state, Progress.SILENT))
        .hasMessageContaining(
            "scheduler.command: 'toy_proxy.py' is not there (expected: a file in");
    assertThat(state.processes()).isEmpty();
  }

  @Test
  void ourOwnProxies_areStartedWithRegistryAndRedis() throws Exception {
    LocalJob job = job(JobFiles.pair("scheduler: {port: %d, proxies: 2}".formatted(port)));

    Stack stack = Stack.start(job, state, Progress.SILENT);

    assertThat(stack.url("proxy-1").getPort()).isEqualTo(port);
    assertThat(state.processes())
        .extracting(PidFile::name)
        .containsExactlyInAnyOrderElementsOf(
            List.of("decode-1", "prefill-1", "proxy-1", "proxy-2", "redis", "registry"));
    assertThat(Files.readString(state.path().resolve("gateway")).strip())
        .isEqualTo("http://127.0.0.1:" + port);
  }
}
