package io.turnpike.simulator.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.simulator.text.Answer.Finish;
import io.turnpike.simulator.text.Answer.Limits;
import io.turnpike.simulator.text.ChatTemplate.End;
import io.turnpike.simulator.text.ChatTemplate.Message;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** An answer and what goes on with it say the same. */
class CourseTest {

  private static Limits limits(int maxTokens) {
    return new Limits(maxTokens, 0, false, List.of(), List.of());
  }

  private static int[] both(int[] one, int[] other, int count) {
    int[] all = Arrays.copyOf(one, one.length + count);
    System.arraycopy(other, 0, all, one.length, count);
    return all;
  }

  @Property(tries = 200)
  void whatGoesOn_saysTheRest(@ForAll int content, @ForAll @IntRange(max = 90) int cut) {
    int[] prompt = Tokenizer.encode("Say " + content);
    Answer whole = Answer.of(Course.of(prompt), limits(1_000));
    Answer rest = Answer.of(Course.of(both(prompt, whole.tokens(), cut)), limits(1_000 - cut));
    assertThat(both(Arrays.copyOf(whole.tokens(), cut), rest.tokens(), rest.tokens().length))
        .isEqualTo(whole.tokens());
    assertThat(rest.finish()).isEqualTo(Finish.STOP);
  }

  @Property(tries = 100)
  void anOpenMessage_goesOn_inWords(@ForAll int content, @ForAll @IntRange(max = 60) int cut) {
    Message asked = new Message("user", "Say " + content);
    int[] prompt = ChatTemplate.apply(List.of(asked), "", End.NEW_MESSAGE);
    Answer whole = Answer.of(Course.of(prompt), limits(80));
    Message said = new Message("assistant", whole.text().substring(0, 4 * cut));
    int[] open = ChatTemplate.apply(List.of(asked, said), "", End.OPEN_MESSAGE);
    assertThat(open).isEqualTo(both(prompt, whole.tokens(), cut));
    Answer rest = Answer.of(Course.of(open), limits(80 - cut));
    assertThat(said.content() + rest.text()).isEqualTo(whole.text());
    assertThat(rest.finish()).isEqualTo(Finish.LENGTH);
  }

  @Test
  void otherWords_beginAnew() {
    int[] prompt = Tokenizer.encode("Say it");
    Answer whole = Answer.of(Course.of(prompt), limits(50));
    int[] other = both(prompt, whole.tokens(), 20);
    other[prompt.length + 10]++;
    assertThat(Course.of(other).spoken()).isZero();
    assertThat(Course.of(both(prompt, whole.tokens(), 20)).spoken()).isEqualTo(20);
  }

  @Test
  void anEndedMessage_isNoOpenOne() {
    Message message = new Message("user", "hello");
    int[] ended = ChatTemplate.apply(List.of(message), "", End.LAST_MESSAGE);
    assertThat(ended).endsWith(Tokenizer.END_OF_TURN);
    int[] open = ChatTemplate.apply(List.of(message), "t", End.OPEN_MESSAGE);
    assertThat(open).as("the list of tools is no message").contains(Tokenizer.END_OF_TURN);
    assertThat(open[open.length - 1]).isNotEqualTo(Tokenizer.END_OF_TURN);
  }

  @Test
  void children_haveCoursesOfTheirOwn() {
    Course one = Course.of(Tokenizer.encode("Say it"));
    assertThat(one.child(0)).isEqualTo(one);
    assertThat(one.child(1).seed()).isNotEqualTo(one.seed());
  }
}
