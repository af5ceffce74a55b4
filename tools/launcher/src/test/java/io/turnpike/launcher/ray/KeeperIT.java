package io.turnpike.launcher.ray;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of a process when nobody holds its keeper any more. Our end of the pipe is Ray's.
 */
class KeeperIT {

  /** Says who it is and whom it has begun; ends politely, and what it has begun does not. */
  private static final String FAMILY =
      """
      trap 'echo bye; exit 3' TERM
      sh -c 'trap "" TERM; echo child $$; while :; do sleep 0.1; done' &
      echo parent $$
      while :; do sleep 0.1; done
      """;

  @TempDir Path folder;
  private final List<ProcessHandle> begun = new ArrayList<>();

  @BeforeEach
  void unpack() throws Exception {
    assumeTrue(hasPython(), "there is no python3");
    try (InputStream in = RayArchive.class.getResourceAsStream("turnpike_keeper.py")) {
      Files.write(folder.resolve("keeper.py"), in.readAllBytes());
    }
  }

  @AfterEach
  void endAll() {
    begun.forEach(ProcessHandle::destroyForcibly);
  }

  private static boolean hasPython() throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private Process keep(String... command) throws IOException {
    List<String> words =
        new ArrayList<>(List.of("python3", folder.resolve("keeper.py").toString(), "5"));
    words.addAll(List.of(command));
    Process keeper = new ProcessBuilder(words).redirectErrorStream(true).start();
    begun.add(keeper.toHandle());
    return keeper;
  }

  /** Both, as soon as they have said who they are. */
  private List<ProcessHandle> family(BufferedReader out) throws IOException {
    List<ProcessHandle> family = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      long pid = Long.parseLong(out.readLine().split(" ", -1)[1]);
      family.add(ProcessHandle.of(pid).orElseThrow());
    }
    begun.addAll(family);
    return family;
  }

  private static void awaitEnd(List<ProcessHandle> processes) throws Exception {
    for (ProcessHandle process : processes) {
      process.onExit().get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void aProcessThatNobodyHolds_endsPolitely_withAllThatCameFromIt() throws Exception {
    Process keeper = keep("sh", "-c", FAMILY);
    try (BufferedReader out = keeper.inputReader()) {
      List<ProcessHandle> family = family(out);

      keeper.outputWriter().close();

      assertThat(out.readLine()).isEqualTo("bye");
      assertThat(keeper.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(keeper.exitValue()).isEqualTo(3);
      awaitEnd(family);
    }
  }

  @Test
  void rayThatKillsAnActorsChildren_doesNotKeepItFromItsWork() throws Exception {
    Path said = folder.resolve("said");
    Process keeper = keep("sh", "-c", FAMILY.replace("echo bye", "echo bye > '" + said + "'"));
    List<ProcessHandle> family = family(keeper.inputReader());

    keeper.destroyForcibly(); // Which also closes our end of its input.

    awaitEnd(family);
    assertThat(said).hasContent("bye");
  }

  @Test
  void itEnds_asItsProcessDoes() throws Exception {
    assertThat(keep("sh", "-c", "exit 7").waitFor()).isEqualTo(7);
    assertThat(keep("sh", "-c", "kill -9 $$").waitFor()).isEqualTo(128 + 9);

    Process none = keep("no-such-program");
    assertThat(none.inputReader().readLine())
        .isEqualTo("no-such-program cannot be started: No such file or directory");
    assertThat(none.waitFor()).isEqualTo(127);
  }
}
