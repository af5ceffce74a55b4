package io.turnpike.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.openai.AnswerReader.Form;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerReaderTest {

  private static AnswerReader read(String json) {
    byte[] bytes = ("##" + json).getBytes(UTF_8);
    return AnswerReader.read(bytes, 2, bytes.length);
  }

  private static AnswerReader choice(String members) {
    return read("{\"choices\":[{" + members + "}]}");
  }

  @Test
  void chunkWithAText_ofAnAnswerThatGoesOn_isLikeOthers() {
    assertThat(choice("\"delta\":{\"content\":\"v\"}").isLikeOthers()).isTrue();
    assertThat(choice("\"text\":\"\",\"finish_reason\":null").isLikeOthers()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"delta\":{\"content\":\"v\"},\"finish_reason\":\"stop\"",
        "\"delta\":{\"role\":\"assistant\"}",
        "\"delta\":{\"content\":null}",
        "\"token_ids\":[1]"
      })
  void chunkThatEnds_orHasNoText_isNot(String members) {
    assertThat(choice(members).isLikeOthers()).isFalse();
  }

  @Test
  void chunkThatIsNotWhole_isNot() {
    assertThat(read("{\"choices\":[{\"text\":\"v\"}],").isLikeOthers()).isFalse();
    assertThat(read("{\"choices\":[{\"text\":\"v\"}]} {}").isLikeOthers()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"delta\":{\"content\":\"@\"}",
        "\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"@\"}}]}",
        "\"delta\":{\"tool_calls\":[{\"function\":{\"arguments\":\"@\"},\"index\":0}]}"
      })
  void place_isThatOfTheLastTextInAChoice(String members) {
    String json = "##{\"choices\":[{" + members + "}]}";
    assertThat(choice(members).textAt()).isEqualTo(json.indexOf("\"@\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\r\n\t", "\uFEFF"})
  void objectThatIsCutOff_isSeenAsOne_whateverStandsBeforeIt(String before) {
    assertThat(read(before + "{\"choices\":[").form()).isEqualTo(Form.CUT_OFF);
    assertThat(read(before + "{\"choices\":[]").form()).isEqualTo(Form.CUT_OFF);
    assertThat(read(before + "{\"choices\":[]}").form()).isEqualTo(Form.OBJECT);
    assertThat(read(before + "{\"choices\" []}").form()).isEqualTo(Form.NO_OBJECT);
  }

  @Test
  void choicesThatAreCutOff_countAsAnything_butThoseThatAreWholeSayWhatTheyAre() {
    AnswerReader cut = read("{\"choices\":[{\"delta\":{\"role\":\"assistant\"}}");
    assertThat(cut.hasContent()).isTrue();
    assertThat(cut.isFinished()).isTrue();
    AnswerReader role = read("{\"choices\":[{\"delta\":{\"role\":\"assistant\"}}],");
    assertThat(role.hasContent()).isFalse();
    assertThat(role.isFinished()).isFalse();
  }
}
