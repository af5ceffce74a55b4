package io.turnpike.launcher.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.launcher.process.Launch;
import io.turnpike.launcher.stack.Component;
import io.turnpike.launcher.stack.Component.Begin;
import io.turnpike.launcher.stack.Component.Patience;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobProgressTest {

  @TempDir Path folder;
  private final List<String> lines = new ArrayList<>();
  private long nowNanos = 77;
  private final JobProgress progress = new JobProgress(() -> nowNanos, lines::add);

  private Component component(String name) {
    URI url = URI.create("http://127.0.0.1:8100");
    Launch launch = new Launch(name, List.of(), Map.of(), folder.resolve(name));
    return new Component("prefill", url, launch, url, Patience.UNBOUNDED, Begin.AT_ONCE);
  }

  private void pass(Duration time) {
    nowNanos += time.toNanos();
  }

  @Test
  void whoeverIsReady_isSaidOnce_withItsUrl() {
    Component p = component("p");
    Component d = component("d");
    progress.waiting(2, List.of(p, d));
    assertThat(lines).isEmpty();

    pass(Duration.ofMillis(1500));
    progress.waiting(2, List.of(d));
    progress.waiting(2, List.of(d));
    progress.done();
    progress.done();

    assertThat(lines)
        .containsExactly(
            "   1.5 s  p            ready, http://127.0.0.1:8100",
            "   1.5 s  d            ready, http://127.0.0.1:8100");
  }

  @Test
  void theLastLineOfEachLog_isSaidWhenItIsAnother_butNotAllTheTime() throws Exception {
    Component p = component("p");
    Files.writeString(folder.resolve("p"), "loading 10 %\n");
    progress.waiting(1, List.of(p));
    assertThat(lines).isEmpty();

    pass(JobProgress.PAUSE);
    progress.waiting(1, List.of(p));
    progress.waiting(1, List.of(p));
    pass(JobProgress.PAUSE);
    progress.waiting(1, List.of(p));
    assertThat(lines).containsExactly("   5.0 s  p            loading 10 %");

    Files.writeString(folder.resolve("p"), "loading 20 %\n");
    pass(JobProgress.PAUSE.minusNanos(1));
    progress.waiting(1, List.of(p));
    assertThat(lines).hasSize(1);
    pass(Duration.ofNanos(1));
    progress.waiting(1, List.of(p));
    assertThat(lines).last().isEqualTo("  15.0 s  p            loading 20 %");
  }
}
