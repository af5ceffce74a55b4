package io.turnpike.membership;

import static io.turnpike.membership.Probes.ID;
import static io.turnpike.membership.Probes.SPEC;
import static io.turnpike.membership.Probes.START;
import static io.turnpike.membership.Probes.URL;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.membership.MembershipRules.Lives;
import io.turnpike.membership.ProbeResult.Identity;
import io.turnpike.membership.ProbeResult.Verdict;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeLoad;
import io.turnpike.node.NodeState;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Watchers of one engine give each of its lives one name. */
class LifeTest {

  private Instant now = START;

  /** One watcher. */
  private final class Watcher {
    final Membership membership;

    Watcher(MembershipRules rules) {
      membership = new Membership(rules);
      membership.announce(Registration.fixed(SPEC), now);
    }

    Epoch sees(@Nullable String start) {
      return sees(start, true);
    }

    Epoch sees(@Nullable String start, boolean identity) {
      EngineMetrics metrics =
          start == null && !identity
              ? null
              : new EngineMetrics(new NodeLoad(0, 0, 0, 0, 0, START), start);
      Identity who = identity ? new Identity(List.of("m"), null) : null;
      membership.probed(ID, new ProbeResult.Up(URL, now, who, metrics), now);
      return node().epoch();
    }

    void down(Verdict verdict) {
      membership.probed(ID, new ProbeResult.Down(URL, now, verdict, "down"), now);
    }

    Node node() {
      return Objects.requireNonNull(membership.table().node(ID));
    }
  }

  private final Watcher one = new Watcher(MembershipRules.DEFAULTS);

  @Test
  void untold_hasOneName_whoeverBeganToWatchWhen() {
    Epoch first = one.sees(null);
    now = now.plusSeconds(77);
    assertThat(new Watcher(MembershipRules.DEFAULTS).sees(null)).isEqualTo(first);
    assertThat(one.sees(null)).as("still the same life").isEqualTo(first);
    assertThat(first).isNotEqualTo(Epoch.UNKNOWN);
    assertThat(first.isGuessed()).isTrue();
  }

  @Test
  void untold_survivesARestartOfOurs() {
    one.sees(null);
    one.down(Verdict.REFUSED);
    Epoch second = one.sees(null);
    Watcher next = new Watcher(MembershipRules.DEFAULTS);
    next.membership.restore(Registration.fixed(SPEC), one.node(), now);
    now = now.plusSeconds(5);
    assertThat(next.sees(null)).isEqualTo(second);
  }

  @Test
  void untold_endsWithAClosedPort() {
    Epoch first = one.sees(null);
    one.down(Verdict.REFUSED);
    Epoch second = one.sees(null);
    assertThat(second).isNotEqualTo(first);
    one.down(Verdict.REFUSED);
    assertThat(one.sees(null)).as("in the same millisecond").isNotEqualTo(second);
  }

  @ParameterizedTest
  @EnumSource(
      value = Verdict.class,
      names = {"TIMED_OUT", "CERTAIN"})
  void untold_goesOn_whenItOnlyDidNotAnswer(Verdict verdict) {
    Epoch first = one.sees(null);
    one.down(verdict);
    one.down(verdict);
    one.down(verdict);
    assertThat(one.sees(null)).isEqualTo(first);
  }

  @Test
  void untold_neverEnds_forWatchersThatDoNotKnowOfEachOther() {
    Watcher alone = new Watcher(MembershipRules.DEFAULTS.alone());
    assertThat(MembershipRules.DEFAULTS.alone().lives()).isEqualTo(Lives.TOLD);
    Epoch first = alone.sees(null);
    alone.down(Verdict.REFUSED);
    assertThat(alone.sees(null)).isEqualTo(first);
    alone.down(Verdict.REFUSED);
    assertThat(alone.sees("7")).as("what it tells counts").isEqualTo(new Epoch("s7"));
  }

  @Test
  void told_keepsItsName_whileThePageIsLate() {
    assertThat(one.sees("5")).isEqualTo(new Epoch("s5"));
    one.down(Verdict.TIMED_OUT);
    one.down(Verdict.TIMED_OUT);
    one.down(Verdict.TIMED_OUT);
    assertThat(one.node().state()).isEqualTo(NodeState.SUSPECT);
    assertThat(one.sees(null)).as("no metrics yet").isEqualTo(new Epoch("s5"));
    assertThat(one.sees("5", false)).isEqualTo(new Epoch("s5"));
    assertThat(one.node().state()).isEqualTo(NodeState.READY);
  }

  @Test
  void told_later_isTheSameLifeWithABetterName() {
    one.sees(null);
    assertThat(one.sees("5", false)).isEqualTo(new Epoch("s5"));
    assertThat(one.node().state()).as("it need not prove itself again").isEqualTo(NodeState.READY);
  }

  @Test
  void told_isRememberedWithItsEngineId() {
    Life life = new Life();
    life.remember(new Epoch("s1795221502.37-an-id"));
    assertThat(life.answered(null, "an-id", START)).isEqualTo(new Epoch("s1795221502.37-an-id"));
    life.end();
    assertThat(life.answered(null, "an-id", START).value())
        .isEqualTo("l" + START.toEpochMilli() + "-an-id");
  }

  @Test
  void agreedWith_isTheLaterBeginning_ofThoseWhoWereNotTold() {
    Life early = new Life();
    early.answered(null, null, START);
    assertThat(early.agreedWith(new Epoch("l5"), null)).isEqualTo(new Epoch("l5"));
    assertThat(early.agreedWith(new Epoch("l5"), null)).as("agreed").isNull();
    assertThat(early.agreedWith(new Epoch("l4"), null)).as("an earlier one").isNull();
    assertThat(early.agreedWith(new Epoch("s9"), null)).as("its own probe will tell").isNull();
    early.answered("3", null, START);
    assertThat(early.agreedWith(new Epoch("l6"), null)).as("told is better").isNull();
  }

  @Test
  void agreedWith_isNotSeenOnceMore_byOneWhoSawThePortClosedToo() {
    Life life = new Life();
    life.answered(null, null, START);
    life.end();
    Epoch agreed = life.agreedWith(new Epoch("l5"), null);
    assertThat(life.answered(null, null, START)).isEqualTo(agreed);
  }
}
