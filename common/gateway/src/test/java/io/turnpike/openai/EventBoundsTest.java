package io.turnpike.openai;

import static io.turnpike.openai.Chunks.ERROR;
import static io.turnpike.openai.Chunks.stream;
import static io.turnpike.openai.Chunks.word;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.turnpike.turn.Verdict;
import org.junit.jupiter.api.Test;

/** The judge of a stream at the very byte where an event ends or a bound is reached. */
class EventBoundsTest {

  private static final int MAX = EventStreamJudge.MAX_EVENT_BYTES;

  private static EventStreamJudge judge(long holdLimit, String text) {
    EventStreamJudge judge = new EventStreamJudge(holdLimit, null);
    add(judge, text);
    return judge;
  }

  private static void add(EventStreamJudge judge, String text) {
    ByteBuf buffer = Chunks.buffer(text);
    judge.add(buffer);
    buffer.release();
  }

  @Test
  void eventWithoutItsEnd_isPassedOnFromTheLargestSizeOn() {
    String before = stream(word("v"));
    String half = ": " + "x".repeat(MAX / 2 - 3) + "\n";
    EventStreamJudge smaller = judge(MAX, before + half + half);
    assertThat(smaller.passable()).isEqualTo(before.length());
    assertThat(smaller.endsInsideEvent()).isFalse();
    EventStreamJudge largest = judge(MAX, before + half + "x" + half);
    assertThat(largest.passable()).isEqualTo(before.length() + MAX + 1);
    assertThat(largest.endsInsideEvent()).isTrue();
  }

  @Test
  void event_endsAtAnEmptyLine_withOrWithoutACarriageReturn() {
    for (String lineEnd : new String[] {"\n", "\r\n"}) {
      String event = word("v") + lineEnd + lineEnd;
      EventStreamJudge judge = judge(MAX, event + ":" + lineEnd + word("w") + lineEnd);
      assertThat(judge.passable()).as("one byte is not empty").isEqualTo(event.length());
      add(judge, lineEnd.substring(0, lineEnd.length() - 1));
      assertThat(judge.passable()).isEqualTo(event.length());
      add(judge, "\n");
      assertThat(judge.passable()).isEqualTo(2L * event.length() + 1 + lineEnd.length());
    }
  }

  @Test
  void errorThatEndsBehindTheHoldLimit_isPassedOn_andOneWithinItIsAFailure() {
    EventStreamJudge within = judge(ERROR.length() + 1, ERROR + "\n");
    assertThat(within.verdict()).isEqualTo(Verdict.FAILED);
    EventStreamJudge behind = judge(ERROR.length(), ERROR + "\n");
    assertThat(behind.verdict()).isEqualTo(Verdict.CUT);
    assertThat(behind.passesErrorOn()).isFalse();
    add(behind, "\n");
    assertThat(behind.passesErrorOn()).isTrue();
    assertThat(behind.passable()).isEqualTo(ERROR.length() + 2);
  }
}
