package io.turnpike.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TerminalTest {

  @Test
  void wrapped_keepsEveryWord_inLinesOfAtMost100Columns() {
    String sentence = "word longer-word ".repeat(30).strip();
    String wrapped = Terminal.wrapped(sentence);
    assertThat(wrapped.lines()).hasSizeGreaterThan(5).allMatch(line -> line.length() <= 100);
    assertThat(wrapped.replaceAll("\\s+", " ")).isEqualTo(sentence);
    assertThat(Terminal.wrapped("short")).isEqualTo("short");
  }
}
