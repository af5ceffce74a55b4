package io.turnpike.simulator.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.simulator.text.Answer.Finish;
import io.turnpike.simulator.text.Answer.Limits;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How answers are chosen, and why they end. */
class AnswerTest {

  private static final long SEED = 42;
  private static final Course NEW = new Course(SEED, 0);

  @Test
  void aSeed_saysTheSameAgain_andAnotherOneSomethingElse() {
    assertThat(answer(20)).isEqualTo(answer(20));
    assertThat(Answer.of(new Course(SEED + 1, 0), limits(20)).text())
        .isNotEqualTo(answer(20).text());
  }

  @Test
  void aShorterAnswer_isTheBeginningOfALongerOne() {
    assertThat(answer(60).text()).startsWith(answer(20).text());
  }

  @Test
  void theLimit_endsIt() {
    assertThat(answer(20).tokens()).hasSize(20);
    assertThat(answer(20).finish()).isEqualTo(Finish.LENGTH);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void withRoom_itEndsByItself(long seed) {
    Answer whole = Answer.of(new Course(seed, 0), limits(1_000));
    assertThat(whole.finish()).isEqualTo(Finish.STOP);
    assertThat(whole.stopReason()).isNull();
    assertThat(whole.tokens().length)
        .isBetween(Answer.SHORTEST_NATURAL_TOKENS, Answer.LONGEST_NATURAL_TOKENS);
    assertThat(whole.tokens()[whole.tokens().length - 1]).isEqualTo(Tokenizer.END_OF_TURN);
  }

  @Test
  void ignoringItsEnd_itGoesOnToTheLimit() {
    Answer endless = Answer.of(NEW, new Limits(1_000, 0, true, List.of(), List.of()));
    assertThat(endless.tokens()).hasSize(1_000);
    assertThat(endless.finish()).isEqualTo(Finish.LENGTH);
  }

  @Test
  void aStopString_endsItBeforeTheString() {
    String text = answer(60).text();
    String word = text.split(" ", -1)[3];
    Answer cut = Answer.of(NEW, new Limits(60, 0, false, List.of(word), List.of()));
    assertThat(cut.text()).isEqualTo(text.substring(0, text.indexOf(word)));
    assertThat(cut.finish()).isEqualTo(Finish.STOP);
    assertThat(cut.stopReason()).isEqualTo(word);
  }

  @Test
  void theFirstOfSeveralStopStrings_counts() {
    String[] words = answer(60).text().split(" ", -1);
    List<String> stops = List.of(words[5], words[2], "never said");
    Answer cut = Answer.of(NEW, new Limits(60, 0, false, stops, List.of()));
    assertThat(cut.stopReason()).isEqualTo(words[2]);
  }

  @Test
  void aStopToken_endsIt_butNotBeforeTheLeastLength() {
    int[] tokens = answer(60).tokens();
    Answer cut = Answer.of(NEW, new Limits(60, 0, false, List.of(), List.of(tokens[4])));
    assertThat(cut.tokens().length).isLessThanOrEqualTo(5);
    assertThat(cut.stopReason()).isEqualTo(tokens[4]);
    Answer later = Answer.of(NEW, new Limits(60, 30, false, List.of(), List.of(tokens[4])));
    assertThat(later.tokens().length).isGreaterThanOrEqualTo(30);
  }

  @Test
  void pieces_makeTheText() {
    Answer whole = Answer.of(NEW, limits(1_000));
    StringBuilder pieces = new StringBuilder();
    IntStream.range(0, whole.tokens().length).mapToObj(whole::piece).forEach(pieces::append);
    assertThat(pieces).hasToString(whole.text());
    assertThat(Tokenizer.encode(answer(20).text())).isEqualTo(answer(20).tokens());
  }

  @Test
  void anAbortedAnswer_isItsBeginning() {
    Answer aborted = answer(20).abortedAfter(3);
    assertThat(aborted.tokens())
        .isEqualTo(
            new int[] {answer(20).tokens()[0], answer(20).tokens()[1], answer(20).tokens()[2]});
    assertThat(aborted.text()).isEqualTo(answer(20).text().substring(0, 12));
    assertThat(aborted.finish()).isEqualTo(Finish.ABORT);
    assertThat(aborted.piece(3)).isEmpty();
    assertThat(answer(20).abortedAfter(0).text()).isEmpty();
  }

  @Test
  void otherKv_saysOtherWords_asManyOfThem() {
    Answer other = answer(20).withSeed(7);
    assertThat(other.tokens()).hasSize(20).isNotEqualTo(answer(20).tokens());
    assertThat(other.finish()).isEqualTo(Finish.LENGTH);
  }

  private static Answer answer(int maxTokens) {
    return Answer.of(NEW, limits(maxTokens));
  }

  private static Limits limits(int maxTokens) {
    return new Limits(maxTokens, 0, false, List.of(), List.of());
  }
}
