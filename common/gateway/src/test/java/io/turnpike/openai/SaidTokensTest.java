package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** The tokens of which an engine made a text, found with a tokenizer that merges pairs. */
class SaidTokensTest {

  private final List<String> questions = new ArrayList<>();

  private static SaidText.Said said(String... pieces) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    byte[] lengths = new byte[pieces.length];
    for (int i = 0; i < pieces.length; i++) {
      byte[] bytes = pieces[i].getBytes(UTF_8);
      text.writeBytes(bytes);
      lengths[i] = (byte) bytes.length;
    }
    return new SaidText.Said(text.toByteArray(), pieces.length, lengths, new byte[0]);
  }

  /** Two characters are one token, from left to right; a last one is one by itself. */
  private static List<String> merged(String text) {
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < text.length(); i += 2) {
      tokens.add(text.substring(i, Math.min(text.length(), i + 2)));
    }
    return tokens;
  }

  private static TokenIds answer(List<String> tokens, UnaryOperator<String> shown) {
    String ids = tokens.stream().map(token -> "" + id(token)).collect(Collectors.joining(","));
    String texts = tokens.stream().map(shown).collect(Collectors.joining("\",\""));
    String strs = tokens.isEmpty() ? "" : "\"" + texts + "\"";
    String json = "{\"token_strs\":[" + strs + "],\"tokens\":[" + ids + "]}";
    return Objects.requireNonNull(TokenIds.ofAnswer(json.getBytes(UTF_8)));
  }

  private static int id(String token) {
    return token.hashCode();
  }

  private static TokenIds ids(String... tokens) {
    return answer(List.of(tokens), text -> text);
  }

  private SaidTokens ask(SaidText.Said said, UnaryOperator<String> shown) {
    SaidTokens tokens = new SaidTokens(said);
    byte[] question = tokens.question();
    while (question != null) {
      questions.add(new String(question, UTF_8));
      tokens.answered(answer(merged(questions.getLast()), shown));
      question = tokens.question();
    }
    return tokens;
  }

  private SaidTokens ask(String... pieces) {
    return ask(said(pieces), text -> text);
  }

  @Test
  void aTextInItsTokenizersTokens_isAskedOnce() {
    SaidTokens tokens = ask("ab", "cd", "e");
    assertThat(questions).containsExactly("abcde");
    assertThat(tokens.spoken()).isEqualTo(tokens.canonical()).isEqualTo(ids("ab", "cd", "e"));
  }

  @Test
  void aPieceOfSeveralTokens_staysAsItIsCut() {
    assertThat(ask("abcd", "ef").spoken()).isEqualTo(ids("ab", "cd", "ef"));
    assertThat(questions).containsExactly("abcdef");
  }

  @Test
  void piecesThatAreNoTokens_areAsked() {
    SaidTokens tokens = ask("ab", "c", "d", "ef");
    assertThat(questions).containsExactly("abcdef", "c", "d");
    assertThat(tokens.spoken()).isEqualTo(ids("ab", "c", "d", "ef"));
    assertThat(tokens.canonical()).isEqualTo(ids("ab", "cd", "ef"));
  }

  @Test
  void piecesOnOtherBorders_areAsked_thoughTheyAreNotMore() {
    assertThat(ask("a", "bc", "de", "f", "gh").spoken()).isEqualTo(ids("a", "bc", "de", "f", "gh"));
    assertThat(questions).containsExactly("abcdefgh", "a", "bc", "de", "f");
    assertThat(ask("a", "bc", "d").spoken()).isEqualTo(ids("a", "bc", "d"));
  }

  @Test
  void noText_isAskedOnce() {
    assertThat(ask().spoken().count()).isZero();
    assertThat(questions).containsExactly("");
  }

  @Test
  void unknownPieces_andTokensWithoutTexts_stayAsTheyAreCut() {
    SaidText.Said unknown = new SaidText.Said("abc".getBytes(UTF_8), 0, new byte[0], new byte[0]);
    assertThat(ask(unknown, text -> text).spoken()).isEqualTo(ids("ab", "c"));
    assertThat(ask(said("a", "bc"), text -> "").spoken()).isEqualTo(ids("ab", "c"));
    assertThat(ask(said("a", "bc"), text -> "x" + text).spoken()).isEqualTo(ids("ab", "c"));
    assertThat(questions).hasSize(3);
  }

  /** Byte-level tokenizers show each byte as a character, others the characters. */
  @Test
  void borders_areComparedInBytesOrInCharacters() {
    String[] pieces = {"a", "\\u00fc", "ü", "\\n", "€", "\\ud83d\\ude00", "😀", "\\u20ac\\t"};
    SaidText.Said said = said(pieces);
    assertThat(said.ends(SaidText.Unit.CHARACTER)).containsExactly(1, 2, 3, 4, 5, 6, 7, 9);
    assertThat(said.ends(SaidText.Unit.BYTE)).containsExactly(1, 3, 5, 6, 9, 13, 17, 21);
    assertThat(said.ends(SaidText.Unit.UNKNOWN)).isEmpty();
    for (List<String> shown :
        List.of(
            List.of("aü", "ü⏎€", "😀😀€⇥"),
            List.of("aÃ¼", "Ã¼Ċâ‚¬", "1234" + "5678" + "9ab" + "c"))) {
      SaidTokens tokens = new SaidTokens(said);
      assertThat(tokens.question()).isNotNull();
      tokens.answered(answer(shown, text -> text));
      List<String> asked = new ArrayList<>();
      for (byte[] next = tokens.question(); next != null; next = tokens.question()) {
        asked.add(new String(next, UTF_8));
        tokens.answered(ids(asked.getLast().replace("\\", "")));
      }
      assertThat(asked).as(shown.toString()).containsExactly(pieces);
    }
  }

  @Test
  void questions_areBounded() {
    String[] letters = new String[SaidTokens.MAX_PIECES + 10];
    Arrays.fill(letters, "x");
    SaidTokens tokens = ask(letters);
    assertThat(questions).hasSize(1 + SaidTokens.MAX_PIECES);
    assertThat(tokens.spoken().count()).isEqualTo(SaidTokens.MAX_PIECES + 5);
  }

  @Property(tries = 300)
  void singleTokens_areFound_howeverTheyWereSpelled(
      @ForAll @Size(max = 60) List<@IntRange(min = 1, max = 2) Integer> spelling) {
    String[] pieces =
        spelling.stream().map(length -> length == 1 ? "c" : "ab").toArray(String[]::new);
    assertThat(ask(pieces).spoken()).isEqualTo(ids(pieces));
  }
}
