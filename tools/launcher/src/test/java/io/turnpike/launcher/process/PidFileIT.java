package io.turnpike.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class PidFileIT {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir Path folder;

  @AfterEach
  void endAll() {
    Termination.end(PidFile.all(folder), Duration.ZERO);
  }

  private Launch.Running start(String name, String script) throws Exception {
    Launch launch =
        new Launch(name, List.of("/bin/sh", "-c", script), Map.of(), folder.resolve(name + ".log"));
    return launch.start(folder);
  }

  /** Waits until the process has said that line. */
  private static void awaitLine(Launch.Running process, String line) throws Exception {
    CompletableFuture<Void> said = new CompletableFuture<>();
    Thread reader =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    LogFile.follow(
                        process.log(),
                        0,
                        text -> {
                          if (text.contains(line)) {
                            said.complete(null);
                          }
                        });
                  } catch (Exception e) {
                    said.completeExceptionally(e);
                  }
                });
    said.get(10, TimeUnit.SECONDS);
    reader.interrupt();
  }

  @Test
  void aStartedProcess_isFoundAgainAndEnded() throws Exception {
    Launch.Running process = start("sleeper", "sleep 600");

    PidFile found = PidFile.all(folder).getFirst();
    assertThat(found).isEqualTo(process.pidFile());
    assertThat(found.isAlive()).isTrue();

    assertThat(Termination.end(List.of(found), PATIENCE)).isEmpty();
    assertThat(found.isAlive()).isFalse();
  }

  @Test
  void aStrangerWithTheSamePid_isLeftAlone() throws Exception {
    Launch.Running stranger = start("stranger", "sleep 600");
    String boot = stranger.pidFile().mark().replaceFirst(".*@", "");
    PidFile earlierLife = new PidFile("ours", stranger.pidFile().pid(), "ticks:1@" + boot);
    PidFile earlierBoot =
        new PidFile(
            "ours",
            stranger.pidFile().pid(),
            stranger.pidFile().mark().replaceFirst("@.*", "@another-boot"));

    for (PidFile recycled : List.of(earlierLife, earlierBoot)) {
      assertThat(recycled.isAlive()).isFalse();
      assertThat(Termination.end(List.of(recycled), Duration.ZERO)).isEmpty();
      assertThat(stranger.pidFile().isAlive()).isTrue();
    }
  }

  @Test
  void aProcessThatIgnoresSigterm_isKilled() throws Exception {
    Launch.Running stubborn =
        start("stubborn", "trap '' TERM; echo deaf; while :; do sleep 600; done");
    awaitLine(stubborn, "deaf");

    assertThat(Termination.end(List.of(stubborn.pidFile()), Duration.ofMillis(300))).isEmpty();

    assertThat(stubborn.process().waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(stubborn.process().exitValue()).isEqualTo(128 + 9);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void childrenThatOutliveTheirParent_areEndedToo() throws Exception {
    Launch.Running parent = start("parent", "sleep 600 & echo child $!");
    awaitLine(parent, "child");
    assertThat(parent.process().waitFor(10, TimeUnit.SECONDS)).isTrue();
    long child = Long.parseLong(LogFile.last(parent.log(), 1).getFirst().substring(6));
    assertThat(StartMark.of(child)).isNotNull();

    Termination.end(List.of(parent.pidFile()), PATIENCE);

    assertThat(StartMark.of(child)).isNull();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void signalsOfTheTerminal_doNotReachIt() throws Exception {
    Launch.Running process =
        start("deaf", "kill -INT $$; kill -HUP $$; echo still here; sleep 600");

    awaitLine(process, "still here");

    ProcStat stat = ProcStat.of(process.pidFile().pid());
    assertThat(stat).isNotNull();
    assertThat(stat.session()).isEqualTo(process.pidFile().pid());
  }

  @Test
  void anUnreadablePidFile_countsAsNone() throws Exception {
    Files.writeString(folder.resolve("half.pid"), "12");
    Files.writeString(folder.resolve("odd.pid"), "twelve\nticks:1@x\n");

    assertThat(PidFile.all(folder)).isEmpty();
    assertThat(PidFile.all(folder.resolve("nowhere"))).isEmpty();
  }

  @Test
  void theHolderOfAPort_isFound() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = socket.getLocalPort();

      assertThat(Ports.isFree(port)).isFalse();
      Ports.Holder holder = Ports.holder(port).orElseThrow();
      assertThat(holder.pid()).isEqualTo(ProcessHandle.current().pid());
      assertThat(holder.command()).startsWith("java");
    }
  }

  @Test
  void aFreePort_hasNoHolder() {
    int port = Ports.free(1).getFirst();

    assertThat(Ports.isFree(port)).isTrue();
    assertThat(Ports.holder(port)).isEmpty();
  }
}
