package io.turnpike.simulator.engine;

import static io.turnpike.simulator.engine.Engines.MILLI;
import static io.turnpike.simulator.engine.Engines.profile;
import static io.turnpike.simulator.engine.Engines.prompt;
import static io.turnpike.simulator.engine.Engines.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.turnpike.cost.EngineProfile;
import io.turnpike.cost.FrontEndCosts;
import io.turnpike.cost.HandoffCosts;
import io.turnpike.simulator.engine.EngineOptions.TokenEvents;
import io.turnpike.simulator.handoff.Claim;
import io.turnpike.simulator.handoff.Handoff;
import io.turnpike.simulator.handoff.KvSource;
import org.junit.jupiter.api.Test;

class EngineCoreTest {

  private static final EngineOptions OPTIONS = EngineOptions.DEFAULT.with(HandoffCosts.FREE);

  private final Engines.Log log = new Engines.Log();

  private static EngineCore engine(int budget, int maxSequences, int blocks) {
    return new EngineCore(profile(budget, maxSequences, blocks), OPTIONS);
  }

  private void runAll(EngineCore engine) {
    while (engine.live() > 0) {
      long next = engine.nextEventNanos();
      assertThat(next).isNotEqualTo(Long.MAX_VALUE);
      engine.advance(next, log);
    }
    engine.advance(engine.nextEventNanos() == Long.MAX_VALUE ? 0 : engine.nextEventNanos(), log);
  }

