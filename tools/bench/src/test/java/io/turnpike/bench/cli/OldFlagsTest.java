package io.turnpike.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OldFlagsTest {

  private final List<String> said = new ArrayList<>();

  @Test
  void whatMeansTheSame_isTaken_andSaid() {
    assertThat(ours("compare", "--turns", "5", "--input-tokens=100", "--output-tokens", "30"))
        .containsExactly("compare", "--turns", "5", "--prompt-tokens=100", "--max-tokens", "30");
    assertThat(said)
        .containsExactly(
            "--input-tokens is now --prompt-tokens", "--output-tokens is now --max-tokens");
    assertThat(ours("handoff", "--prompt-lengths", "100,500", "--iterations=3"))
        .containsExactly("handoff", "--prompt-tokens", "100,500", "--repeats=3");
    assertThat(ours("load", "--output", "x")).containsExactly("load", "--out", "x");
    assertThat(ours("plot", "f", "--output-dir", "x"))
        .containsExactly("plot", "f", "--folder", "x");
  }

  @Test
  void hostAndPort_areAnAddress() {
    assertThat(ours("load", "--host", "gpu-1", "--port", "8000"))
        .containsExactly("load", "--url", "http://gpu-1:8000");
    assertThat(ours("load", "--port=8000"))
        .containsExactly("load", "--url", "http://127.0.0.1:8000");
    assertThat(ours("load", "--host=h")).containsExactly("load", "--url", "http://h:10001");
  }

  @Test
  void whatHasNoLike_isAnsweredWithWhatToUse() {
    assertThatThrownBy(() -> ours("merge", "--format", "json"))
        .hasMessageContaining("JSON, CSV and text are all written");
    assertThatThrownBy(() -> ours("load", "--iterations", "3")).hasMessageContaining("--requests");
  }

  @Test
  void ourOwnFlags_areLeftAlone() {
    String[] own = {"load", "--out", "a=b", "--url", "http://x/?a=b"};
    assertThat(ours(own)).containsExactly(own);
    assertThat(ours()).isEmpty();
    assertThat(said).isEmpty();
  }

  private List<String> ours(String... arguments) {
    return OldFlags.translated(List.of(arguments), said);
  }
}
