package io.turnpike.cost;

import static io.turnpike.cost.Engines.READING;
import static io.turnpike.cost.Engines.SENDING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The formulas, term by term, on an engine with round costs. */
class TurnPricesTest {

  private static final Offset<Double> EXACTLY = within(1e-9);

  private final NodeWork work = new NodeWork();
  private final PathPrice price = new PathPrice();
  private final TurnPrices prices = new TurnPrices(10_000, 100, 0);

  private PathPrice alone(EngineCosts on) {
    price.clear();
    prices.addAlone(on, work, price);
    return price;
  }

  private PathPrice prefill(EngineCosts on) {
    price.clear();
    prices.addPrefill(on, work, price);
    return price;
  }

  private PathPrice answer(EngineCosts on) {
    price.clear();
    prices.addAnswer(on, work, price);
    return price;
  }

  @Test
  void idleEngine_costsItsOwnWork() {
    assertThat(alone(READING).of(Term.QUEUE)).isZero();
    assertThat(price.of(Term.COMPUTE)).isCloseTo(5 + 100 + 5, EXACTLY);
    assertThat(price.of(Term.PACE)).isCloseTo(100 * 10 + 0.1 * 100, EXACTLY);
    assertThat(price.of(Term.NEIGHBOURS)).isZero();
    assertThat(price.of(Term.MEMORY)).isZero();
    assertThat(price.firstTokenMillis()).isCloseTo(110, EXACTLY);
    assertThat(price.total()).isCloseTo(1_120, EXACTLY);
  }

  @Test
  void whatIsCached_isNotComputed_butHasToBeRead() {
    work.cachedTokens = 9_000;
    assertThat(alone(READING).of(Term.COMPUTE)).isCloseTo(5 + 9 + 10 + 5, EXACTLY);
    work.cachedTokens = 9_900;
    assertThat(alone(READING).of(Term.COMPUTE))
        .as("a step is not shorter than t0")
        .isCloseTo(5 + 9.9 + 10 + 5, EXACTLY);
  }

  @Test
  void promptsAhead_areWaitedFor_asFarAsTheyOutlastTheWayIn() {
    work.promptTokens = 10_000;
    assertThat(alone(READING).of(Term.QUEUE)).isCloseTo(100 - 5, EXACTLY);
    work.headMillis = 45;
    assertThat(alone(READING).of(Term.QUEUE)).as("40 ms are done").isCloseTo(55, EXACTLY);
    work.headMillis = 500;
    work.decodes = 1;
    assertThat(alone(READING).of(Term.QUEUE)).as("half a step is left").isCloseTo(5.05, EXACTLY);
  }

  @Test
  void engineThatSends_isNoFasterThanItsSender() {
    work.promptTokens = 1_000;
    work.handedOver = 3;
    assertThat(prefill(SENDING).of(Term.QUEUE)).isCloseTo(3 * 50 - 5, EXACTLY);
    assertThat(price.of(Term.COMPUTE)).as("0.02 ms a token").isCloseTo(5 + 200 + 5, EXACTLY);
    assertThat(prefill(READING).of(Term.QUEUE)).isCloseTo(10 - 5, EXACTLY);
    TurnPrices shortPrompt = new TurnPrices(100, 1, 0);
    price.clear();
    shortPrompt.addPrefill(SENDING, new NodeWork(), price);
    assertThat(price.of(Term.COMPUTE)).isCloseTo(5 + 50 + 5, EXACTLY);
  }

  @Test
  void answersBesideIt_waitWhileItsPromptIsComputed() {
    work.decodes = 10;
    assertThat(alone(READING).of(Term.NEIGHBOURS)).isCloseTo((100 - 11) * 10, EXACTLY);
    work.committed = 5;
    assertThat(alone(READING).of(Term.NEIGHBOURS))
        .as("of those to come, one")
        .isCloseTo((100 - 11) * 11, EXACTLY);
    assertThat(answer(READING).of(Term.NEIGHBOURS)).as("NIXL reads beside steps").isZero();
    assertThat(answer(SENDING).of(Term.NEIGHBOURS)).isCloseTo(20 * 11, EXACTLY);
  }