  @Test
  void prompt_isComputedInChunksOfTheBudget_thenTokensComeStepByStep() {
    EngineCore engine = engine(32, 8, 64);
    engine.submit(request("a", 1, 40, 3), 0);
    runAll(engine);

    assertThat(log.lines).containsExactly("a[0]@42", "a[1]@52", "a[2]@62", "a LENGTH@62");
    assertThat(engine.nextEventNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(engine.freeBlocks()).isEqualTo(64);
  }

  @Test
  void runningRequests_comeBeforeWaitingOnes_andChunksFillTheBudget() {
    EngineCore engine = engine(33, 8, 64);
    engine.submit(request("a", 1, 32, 9), 0);
    engine.advance(32 * MILLI, log);
    engine.submit(request("b", 2, 64, 1), 32 * MILLI);
    runAll(engine);

    // The step under way at 32 ms goes on; then each step has a's token and 32 tokens of b.
    assertThat(log.lines).startsWith("a[0]@32", "a[1]@42", "a[2]@74", "a[3]@106", "b[0]@106");
  }

  @Test
  void sequenceSlots_areFirstComeFirstServed() {
    EngineCore engine = engine(100, 1, 64);
    engine.submit(request("a", 1, 16, 2), 0);
    engine.submit(request("b", 2, 16, 1), 0);
    engine.advance(0, log);
    assertThat(engine.running()).isEqualTo(1);
    assertThat(engine.waiting()).isEqualTo(1);
    runAll(engine);

    assertThat(log.lines).containsSubsequence("a LENGTH@26", "b[0]@42", "b LENGTH@42");
  }

  @Test
  void nextTurn_computesOnlyWhatIsNew_andAlwaysTheLastToken() {
    EngineCore engine = engine(1000, 8, 64);
    engine.submit(request("a", 1, 160, 1), 0);
    engine.submit(request("b", 1, 160, 1), 200 * MILLI);
    engine.submit(request("c", 1, 168, 1), 400 * MILLI);
    engine.advance(1000 * MILLI, log);

    assertThat(log.of("b").cachedTokens()).isEqualTo(144);
    assertThat(log.lines).contains("b[0]@216", "c[0]@410");
    assertThat(log.of("c").cachedTokens()).isEqualTo(160);
  }

  @Test
  void answers_areFoundAgainOnlyIfTheirBlocksAreNamed() {
    EngineCore engine = engine(1000, 8, 64);
    Prompt first = prompt(1, 16);
    engine.submit(new EngineRequest("a", first, 33, Handoff.NONE), 0);
    engine.submit(
        new EngineRequest(
            "b", prompt(2, 16), 33, Handoff.NONE, i -> prompt(2, 64).blockHashes()[i]),
        0);
    engine.advance(1000 * MILLI, log);
    engine.submit(request("a2", 1, 64, 1), 1000 * MILLI);
    engine.submit(request("b2", 2, 64, 1), 1000 * MILLI);
    engine.advance(2000 * MILLI, log);

    assertThat(log.of("a2").cachedTokens()).isEqualTo(16);
    assertThat(log.of("b2").cachedTokens()).isEqualTo(48);
  }

  @Test
  void whenKvIsFull_theNewestGivesItsBlocksBack_andStillEndsOnce() {
    EngineCore engine = engine(1000, 8, 6);
    engine.submit(request("a", 1, 32, 33), 0);
    engine.submit(request("b", 2, 32, 33), 0);
    runAll(engine);

    assertThat(log.lines).anyMatch(line -> line.startsWith("b preempted"));
    assertThat(log.lines).noneMatch(line -> line.startsWith("a preempted"));
    assertThat(log.finished).hasSize(2);
    assertThat(log.of("b").preemptions()).isEqualTo(1);
    assertThat(log.lines.stream().filter(line -> line.startsWith("b["))).hasSize(33);
    assertThat(engine.freeBlocks()).isEqualTo(6);
  }

  @Test
  void requestThatCanNeverFit_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> engine(1000, 8, 4).submit(request("a", 1, 64, 1), 0))
        .withMessageContaining("at most 64");
  }

  @Test
  void abort_freesTheBlocksAtOnce_andLetsTheNextOneIn() {
    EngineCore engine = engine(1000, 1, 64);
    engine.submit(request("a", 1, 16, 50), 0);
    engine.submit(request("b", 2, 16, 1), 0);
    engine.advance(30 * MILLI, log);
    assertThat(engine.abort("a", 30 * MILLI)).isTrue();
    assertThat(engine.abort("a", 30 * MILLI)).isFalse();
    runAll(engine);

    assertThat(log.lines).containsSubsequence("a ABORTED@30", "b[0]@52");
    assertThat(engine.freeBlocks()).isEqualTo(64);
  }

  @Test
  void unreadPrompts_fillThePrefillEngine_untilTheirLeasesEnd() {
    EngineCore engine = new EngineCore(profile(1000, 8, 4), OPTIONS.withLeaseNanos(500 * MILLI));
    engine.submit(new EngineRequest("p", prompt(1, 48), 1, Handoff.PRODUCE), 0);
    engine.advance(48 * MILLI, log);
    assertThat(engine.freeBlocks()).isEqualTo(1);
    engine.submit(request("next", 2, 48, 1), 48 * MILLI);
    runAll(engine);

    assertThat(log.lines)
        .containsExactly(
            "p[0]@48", "p LENGTH@48", "p expired@548", "next[0]@596", "next LENGTH@596");
  }

  @Test
  void readPrompt_freesItsBlocks_andIsReadOnce() {
    EngineCore engine = engine(1000, 8, 4);
    engine.submit(new EngineRequest("p", prompt(1, 48), 1, Handoff.PRODUCE), 0);
    engine.advance(48 * MILLI, log);

    assertThat(engine.claim("p")).isInstanceOf(Claim.Granted.class);
    assertThat(engine.claim("p")).isInstanceOf(Claim.Refused.class);
    assertThat(engine.freeBlocks()).isEqualTo(1);
    assertThat(engine.release("p", 60 * MILLI)).isTrue();
    assertThat(engine.freeBlocks()).isEqualTo(4);
    assertThat(engine.release("p", 60 * MILLI)).isFalse();
  }

  @Test
  void decodeLeg_movesOnlyWhatItLacks_andStallsWhileItLoads() {
    EngineOptions stalling = OPTIONS.with(new HandoffCosts(0, 0, 5, 0.5));
    EngineCore engine = new EngineCore(profile(1000, 8, 64), stalling);
    engine.submit(request("turn1", 1, 32, 1), 0);
    engine.advance(100 * MILLI, log);
    KvSource source = (tokens, now) -> now + tokens * MILLI;
    engine.submit(
        new EngineRequest("turn2", prompt(1, 64), 2, new Handoff.Consume(64, source)), 100 * MILLI);
    engine.advance(120 * MILLI, log);
    assertThat(engine.waiting()).isEqualTo(1);
    runAll(engine);

    // 32 ms of transfer, then a step of 10 ms and 5 + 32 ms of stall: all of the prompt is loaded.
    assertThat(log.lines).contains("turn2[0]@179", "turn2[1]@189");
    assertThat(log.of("turn2").externalTokens()).isEqualTo(32);
    assertThat(log.of("turn2").cachedTokens()).isEqualTo(32);
  }

  @Test
  void failedTransfer_isComputedHere() {
    EngineCore engine = engine(1000, 8, 64);
    KvSource later = (tokens, now) -> KvSource.LATER;
    engine.submit(new EngineRequest("d", prompt(1, 64), 1, new Handoff.Consume(64, later)), 0);
    engine.advance(50 * MILLI, log);
    assertThat(log.lines).isEmpty();

    assertThat(engine.deliver("d", EngineCore.TransferEnd.FAILED, 50 * MILLI)).isTrue();
    runAll(engine);
    assertThat(log.lines).containsExactly("d[0]@114", "d LENGTH@114");
    assertThat(log.of("d").externalTokens()).isZero();
  }

  @Test
  void sending_keepsTheStepOpen_onePromptAfterTheOther() {
    EngineOptions sending = OPTIONS.with(new HandoffCosts(100, 0, 0, 0));
    EngineCore engine = new EngineCore(profile(1000, 8, 64), sending);
    engine.submit(new EngineRequest("p", prompt(1, 16), 1, Handoff.PRODUCE), 0);
    engine.submit(new EngineRequest("q", prompt(2, 16), 1, Handoff.PRODUCE), 0);
    runAll(engine);

    // 32 ms of computing are over long before two prompts of 100 ms are sent.
    assertThat(log.lines).contains("p[0]@200", "q[0]@200");
  }

  @Test
  void frontEnd_tokenisesOneAfterTheOther_andDelaysBothWays() {
    EngineProfile bare = profile(1000, 8, 64);
    EngineProfile fronted =
        new EngineProfile("test", "", bare.steps(), new FrontEndCosts(4, 5, 0, 3), bare.limits());
    EngineCore engine = new EngineCore(fronted, OPTIONS);
    engine.submit(request("a", 1, 16, 1), 0);
    engine.submit(request("b", 2, 16, 1), 0);
    runAll(engine);

    // a: 5 + 4 + 16 + 3; b comes through at 14 but waits for the step that ends at 25.
    assertThat(log.lines).containsExactly("a[0]@28", "a LENGTH@28", "b[0]@44", "b LENGTH@44");
  }

  @Test
  void stepsInARow_giveTheSameTimes_asStepByStep() {
    EngineCore single = engine(64, 4, 32);
    EngineCore rows = new EngineCore(profile(64, 4, 32), OPTIONS.with(TokenEvents.FIRST));
    Engines.Log rowLog = new Engines.Log();
    for (int i = 0; i < 12; i++) {
      EngineRequest request = request("r" + i, i, 20 + 7 * i, 5 + 11 * i);
      single.submit(request, i * 33L * MILLI);
      rows.submit(request, i * 33L * MILLI);
    }
    single.advance(100_000 * MILLI, log);
    rows.advance(100_000 * MILLI, rowLog);

    assertThat(rowLog.lines)
        .containsExactlyElementsOf(
            log.lines.stream().filter(line -> !line.matches(".*\\[[1-9]\\d*\\].*")).toList());
    assertThat(rowLog.lines).hasSizeGreaterThanOrEqualTo(24);
    assertThat(rows.stats().steps()).isEqualTo(single.stats().steps());
  }

  @Test
  void freeProfile_answersAtOnce() {
    EngineCore engine = new EngineCore(profile(64, 4, 32).free(), OPTIONS);
    engine.submit(request("a", 1, 100, 20), 7);
    engine.advance(7, log);

    assertThat(log.lines).hasSize(21).last().isEqualTo("a LENGTH@0");
  }
}
