package io.turnpike.admission;

import static io.turnpike.admission.Door.caller;
import static io.turnpike.admission.Door.limits;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.admission.Door.Turn;
import io.turnpike.caller.Caller;
import io.turnpike.caller.Limits;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AdmissionTest {

  private static final Caller A = caller("a");
  private static final Caller B = caller("b");

  // --- places ---

  @Test
  void turnsOverTheLimit_areRefused_untilOneEnds() {
    Door door = new Door(limits(null, 2, 0), Limits.NONE);
    Turn first = door.comes();
    door.comes();
    assertThat(door.comes().refusal().code()).isEqualTo("too_many_turns");
    assertThat(door.admission.turns()).isEqualTo(2);
    first.ends();
    assertThat(door.comes().isInside()).isTrue();
  }

  @Test
  void permit_isGivenBackOnce() {
    Door door = new Door(limits(null, 2, 0), Limits.NONE);
    Turn first = door.comes();
    door.comes();
    first.ends();
    first.ends();
    assertThat(door.admission.turns()).isEqualTo(1);
    assertThat(door.comes().isInside()).isTrue();
    assertThat(door.comes().isInside()).isFalse();
  }

  @Test
  void placesOfACaller_areItsOwn() {
    Door door = new Door(limits(null, 3, 0), limits(null, 1, null));
    assertThat(door.comes(A).isInside()).isTrue();
    assertThat(door.comes(A).refusal().message()).contains("this key");
    assertThat(door.comes(B).isInside()).isTrue();
  }

  @Test
  void ownLimits_comeBeforeThoseOfAllCallers() {
    Door door = new Door(limits(null, 10, 0), limits(null, 1, null));
    Caller rich = caller("rich", limits(null, 3, null));
    assertThat(door.come(3, rich)).allMatch(Turn::isInside);
    assertThat(door.comes(rich).isInside()).isFalse();
  }

  @Test
  void changedLimits_countAtOnce_andOldTurnsLeaveOldPlaces() {
    Door door = new Door(limits(null, 10, 0), Limits.NONE);
    Turn before = door.comes(caller("c", limits(null, 1, null)));
    Caller now = caller("c", limits(null, 2, null));
    assertThat(door.come(2, now)).allMatch(Turn::isInside);
    before.ends();
    assertThat(door.comes(now).isInside()).isFalse();
  }

  // --- the queue ---

  @Test
  void turnsWait_andGoInInTheirOrder() {
    Door door = new Door(limits(null, 1, 2), Limits.NONE);
    Turn first = door.comes();
    Turn second = door.comes();
    Turn third = door.comes();
    assertThat(door.comes().refusal().code()).isEqualTo("queue_full");
    assertThat(door.admission.waiting()).isEqualTo(2);
    first.ends();
    assertThat(second.isInside()).isTrue();
    assertThat(third.waits()).isTrue();
    second.ends();
    assertThat(third.isInside()).isTrue();
    assertThat(door.admission.waiting()).isZero();
  }

  @Test
  void whoWaitsTooLong_isSentAway() {
    Door door = new Door(new Limits(null, null, 1, 5, Duration.ofSeconds(2), null), Limits.NONE);
    door.comes();
    Turn waiting = door.comes();
    door.pass(Duration.ofMillis(1_999));
    assertThat(waiting.waits()).isTrue();
    door.pass(Duration.ofMillis(2));
    assertThat(waiting.refusal().code()).isEqualTo("queue_timeout");
    assertThat(waiting.refusal().status()).isEqualTo(429);
    assertThat(door.admission.waiting()).isZero();
  }

  @Test
  void whoLeaves_givesItsPlaceInTheQueueUp() {
    Door door = new Door(limits(null, 1, 1), Limits.NONE);
    Turn first = door.comes();
    Turn leaves = door.comes();
    assertThat(leaves.ticket).isNotNull();
    leaves.ticket.leave();
    Turn third = door.comes();
    assertThat(third.waits()).isTrue();
    first.ends();
    assertThat(third.isInside()).isTrue();
    assertThat(leaves.waits()).isTrue();
  }

  @Test
  void oneTurnOfACaller_doesNotWaitBehindAThousandOfAnother() {
    Door door = new Door(limits(null, 1, 1_000), Limits.NONE);
    Turn inside = door.comes(A);
    List<Turn> thousand = door.come(1_000, A);
    Turn one = door.comes(B);
    assertThat(one.waits()).isTrue();
    assertThat(thousand.getLast().refusal().code())
        .as("the longest line gives its last up")
        .isEqualTo("queue_full");
    inside.ends();
    assertThat(thousand.getFirst().isInside()).isTrue();
    thousand.getFirst().ends();
    assertThat(one.isInside()).isTrue();
  }

  @Test
  void callers_takeTurns() {
    Door door = new Door(limits(null, 1, 100), Limits.NONE);
    Turn inside = door.comes(A);
    List<Turn> ofA = door.come(3, A);
    List<Turn> ofB = door.come(3, B);
    List<Turn> order = List.of(ofA.get(0), ofB.get(0), ofA.get(1), ofB.get(1), ofA.get(2));
    for (Turn next : order) {
      inside.ends();
      assertThat(next.isInside()).isTrue();
      inside = next;
    }
  }

  @Test
  void callerAtItsOwnLimit_holdsNobodyUp() {
    Door door = new Door(limits(null, 10, 10), limits(null, 1, null));
    door.comes(A);
    Turn waits = door.comes(A);
    assertThat(waits.waits()).isTrue();
    assertThat(door.comes(B).isInside()).isTrue();
    assertThat(waits.waits()).isTrue();
  }

  @Test
  void queueOfACaller_hasABoundOfItsOwn() {
    Door door = new Door(limits(null, 1, 100), limits(null, null, 2));
    door.comes(A);
    assertThat(door.come(2, A)).allMatch(Turn::waits);
    assertThat(door.comes(A).refusal().code()).isEqualTo("queue_full");
    assertThat(door.comes(B).waits()).isTrue();
  }

  // --- rates ---

  @Test
  void rate_isATokenBucketWithABurst() {
    Door door = new Door(new Limits(10.0, 3, null, 0, null, null), Limits.NONE);
    assertThat(door.come(3, Caller.ANYBODY)).allMatch(Turn::isInside);
    assertThat(door.comes().refusal().code()).isEqualTo("rate_limit_exceeded");
    door.pass(Duration.ofMillis(100));
    assertThat(door.comes().isInside()).isTrue();
    assertThat(door.comes().isInside()).isFalse();
    door.pass(Duration.ofSeconds(60));
    assertThat(door.come(4, Caller.ANYBODY).stream().filter(Turn::isInside)).hasSize(3);
  }

  @Test
  void whoWaitsForARate_isLetInByTime() {
    Door door = new Door(new Limits(10.0, 1, null, 5, null, null), Limits.NONE);
    door.comes();
    Turn second = door.comes();
    Turn third = door.comes();
    door.pass(Duration.ofMillis(99));
    assertThat(second.waits()).isTrue();
    door.pass(Duration.ofMillis(2));
    assertThat(second.isInside()).isTrue();
    assertThat(third.waits()).isTrue();
    door.pass(Duration.ofMillis(100));
    assertThat(third.isInside()).isTrue();
  }

  @Test
  void rateMayBeAFraction() {
    Door door = new Door(limits(0.5, null, 0), Limits.NONE);
    assertThat(door.comes().isInside()).isTrue();
    door.pass(Duration.ofMillis(1_900));
    assertThat(door.comes().isInside()).isFalse();
    door.pass(Duration.ofMillis(101));
    assertThat(door.comes().isInside()).isTrue();
  }

  @Test
  void whoWouldWaitTooLongForARate_isToldAtOnce() {
    Caller slow = caller("slow", new Limits(1.0, 1, null, 100, Duration.ofSeconds(2), null));
    Door door = new Door(limits(null, 10, 100), Limits.NONE);
    List<Turn> turns = door.come(4, slow);
    assertThat(turns.subList(1, 3)).allMatch(Turn::waits);
    assertThat(turns.get(3).refusal().headers()).containsEntry("Retry-After", "3");
  }

  @Test
  void retryAfter_comesOfBucketAndQueue() {
    Door rate = new Door(new Limits(0.1, 1, null, 0, null, null), Limits.NONE);
    rate.comes();
    assertThat(rate.comes().refusal().headers()).containsEntry("Retry-After", "10");
    Door places = new Door(limits(null, 1, 2), Limits.NONE);
    Turn first = places.comes();
    places.pass(Duration.ofSeconds(4));
    first.ends();
    places.come(3, Caller.ANYBODY);
    assertThat(places.comes().refusal().headers())
        .as("three turns of 4 s each")
        .containsEntry("Retry-After", "12");
  }

  @Test
  void answers_tellWhatIsLeft() {
    Door door = new Door(new Limits(2.0, 4, null, 0, null, null), Limits.NONE);
    List<String> headers = new ArrayList<>();
    door.comes().permit().tell((name, value) -> headers.add(name + "=" + value));
    assertThat(headers)
        .containsExactly(
            "x-ratelimit-limit-requests=4",
            "x-ratelimit-remaining-requests=3",
            "x-ratelimit-reset-requests=500ms");
    door.come(3, Caller.ANYBODY);
    assertThat(door.comes().refusal().headers())
        .containsEntry("x-ratelimit-remaining-requests", "0")
        .containsEntry("x-ratelimit-reset-requests", "2s");
  }

  // --- tokens ---

  @Test
  void tokens_areTakenByEstimate_andSetRightByUse() {
    Caller caller = caller("t", new Limits(null, null, null, null, null, 600L));
    Door door = new Door(limits(null, 10, 0), Limits.NONE);
    Turn first = door.comes(caller);
    assertThat(first.permit().charge(500)).isNull();
    Turn second = door.comes(caller);
    assertThat(second.permit().charge(200)).isNotNull();
    first.permit().settle(100);
    assertThat(second.permit().charge(200)).isNull();
    second.permit().settle(900);
    List<String> headers = new ArrayList<>();
    second.permit().tell((name, value) -> headers.add(name + "=" + value));
    assertThat(headers).contains("x-ratelimit-limit-tokens=600", "x-ratelimit-remaining-tokens=0");
    Turn third = door.comes(caller);
    assertThat(third.permit().charge(1)).as("in debt").isNotNull();
    door.pass(Duration.ofSeconds(41));
    assertThat(third.permit().charge(1)).isNull();
  }

  @Test
  void tooManyTokens_areA429_thatSaysWhen() {
    Caller caller = caller("t", new Limits(null, null, null, null, null, 600L));
    Door door = new Door(limits(null, 10, 0), Limits.NONE);
    assertThat(door.comes(caller).permit().charge(5_000)).as("a whole minute's").isNull();
    var refusal = door.comes(caller).permit().charge(100);
    assertThat(refusal).isNotNull();
    assertThat(refusal.code()).isEqualTo("token_limit_exceeded");
    assertThat(refusal.headers())
        .containsEntry("Retry-After", "10")
        .containsEntry("x-ratelimit-reset-tokens", "1m0s");
  }

  // --- the end ---

  @Test
  void draining_refusesWhoWaits_andTellsWhenTheLastHasEnded() {
    Door door = new Door(limits(null, 1, 5), Limits.NONE);
    Turn inside = door.comes();
    List<Turn> waiting = door.come(3, A);
    AtomicInteger idle = new AtomicInteger();
    door.admission.drain(idle::incrementAndGet);
    door.pass(Duration.ZERO);
    assertThat(waiting).allSatisfy(turn -> assertThat(turn.refusal().status()).isEqualTo(503));
    assertThat(door.comes().refusal().code()).isEqualTo("draining");
    assertThat(idle).hasValue(0);
    inside.ends();
    assertThat(idle).hasValue(1);
    assertThat(door.admission.turns()).isZero();
    assertThat(door.admission.waiting()).isZero();
  }

  /** Whatever comes, goes and passes: never over a limit, nobody lost, nothing left behind. */
  @Property(tries = 200)
  void nothingLeaks(@ForAll List<@IntRange(max = 6) Integer> steps) {
    Door door = new Door(new Limits(5.0, 3, 3, 4, Duration.ofSeconds(3), null), limits(null, 2, 3));
    Caller[] callers = {A, B, Caller.ANYBODY};
    Deque<Turn> all = new ArrayDeque<>();
    for (int step : steps) {
      switch (step) {
        case 0, 1, 2 -> all.add(door.comes(callers[step]));
        case 3 -> all.stream().filter(Turn::isInside).findFirst().ifPresent(Turn::ends);
        case 4 -> all.stream().filter(Turn::waits).findFirst().ifPresent(AdmissionTest::leave);
        case 5 -> door.pass(Duration.ofMillis(200));
        default -> door.pass(Duration.ofSeconds(2));
      }
      assertThat(door.admission.turns()).isLessThanOrEqualTo(3);
      assertThat(door.admission.waiting()).isLessThanOrEqualTo(4);
    }
    for (int i = 0; i < 20; i++) {
      all.stream().filter(Turn::isInside).forEach(Turn::ends);
      door.pass(Duration.ofSeconds(1));
    }
    assertThat(door.admission.turns()).isZero();
    assertThat(door.admission.waiting()).isZero();
  }

  private static void leave(Turn turn) {
    if (turn.ticket != null) {
      turn.ticket.leave();
    }
  }
}
