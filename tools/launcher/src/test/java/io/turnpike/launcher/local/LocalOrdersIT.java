package io.turnpike.launcher.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.launcher.job.JobCheck;
import io.turnpike.launcher.job.LocalJob;
import io.turnpike.launcher.job.Watchers;
import io.turnpike.launcher.process.PidFile;
import io.turnpike.launcher.process.Ports;
import io.turnpike.launcher.stack.FakeProject;
import io.turnpike.launcher.stack.Installation;
import io.turnpike.launcher.stack.Progress;
import io.turnpike.launcher.stack.Stack;
import io.turnpike.launcher.stack.StackException;
import io.turnpike.launcher.stack.StateFolder;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a job's processes when other numbers are asked for, with programs of straw. */
class LocalOrdersIT {

  @TempDir Path folder;
  private final Set<Integer> free = new HashSet<>(Ports.free(40));
  private final List<String> said = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private Installation project;

  @BeforeEach
  void install() throws Exception {
    project = FakeProject.at(folder.resolve("project"));
  }

  @AfterEach
  void stop() {
    http.close();
    Stack.stop(state());
  }

  private StateFolder state() {
    return new StateFolder(folder.resolve("state"));
  }

  /** HTTP ports out of those, so that nothing else takes them; connectors' ports lie above. */
  private boolean isFree(int port) {
    return (free.contains(port) || port > 30_000) && Ports.isFree(port);
  }

  private LocalOrders start(String more) throws Exception {
    int port = free.iterator().next();
    Path file =
        Files.writeString(
            folder.resolve("job.yaml"),
            "engine: simulator\nreplica: {params: {model: m}, replicas: 2}\n"
                + more.formatted(port));
    LocalJob job =
        new LocalJob(
            JobCheck.of(file, null, _ -> new LocalBackEnd(project, new Watchers(List.of())))
                .orThrow(),
            project,
            state(),
            this::isFree);
    Stack stack = Stack.start(job, state(), Progress.SILENT);
    return new LocalOrders(stack, job, this::isFree, http);
  }

  private List<String> running() {
    return state().processes().stream().filter(PidFile::isAlive).map(PidFile::name).toList();
  }

  @Test
  void workersCome_andTheLastOnesGo_andAllElseStays() throws Exception {
    LocalOrders orders = start("scheduler: {port: %d, redis: none}");
    List<PidFile> before = state().processes();

    orders.act(List.of("scale", "replica", "3"), said::add);

    assertThat(said).singleElement().asString().startsWith("replica-3 is ready, http://127.0.0.1:");
    assertThat(state().processes()).hasSize(before.size() + 1).containsAll(before);
    orders.act(List.of("scale", "replica", "1"), said::add);

    assertThat(running()).containsExactly("registry", "replica-1", "replication");
    assertThat(said)
        .contains("replica-2 is being drained", "replica-2 has ended", "replica-3 has ended");
    assertThat(Files.readString(state().plan())).contains("replica-1").doesNotContain("replica-2");
    assertThat(before).containsAll(state().processes());
  }

  @Test
  void aWorkerThatIsAskedForAnew_isAnotherProcessOnItsPort() throws Exception {
    LocalOrders orders = start("scheduler: {port: %d, redis: none}");
    List<PidFile> before = state().processes();

    orders.act(List.of("restart", "replica-1"), said::add);

    assertThat(said).element(0).isEqualTo("replica-1 is being drained");
    assertThat(said).element(1).asString().startsWith("replica-1 is back after ");
    assertThat(running()).hasSameSizeAs(before);
    assertThat(state().processes()).isNotEqualTo(before);
    assertThatThrownBy(() -> orders.act(List.of("restart", "replica-9"), said::add))
        .hasMessageStartingWith("no worker 'replica-9' (expected: one of ");
  }

  @Test
  void aWorkerThatDoesNotStart_isSaid_andAllIsAsBefore() throws Exception {
    LocalOrders orders = start("scheduler: {port: %d, redis: none}");
    List<PidFile> before = state().processes();
    String plan = Files.readString(state().plan());
    Path jar = project.root().resolve("tools/simulator/target/simulator.jar");
    Files.delete(jar); // Those that run keep what they have opened.
    Files.writeString(jar, "no jar");

    assertThatThrownBy(() -> orders.act(List.of("scale", "replica", "3"), said::add))
        .isInstanceOfSatisfying(StackException.class, fault -> assertThat(fault.log()).isNotEmpty())
        .hasMessage("replica-3 ended with exit code 1");
    assertThat(said).isEmpty();
    assertThat(state().processes()).isEqualTo(before);
    assertThat(running()).hasSameSizeAs(before);
    assertThat(state().plan()).hasContent(plan);
  }

  @Test
  void aProgramOfOnesOwn_wouldNotHearOfNewWorkers() throws Exception {
    Path jar = project.root().resolve("tools/simulator/target/simulator.jar");
    LocalOrders orders =
        start(
            "scheduler: {port: %d, command: \"'"
                + project.java()
                + "' -jar '"
                + jar
                + "' --port {PORT}\"}");

    assertThatThrownBy(() -> orders.act(List.of("scale", "replica", "3"), said::add))
        .hasMessageStartingWith("scale: a scheduler.command would not hear of it");
    assertThat(running()).containsExactly("replica-1", "replica-2", "scheduler");
  }
}
