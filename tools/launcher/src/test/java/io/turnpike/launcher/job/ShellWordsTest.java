package io.turnpike.launcher.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ShellWordsTest {

  @Test
  void aLine_isSplitAsAShellWould() {
    assertThat(ShellWords.split("  a 'b c'  \"d \\\"e\\\" $f \\n\" g\\ h i'j'\"k\" '' \\'"))
        .containsExactly("a", "b c", "d \"e\" $f \\n", "g h", "ijk", "", "'");
    assertThat(ShellWords.split("--config '{\"a\": {\"b\": [1, 2]}}'"))
        .containsExactly("--config", "{\"a\": {\"b\": [1, 2]}}");
    assertThat(ShellWords.split(" \n\t ")).isEmpty();
    assertThat(ShellWords.split("'open end")).containsExactly("open end");
  }

  @Property(tries = 300)
  void whatIsJoined_isSplitIntoTheSameWords(@ForAll @Size(max = 5) List<String> words) {
    assertThat(ShellWords.split(ShellWords.join(words))).isEqualTo(words);
  }
}
