package io.turnpike.simulator.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.simulator.connector.KvContent;
import io.turnpike.simulator.engine.EngineRequest;
import io.turnpike.simulator.engine.Finished;
import io.turnpike.simulator.engine.Prompt;
import io.turnpike.simulator.handoff.Handoff;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which cached blocks hold something else than they should, and for how long. */
class KvTruthTest {

  private static final KvContent MINE = new KvContent(List.of(1L, 2L, 3L));
  private static final KvContent OTHER = new KvContent(List.of(7L, 8L, 9L));

  private final KvTruth truth = new KvTruth();

  @Test
  void theRightContent_isNoDistortion() {
    truth.received(MINE, 0, MINE);
    assertThat(truth.distortion(MINE)).isZero();
  }

  @Test
  void anotherPromptsContent_staysUnderThisPromptsHashes() {
    truth.received(MINE, 0, OTHER);
    long first = truth.distortion(MINE);
    assertThat(first).isNotZero();
    assertThat(truth.distortion(MINE)).isEqualTo(first);
    assertThat(truth.distortion(OTHER)).isZero();
  }

  @Test
  void overwrittenBlocks_areWrongToo_andOtherwiseThanAnotherPrompts() {
    truth.received(MINE, 0, OTHER);
    long wrong = truth.distortion(MINE);
    truth.clear();
    truth.received(MINE, 0, KvContent.REUSED);
    assertThat(truth.distortion(MINE)).isNotZero().isNotEqualTo(wrong);
  }

  @Test
  void aCommonBeginning_isRight() {
    truth.received(MINE, 0, new KvContent(List.of(1L, 2L, 9L)));
    assertThat(truth.distortion(new KvContent(List.of(1L, 2L)))).isZero();
    assertThat(truth.distortion(MINE)).isNotZero();
  }

  @Test
  void blocksThatWereHere_keepWhatTheyHold() {
    truth.received(MINE, 32, KvContent.REUSED);
    assertThat(truth.distortion(new KvContent(List.of(1L, 2L)))).isZero();
    assertThat(truth.distortion(MINE)).isNotZero();
  }

  @Test
  void theRightContentLater_healsBlocks() {
    truth.received(MINE, 0, OTHER);
    truth.received(MINE, 0, MINE);
    assertThat(truth.distortion(MINE)).isZero();
  }

  @Test
  void blocksComputedAnew_areRight_unlessOnTopOfWrongOnes() {
    truth.received(MINE, 0, OTHER);
    truth.computed(MINE, finished(0, 0));
    assertThat(truth.distortion(MINE)).isZero();

    truth.received(MINE, 0, OTHER);
    KvContent longer = new KvContent(List.of(1L, 2L, 3L, 4L));
    truth.computed(longer, finished(48, 0));
    assertThat(truth.distortion(new KvContent(List.of(4L)))).isNotZero();
  }

  @Test
  void whatCameFromElsewhere_wasNotComputed() {
    truth.received(MINE, 0, OTHER);
    truth.computed(MINE, finished(0, 48));
    assertThat(truth.distortion(MINE)).isNotZero();
  }

  @Test
  void anEmptiedCache_holdsNothingWrong() {
    truth.received(MINE, 0, OTHER);
    truth.clear();
    assertThat(truth.distortion(MINE)).isZero();
  }

  private static Finished finished(int cached, int external) {
    EngineRequest request =
        new EngineRequest("r", new Prompt(48, new long[] {1, 2, 3}), 1, Handoff.NONE);
    return new Finished(request, Finished.Reason.LENGTH, 1, cached, external, 0, null);
  }
}
