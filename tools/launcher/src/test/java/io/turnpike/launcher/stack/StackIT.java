package io.turnpike.launcher.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.turnpike.launcher.plan.Plan;
import io.turnpike.launcher.process.PidFile;
import io.turnpike.launcher.process.Ports;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackIT {

  @TempDir Path folder;
  private Installation installation;
  private StateFolder state;

  @BeforeEach
  void install() throws Exception {
    installation = FakeProgram.install(folder.resolve("project"));
    state = new StateFolder(folder.resolve("state"));
  }

  @AfterEach
  void stop() {
    Stack.stop(state);
  }

  private static Plan plan(String yaml) {
    return Plan.parse("test.yaml", yaml).onFreePorts();
  }

  private static Plan small() {
    return plan("engines: {prefill: 1, decode: 1, replicas: 0}\nreplication: none");
  }

  @Test
  void everythingRuns_untilItIsStopped() throws Exception {
    Plan plan = small();

    Stack stack = Stack.start(plan, installation, state, Progress.SILENT);

    assertThat(stack.components())
        .extracting(Component::name)
        .containsExactly("redis", "registry", "proxy-1", "prefill-1", "decode-1");
    assertThat(state.processes()).hasSize(5).allMatch(PidFile::isAlive);
    assertThat(stack.lastLines("proxy-1", 1)).containsExactly("redis is " + plan.redis().url());
    assertThat(Plan.read(state.plan())).isEqualTo(plan);

    assertThat(Stack.stop(state))
        .containsExactlyInAnyOrder("redis", "registry", "proxy-1", "prefill-1", "decode-1");
    assertThat(state.processes()).isEmpty();
    assertThat(plan.ports().keySet()).allMatch(Ports::isFree);
    assertThat(state.logNames()).contains("proxy-1");
  }

  @Test
  void aKilledProcess_isSeenAndComesBackOnItsPort() throws Exception {
    Stack stack = Stack.start(small(), installation, state, Progress.SILENT);
    long before = stack.pid("decode-1");

    stack.kill("decode-1");
    assertThat(stack.isAlive("decode-1")).isFalse();

    stack.restart("decode-1");
    assertThat(stack.isAlive("decode-1")).isTrue();
    assertThat(stack.pid("decode-1")).isNotEqualTo(before);
  }

  @Test
  void aServiceThatRunsOutOfMemory_isStartedAgain_andItsLogSaysSo() throws Exception {
    Plan plan =
        plan(
            "engines: {prefill: 0, decode: 1, replicas: 0}\nregistry: {properties: {fake.fill: "
                + folder.resolve("filled")
                + "}}");
    Stack stack = Stack.start(plan, installation, state, Progress.SILENT);

    assertThat(stack.isAlive("registry")).isTrue();
    assertThat(String.join("\n", stack.lastLines("registry", 10)))
        .contains("OutOfMemoryError", "registry ran out of memory and is started again");
  }

  @Test
  void aProcessThatDies_endsTheWholeStart() {
    Plan plan =
        plan(
            "engines: {prefill: 0, decode: 1, replicas: 0}\n"
                + "registry: {properties: {fake.die: true}}");

    StackException fault =
        catchThrowableOfType(
            StackException.class, () -> Stack.start(plan, installation, state, Progress.SILENT));

    assertThat(fault).hasMessage("registry ended with exit code 7");
    assertThat(fault.log()).containsExactly("no good reason to live");
    assertThat(state.processes()).isEmpty();
    assertThat(plan.ports().keySet()).allMatch(Ports::isFree);
  }

  @Test
  void aPortInUse_isNamedWithItsHolder_beforeAnythingStarts() throws Exception {
    Plan plan = small();
    int taken = plan.engine("decode-1").orElseThrow().port();
    try (ServerSocket _ = new ServerSocket(taken, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> Stack.start(plan, installation, state, Progress.SILENT))
          .hasMessageContaining("port " + taken + " for decode-1 is in use")
          .hasMessageContaining("pid " + ProcessHandle.current().pid() + ", java");
    }
    assertThat(state.processes()).isEmpty();
    assertThat(state.logs()).doesNotExist();
  }

  @Test
  void aSecondStart_isRefused() throws Exception {
    Stack.start(small(), installation, state, Progress.SILENT);

    assertThatThrownBy(() -> Stack.start(small(), installation, state, Progress.SILENT))
        .hasMessageContaining("already running");
    assertThat(state.processes()).hasSize(5).allMatch(PidFile::isAlive);
  }

  @Test
  void aProgramThatIsNotBuilt_isNamed() throws Exception {
    Files.delete(installation.root().resolve("proxy-service/target/proxy-service.jar"));

    assertThatThrownBy(() -> Stack.start(small(), installation, state, Progress.SILENT))
        .hasMessageContaining("proxy-service.jar is missing");
  }

  @Test
  void restartedEngines_getAFreshEngineId() throws Exception {
    Plan plan =
        plan(
            """
            model: m
            replication: none
            engines: {kind: vllm, vllm: %s, prefill: 1, decode: 1, replicas: 0, gpus: none}
            """
                .formatted(fakeVllm()));
    Stack stack = Stack.start(plan, installation, state, Progress.SILENT);
    List<String> first = stack.lastLines("prefill-1", 1);

    stack.restart("prefill-1");

    assertThat(first.getFirst()).startsWith("engine_id prefill-1-");
    assertThat(stack.lastLines("prefill-1", 1)).isNotEqualTo(first);
  }

  @Test
  void anEngineThatLostItsSideChannel_andHangs_endsTheWholeStart() throws Exception {
    Path script = folder.resolve("hanging-vllm");
    Files.writeString(
        script,
        """
        #!/bin/sh
        echo "Exception in thread nixl_handshake_listener:"
        echo "zmq.error.ZMQError: Address already in use (addr='tcp://127.0.0.1:5600')"
        echo "INFO waiting for the engine core"
        exec sleep 600
        """);
    assertThat(script.toFile().setExecutable(true)).isTrue();
    Plan plan =
        plan(
            """
            model: m
            replication: none
            engines: {kind: vllm, vllm: %s, prefill: 0, decode: 1, replicas: 0, gpus: none}
            """
                .formatted(script));

    StackException fault =
        catchThrowableOfType(
            StackException.class, () -> Stack.start(plan, installation, state, Progress.SILENT));

    assertThat(fault)
        .hasMessageContaining("decode-1 will not become ready")
        .hasMessageContaining("Address already in use");
    assertThat(fault.log()).last().isEqualTo("INFO waiting for the engine core");
    assertThat(state.processes()).isEmpty();
  }

  /** A script with vLLM's command line; its child shows that the whole family is ended. */
  private Path fakeVllm() throws Exception {
    Path script = folder.resolve("vllm");
    Path jar = installation.root().resolve("tools/simulator/target/simulator.jar");
    Files.writeString(
        script,
        """
        #!/bin/sh
        port=$6
        id=$(printf '%%s\\n' "$@" | sed -n 's/.*"engine_id":"\\([^"]*\\)".*/\\1/p')
        '%s' -jar '%s' --port "$port" >/dev/null &
        echo "engine_id $id"
        wait
        """
            .formatted(installation.java(), jar));
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return script;
  }
}
