package io.turnpike.bench.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PromptScaleTest {

  @Test
  void counts_tellCharactersAToken_andTheTemplate() {
    PromptLengths lengths = PromptScale.of(64 + 10, 640 + 10, 3 * 64 + 20);
    assertThat(lengths).isEqualTo(new PromptLengths(4, 10, 10, true));
    assertThat(lengths.words(1, 512)).isEqualTo(502);
    assertThat(lengths.words(2, 512)).isEqualTo(502);
    assertThat(lengths.words(1, 3)).as("never nothing").isEqualTo(1);
    assertThat(lengths.characters(502)).isEqualTo(2008);
  }

  @Test
  void denserTokens_makeShorterTexts() {
    PromptLengths lengths = PromptScale.of(128 + 30, 1280 + 30, 3 * 128 + 38);
    assertThat(lengths).isEqualTo(new PromptLengths(2, 30, 8, true));
  }

  @Test
  void whatCannotBe_isNotBelieved() {
    assertThat(PromptScale.of(3, 3, 3)).isEqualTo(PromptLengths.assumed());
    assertThat(PromptScale.of(10, 9000, 20).counted()).isFalse();
  }
}
