package io.turnpike.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The units of {@code deploy/systemd}, as systemd itself reads them. */
class SystemdUnitsIT {

  private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");
  private static final Path JAVA = Path.of("/usr/bin/java");

  @Test
  void units_areUnderstood() throws Exception {
    assumeTrue(
        Files.isExecutable(ANALYZE) && Files.isExecutable(JAVA),
        "no systemd-analyze, or no java in /usr/bin: the units were not read");
    List<String> command = new ArrayList<>(List.of(ANALYZE.toString(), "verify"));
    units().forEach(unit -> command.add(unit.toString()));
    Process verify = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(verify.getInputStream().readAllBytes(), UTF_8);
    assertThat(verify.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(verify.exitValue()).as(said).isZero();
    assertThat(said).isEmpty();
  }

  @Test
  void units_waitAsLongAsAServiceDrains() throws IOException {
    assertThat(units()).hasSize(3);
    for (Path unit : units()) {
      assertThat(Files.readString(unit))
          .contains("TimeoutStopSec=40\n", "SuccessExitStatus=143\n", "/actuator/health/liveness");
    }
  }

  private static List<Path> units() throws IOException {
    List<Path> units = new ArrayList<>();
    Path folder = SuiteStack.root().resolve("deploy/systemd");
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.service")) {
      files.forEach(units::add);
    }
    return units.stream().sorted().toList();
  }
}
