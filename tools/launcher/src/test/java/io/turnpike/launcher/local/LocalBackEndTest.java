package io.turnpike.launcher.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.launcher.job.JobCheck;
import io.turnpike.launcher.job.Watchers;
import io.turnpike.launcher.stack.Installation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What this machine has not, and a file asks for. */
class LocalBackEndTest {

  private @TempDir Path folder;

  @Test
  void workingFolder_hasToBeThere() throws Exception {
    assertThat(check(folder.resolve("none")))
        .singleElement()
        .asString()
        .contains(":4: working_dir: '", "none' is no folder (expected: one that is there)");
    assertThat(check(folder)).isEmpty();
  }

  private List<String> check(Path workingFolder) throws Exception {
    Path file = folder.resolve("job.yaml");
    Files.writeString(
        file,
        "engine: simulator\ngeneral: {params: {model: m}}\nreplica: {}\nworking_dir: '%s'\n"
            .formatted(workingFolder));
    LocalBackEnd local = new LocalBackEnd(Installation.at(folder), new Watchers(List.of()));
    return JobCheck.of(file, null, word -> local).mistakes();
  }
}
