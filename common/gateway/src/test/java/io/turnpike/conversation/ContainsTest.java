package io.turnpike.conversation;

import static io.turnpike.conversation.Chains.placement;
import static io.turnpike.conversation.Chains.text;
import static io.turnpike.conversation.Chains.tokens;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A prompt contains another exactly if it begins with all of it. */
class ContainsTest {

  /** Few different characters, some of several bytes and some that JSON escapes. */
  @Provide
  Arbitrary<String> prompts() {
    return Arbitraries.strings()
        .withChars("aé€\"\n\\")
        .ofMaxLength(700)
        .map(text -> text + "😀".repeat(text.length() % 3));
  }

  @Property(tries = 300)
  void contains_isStartsWith(
      @ForAll("prompts") String shared,
      @ForAll("prompts") String one,
      @ForAll("prompts") String two) {
    Placement earlier = placement("d", 1, text(shared + one), 0);
    String later = shared + two;
    assertThat(text(later).contains(earlier)).isEqualTo(later.startsWith(shared + one));
  }

  @Property(tries = 300)
  void growingPrompt_containsWhatItWas(
      @ForAll("prompts") String prompt, @ForAll("prompts") String more) {
    Placement earlier = placement("d", 1, text(prompt), 0);
    assertThat(text(prompt + more).contains(earlier)).isTrue();
    assertThat(text(prompt + more).isWhole(earlier)).isEqualTo(more.isEmpty());
    assertThat(text(prompt).contains(placement("d", 1, text(prompt + more), 0)))
        .isEqualTo(more.isEmpty());
  }

  @Property(tries = 60)
  void longPrompt_containsWhatItWas_butNoOtherTail(
      @ForAll @IntRange(min = 1, max = 160_000) int length,
      @ForAll @IntRange(min = 1, max = 20_000) int more) {
    String whole = Chains.letters(length + more, 7);
    String prompt = whole.substring(0, length);
    String otherEnd = prompt.substring(0, length - 1) + "Z";
    assertThat(text(whole).contains(placement("d", 1, text(prompt), 0))).isTrue();
    assertThat(text(whole).contains(placement("d", 1, text(otherEnd), 0))).isFalse();
  }

  @Property(tries = 200)
  void tokenIds_containByNumber(
      @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 2) Integer> ids,
      @ForAll @Size(max = 100) List<@IntRange(min = 0, max = 2) Integer> one,
      @ForAll @Size(max = 100) List<@IntRange(min = 0, max = 2) Integer> two) {
    Placement earlier = placement("d", 1, tokens(joined(ids, one), ","), 0);
    List<Integer> later = joined(ids, two);
    boolean begins =
        later.size() >= ids.size() + one.size()
            && later.subList(0, ids.size() + one.size()).equals(joined(ids, one));
    assertThat(tokens(later, " , ").contains(earlier)).isEqualTo(begins);
  }

  private static List<Integer> joined(List<Integer> one, List<Integer> two) {
    List<Integer> all = new ArrayList<>(one);
    all.addAll(two);
    return all;
  }

  @Test
  void textAndTokenIds_countAsTheyAreWritten() {
    assertThat(text("é€").promptBytes()).isEqualTo(5);
    assertThat(tokens(List.of(1, 20, 300), ",").promptBytes()).isEqualTo(12);
    assertThat(Chains.of("a").promptBytes()).isEqualTo(Placement.NO_TEXT);
  }

  @Test
  void aPromptThatWasRecognised_isRememberedAsTheSame() {
    for (PrefixChain chain :
        List.of(text("a".repeat(700)), tokens(List.of(1, 2), ","), Chains.of("a"))) {
      PrefixChain left = new Recognisable(null, chain, 7).recognised().chain();
      assertThat(placement("d", 1, left, 0)).isEqualTo(placement("d", 1, chain, 0));
      assertThat(left.root()).isEqualTo(chain.root());
      assertThat(left.size()).isEqualTo(chain.size());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {256, 512, 16_384})
  void promptThatEndsAtALink_isContained(int length) {
    String prompt = Chains.letters(length, 3);
    Placement earlier = placement("d", 1, text(prompt), 0);
    assertThat(text(prompt + "a").contains(earlier)).isTrue();
    assertThat(text(prompt + "a".repeat(300)).contains(earlier)).isTrue();
    assertThat(text("b" + prompt.substring(1) + "a").contains(earlier)).isFalse();
  }

  @Test
  void promptOfLongLines_containsWhatItWas_whereverThatEnded() {
    String prompt = (Chains.letters(200, 4) + "\n").repeat(8);
    for (int length = 1; length < prompt.length(); length += 13) {
      Placement earlier = placement("d", 1, text(prompt.substring(0, length)), 0);
      assertThat(text(prompt).contains(earlier)).as("%d", length).isTrue();
    }
  }

  @Test
  void chat_containsByMessages() {
    Placement earlier = placement("d", 1, Chains.of("a", "b"), 0);
    assertThat(Chains.of("a", "b", "c").contains(earlier)).isTrue();
    assertThat(Chains.of("a", "b").contains(earlier)).isTrue();
    assertThat(Chains.of("a", "c").contains(earlier)).isFalse();
    assertThat(Chains.of("a").contains(earlier)).isFalse();
    assertThat(Chains.of("a", "b", "c").isWhole(earlier)).isFalse();
    assertThat(Chains.of("a", "b").isWhole(earlier)).isTrue();
    assertThat(Chains.of().contains(placement("d", 1, Chains.of(), 0))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"0,0", "1,256", "64,16384", "65,17408", "176,131072", "177,139264", "178,147456"})
  void boundaries_areWhereTheLinksAre(int links, long bytes) {
    assertThat(PromptBoundaries.bytes(links)).isEqualTo(bytes);
    assertThat(PromptBoundaries.bytes(links) + PromptBoundaries.bytesToNext(bytes))
        .isEqualTo(PromptBoundaries.bytes(links + 1));
  }

  @Test
  void commonTokens_areAShareOfTheEarlierPrompt() {
    String shared = IntStream.range(0, 512).mapToObj(i -> "x").collect(Collectors.joining());
    Placement earlier = placement("d", 1, text(shared + "y".repeat(128)), 0);
    assertThat(text(shared + "z").commonTokens(earlier)).isEqualTo(80);
    assertThat(text("z" + shared).commonTokens(earlier)).isZero();
    assertThat(text("short").commonTokens(placement("d", 1, text("other"), 0))).isZero();
    Placement chat = placement("d", 1, Chains.of("a"), 0);
    assertThat(Chains.of("a", "b").commonTokens(chat)).isEqualTo(100);
    assertThat(Chains.of("b").commonTokens(chat)).isZero();
  }
}