  @Test
  void answersBesideIt_shareItsSteps_asLongAsTheyLast() {
    work.decodes = 10;
    work.expectedTokens = 1_000;
    double beside = 10 * 100 * 100 / 200.0;
    assertThat(alone(READING).of(Term.PACE)).isCloseTo(1_000 + 0.1 * (100 + beside), EXACTLY);
    assertThat(price.of(Term.NEIGHBOURS)).isCloseTo(890 + 0.1 * beside, EXACTLY);
    work.decodingMillis = 1e9;
    double left = 10 * 100 * 10 / 110.0;
    assertThat(alone(READING).of(Term.PACE))
        .as("longer than expected: a tenth more")
        .isCloseTo(1_000 + 0.1 * (100 + left), within(1e-6));
  }

  @Test
  void handoff_isTheSecondWayInAndOut_theMissingKv_andTheLoad() {
    assertThat(answer(READING).of(Term.HANDOFF)).isCloseTo(5 + 6 + 10 + 10 + 5, EXACTLY);
    work.cachedTokens = 9_000;
    assertThat(answer(READING).of(Term.HANDOFF))
        .as("NIXL moves what is missing")
        .isCloseTo(5 + 9 + 6 + 1 + 10 + 5, EXACTLY);
    work.cachedTokens = 0;
    assertThat(answer(SENDING).of(Term.HANDOFF)).isCloseTo(5 + 1 + 10 + 20 + 10 + 5, EXACTLY);
    work.promptTokens = 5_000;
    assertThat(answer(READING).of(Term.HANDOFF))
        .as("its first step computes a prompt too")
        .isCloseTo(5 + 6 + 10 + 50 + 5, EXACTLY);
  }

  @Test
  void engineTime_countsWhereItCouldDoOtherWork() {
    PathPrice dear = new PathPrice();
    TurnPrices weighed = new TurnPrices(10_000, 100, 3);
    weighed.addAlone(READING, work, dear);
    assertThat(dear.of(Term.ENGINE_TIME)).isCloseTo(300, EXACTLY);
    weighed.addAnswer(SENDING, work, dear);
    assertThat(dear.of(Term.ENGINE_TIME)).isCloseTo(360, EXACTLY);
  }

  @Test
  void memoryIsDear_whereItIsShort_forWhatIsNewThere() {
    work.heldTokens = 60_000;
    assertThat(alone(READING).of(Term.MEMORY)).isZero();
    work.heldTokens = 80_000;
    assertThat(alone(READING).of(Term.MEMORY)).isCloseTo(15_000, within(1e-6));
    work.cachedTokens = 9_000;
    assertThat(alone(READING).of(Term.MEMORY)).isCloseTo(1_500, within(1e-6));
    work.heldTokens = 1_000_000;
    assertThat(prefill(READING).of(Term.MEMORY)).isCloseTo(3_000, within(1e-6));
  }

  @Test
  void theDecidingTerm_isWhereThePathIsCheaperByTheMost() {
    work.decodes = 10;
    PathPrice busy = new PathPrice();
    prices.addAlone(READING, work, busy);
    PathPrice over = new PathPrice();
    prices.addPrefill(READING, new NodeWork(), over);
    prices.addAnswer(READING, work, over);
    assertThat(over.total()).isLessThan(busy.total());
    assertThat(over.decides(busy)).isEqualTo(Term.NEIGHBOURS);
    assertThat(busy.decides(over)).isEqualTo(Term.HANDOFF);
    assertThat(over.toString()).startsWith("queue 0.0, compute 110.0, handoff 37.0");
  }

  @Test
  void answerLengths_areLearned_andBoundedByTheRequest() {
    AnswerLengths answers = new AnswerLengths();
    assertThat(answers.guess(-1)).isEqualTo(256);
    assertThat(answers.guess(100)).isEqualTo(100);
    for (int i = 0; i < 1_000; i++) {
      answers.learn(40);
    }
    assertThat(answers.guess(-1)).isCloseTo(40, within(0.01));
    assertThat(answers.guess(100)).isCloseTo(40, within(0.01));
  }

  @Test
  void whatNoNetworkHas_isRefused() {
    assertThatThrownBy(() -> EngineCosts.of(Engines.ROUND, HandoffCosts.NIXL, 0, 0))
        .hasMessage("network: 0.0 GB/s (expected: above 0)");
    assertThatThrownBy(() -> new EngineCosts(Engines.ROUND, HandoffCosts.NIXL, -1))
        .hasMessageContaining("moving a token");
  }
}
