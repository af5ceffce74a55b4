package io.turnpike.launcher.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.launcher.stack.StateFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobFolderTest {

  @TempDir Path folder;
  private final Random chance = new Random(1);
  private JobFolder jobs = new JobFolder(Path.of(""));

  @BeforeEach
  void make() {
    jobs = JobFolder.in(new StateFolder(folder.resolve("state")));
  }

  private JobFolder.Entry begin(String name) throws Exception {
    return jobs.begin(Files.writeString(folder.resolve(name), "replica: {}\n"), chance);
  }

  @Test
  void aJob_isNamedByItsFileAndChance_andKeepsACopy() throws Exception {
    JobFolder.Entry first = begin("my cluster (2).yaml");
    JobFolder.Entry second = begin("my cluster (2).yaml");

    assertThat(first.id()).matches("my-cluster-2-[a-z2-9]{4}").isNotEqualTo(second.id());
    assertThat(first.file()).hasContent("replica: {}");
    assertThat(jobs.find(first.id())).isEqualTo(first);
    assertThat(jobs.find("no-such-job")).isNull();
    assertThat(begin("---.yaml").id()).startsWith("job-");
  }

  @Test
  void jobs_areListedNewestFirst_andOldOnesAreForgotten_unlessTheyRun() throws Exception {
    assertThat(jobs.all()).isEmpty();
    JobFolder.Entry running = begin("running.yaml");
    Path pids = Files.createDirectories(running.state().path().resolve("pids"));
    Files.writeString(pids.resolve("prefill-1.pid"), "1\nticks:0@boot\n");
    for (int i = 0; i < 25; i++) {
      JobFolder.Entry entry = begin("job.yaml");
      Files.setLastModifiedTime(entry.file(), FileTime.fromMillis(1_000_000L * (i + 2)));
    }
    Files.setLastModifiedTime(running.file(), FileTime.fromMillis(1));

    JobFolder.Entry last = begin("last.yaml");

    List<JobFolder.Entry> all = jobs.all();
    assertThat(all).first().isEqualTo(last);
    assertThat(all).last().isEqualTo(running);
    assertThat(all).hasSize(1 + 20 + 1);
  }
}
