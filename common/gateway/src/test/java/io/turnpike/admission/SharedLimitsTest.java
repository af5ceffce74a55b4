package io.turnpike.admission;

import static io.turnpike.admission.Door.caller;
import static io.turnpike.admission.Door.limits;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.admission.Door.Turn;
import io.turnpike.caller.Caller;
import io.turnpike.caller.Limits;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class SharedLimitsTest {

  private static final Caller A = caller("a", new Limits(10.0, 10, null, null, null, 600L));

  private final Common common = new Common();
  private final Door one = new Door(limits(null, 1_000, 0), Limits.NONE);
  private final Door two = new Door(limits(null, 1_000, 0), Limits.NONE);
  private final SharedLimits ofOne = sharing(one);
  private final SharedLimits ofTwo = sharing(two);

  private SharedLimits sharing(Door door) {
    return new SharedLimits(door.admission, common, Duration.ofSeconds(5), 2);
  }

  /** Buckets that do not fill. */
  private static final class Common implements SharedBuckets {

    private final Map<String, Long> left = new HashMap<>();
    private boolean away;

    @Override
    public CompletionStage<Long> charge(Shape bucket, long amount) {
      return away
          ? CompletableFuture.failedFuture(new IllegalStateException("away"))
          : CompletableFuture.completedFuture(
              left.merge(bucket.name(), bucket.capacity() - amount, (was, now) -> was - amount));
    }
  }

  private static long inside(Door door, int come) {
    return door.come(come, A).stream().filter(Turn::isInside).count();
  }

  @Test
  void whatOneReplicaGaveOut_isMissingAtTheOther() {
    assertThat(inside(one, 6)).isEqualTo(6);
    assertThat(inside(two, 1)).isEqualTo(1);
    ofOne.tell();
    ofTwo.tell();
    assertThat(inside(two, 5)).as("10 less 7").isEqualTo(3);
    assertThat(inside(one, 1)).as("not told yet").isEqualTo(1);
    ofOne.tell();
    ofTwo.tell();
    assertThat(common.left).containsEntry("a:requests", -1L);
    assertThat(inside(two, 1)).isZero();
    assertThat(inside(one, 1)).as("it was told before the other's last three").isEqualTo(1);
    ofOne.tell();
    assertThat(inside(one, 1)).isZero();
  }

  @Test
  void tokens_areSharedToo_andGivenBack() {
    Turn turn = one.comes(A);
    assertThat(turn.permit().charge(500)).isNull();
    Turn other = two.comes(A);
    assertThat(other.permit().charge(10)).isNull();
    ofOne.tell();
    ofTwo.tell();
    assertThat(other.permit().charge(200)).isNotNull();
    turn.permit().settle(100);
    ofOne.tell();
    assertThat(common.left).containsEntry("a:tokens", 490L);
  }

  @Test
  void whileNobodyCanTell_eachGivesOutItsShare_andSaysSo(CapturedOutput output) {
    assertThat(ofOne.word()).isEqualTo("shared");
    one.comes(A);
    common.away = true;
    ofOne.tell();
    assertThat(ofOne.word()).isEqualTo("share of 2");
    assertThat(inside(one, 10)).as("half of what is left").isBetween(4L, 5L);
    one.pass(Duration.ofSeconds(60));
    assertThat(inside(one, 10)).isEqualTo(5);
    ofOne.tell();
    Caller late = caller("late", new Limits(10.0, 10, null, null, null, null));
    assertThat(one.come(10, late).stream().filter(Turn::isInside)).hasSize(5);
    common.away = false;
    ofOne.tell();
    assertThat(ofOne.word()).isEqualTo("shared");
    one.pass(Duration.ofSeconds(60));
    assertThat(inside(one, 12)).isEqualTo(10);
    assertThat(output.getAll().lines().filter(line -> line.contains("limits of callers")))
        .hasSize(2);
  }

  @Test
  void nothingIsTold_ofWhoUsedNothing() {
    one.comes();
    ofOne.tell();
    assertThat(common.left).isEmpty();
  }
}
