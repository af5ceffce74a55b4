package io.turnpike.simulator.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.simulator.text.ChatTemplate.End;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class TokenizerTest {

  @Test
  void fourBytes_areOneToken() {
    assertThat(Tokenizer.encode("abcdefgh!")).hasSize(3);
    assertThat(Tokenizer.encode("")).isEmpty();
  }

  @Property
  void decode_givesTheTextBack(@ForAll @AlphaChars @StringLength(max = 60) String text) {
    String mixed = text + " ünï " + text;
    assertThat(Tokenizer.decode(Tokenizer.encode(mixed))).isEqualTo(mixed);
  }

  @Property(tries = 200)
  void answers_tokeniseToTheIdsThatWereGenerated(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 500) int maxTokens) {
    Answer answer = Answer.of(new Course(seed, 0), limits(maxTokens, true, List.of()));
    assertThat(answer.tokens()).hasSize(maxTokens);
    assertThat(Tokenizer.encode(answer.text())).isEqualTo(answer.tokens());
  }

  @Property(tries = 100)
  void nextTurnsPrompt_startsWithThisTurnsPromptAndAnswer(@ForAll long seed) {
    List<ChatTemplate.Message> one = List.of(new ChatTemplate.Message("user", "hello"));
    int[] prompt = ChatTemplate.apply(one, "", End.NEW_MESSAGE);
    Answer answer = Answer.of(new Course(seed, 0), limits(1_000, false, List.of()));
    int[] next =
        ChatTemplate.apply(
            List.of(
                one.getFirst(),
                new ChatTemplate.Message("assistant", answer.text()),
                new ChatTemplate.Message("user", "go on")),
            "",
            End.NEW_MESSAGE);
    int[] both = Arrays.copyOf(prompt, prompt.length + answer.tokens().length);
    System.arraycopy(answer.tokens(), 0, both, prompt.length, answer.tokens().length);
    assertThat(Arrays.copyOf(next, both.length)).isEqualTo(both);
  }

  @Property(tries = 200)
  void pieces_makeUpTheText(@ForAll long seed, @ForAll @IntRange(min = 1, max = 400) int max) {
    Answer answer = Answer.of(new Course(seed, 0), limits(max, false, List.of("sea", "one may")));
    StringBuilder pieces = new StringBuilder();
    for (int i = 0; i < answer.tokens().length; i++) {
      pieces.append(answer.piece(i));
    }
    assertThat(pieces).hasToString(answer.text());
    assertThat(answer.text()).doesNotContain("sea").doesNotContain("one may");
  }

  @Test
  void naturalEnd_isAStop_andEosCanBeIgnored() {
    Answer ends = Answer.of(new Course(7, 0), limits(10_000, false, List.of()));
    assertThat(ends.finish()).isEqualTo(Answer.Finish.STOP);
    assertThat(ends.tokens()).endsWith(Tokenizer.END_OF_TURN);
    assertThat(ends.tokens().length)
        .isBetween(Answer.SHORTEST_NATURAL_TOKENS, Answer.LONGEST_NATURAL_TOKENS);
    Answer goesOn = Answer.of(new Course(7, 0), limits(10_000, true, List.of()));
    assertThat(goesOn.finish()).isEqualTo(Answer.Finish.LENGTH);
  }

  @Test
  void blockHashes_shareAPrefix_asLongAsTheTokensDo() {
    int[] one = Tokenizer.encode("a".repeat(400));
    int[] other = Tokenizer.encode("a".repeat(200) + "b".repeat(200));
    long[] ofOne = BlockHashes.ofFullBlocks(BlockHashes.root(""), one, one.length);
    long[] ofOther = BlockHashes.ofFullBlocks(BlockHashes.root(""), other, other.length);
    assertThat(Arrays.copyOf(ofOne, 3)).isEqualTo(Arrays.copyOf(ofOther, 3));
    assertThat(ofOne[3]).isNotEqualTo(ofOther[3]);
    assertThat(BlockHashes.ofFullBlocks(BlockHashes.root("salt"), one, one.length)[0])
        .isNotEqualTo(ofOne[0]);
  }

  private static Answer.Limits limits(int max, boolean ignoreEos, List<String> stop) {
    return new Answer.Limits(max, 0, ignoreEos, stop, List.of());
  }
}
