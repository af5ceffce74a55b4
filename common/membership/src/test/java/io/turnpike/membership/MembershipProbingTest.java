package io.turnpike.membership;

import static io.turnpike.membership.Probes.ID;
import static io.turnpike.membership.Probes.SPEC;
import static io.turnpike.membership.Probes.START;
import static io.turnpike.membership.Probes.alive;
import static io.turnpike.membership.Probes.good;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.connector.Connectors;
import io.turnpike.membership.ProbeResult.Identity;
import io.turnpike.membership.ProbeResult.Verdict;
import io.turnpike.node.NodeId;
import io.turnpike.node.Role;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is asked when, and for what. */
class MembershipProbingTest {

  private final Membership membership = new Membership(MembershipRules.DEFAULTS);
  private Instant now = START;

  @Test
  void dueProbes_handsOutEachOnce_andNoMoreThanAsked() {
    for (int i = 0; i < 5; i++) {
      URI url = URI.create("http://10.1.0.1:" + (1000 + i));
      membership.announce(
          Registration.fixed(
              new NodeSpec(new NodeId("n" + i), Role.DECODE, url, Connectors.NIXL, null)),
          now);
    }
    assertThat(membership.dueProbes(now, 4, 1)).hasSize(3);
    assertThat(membership.dueProbes(now, 6, 3)).hasSize(2);
    assertThat(membership.dueProbes(now.plusSeconds(60), 3, 0)).as("all under way").isEmpty();
  }

  /** Every healthy node is asked about once a second, however many of the others hang. */
  @ParameterizedTest
  @ValueSource(ints = {0, 100, 500})
  void dueProbes_askEveryoneInTime_of1024Nodes_howeverManyHang(int hanging) {
    int slots = MembershipDriver.MAX_PROBES_AT_ONCE;
    Map<NodeId, Instant> asked = new TreeMap<>();
    for (int i = 0; i < 1024; i++) {
      NodeId id = new NodeId("n%04d".formatted(i));
      asked.put(id, now);
      URI url = URI.create("http://10.1.0.1:" + (1000 + i));
      membership.announce(
          Registration.fixed(new NodeSpec(id, Role.DECODE, url, Connectors.NIXL, null)), now);
    }
    Deque<Map.Entry<Instant, ProbeOrder>> hung = new ArrayDeque<>();
    Duration longestWait = Duration.ZERO;
    Duration longestWaitOfHung = Duration.ZERO;
    for (int tick = 0; tick < 600; tick++) {
      while (!hung.isEmpty() && !hung.getFirst().getKey().isAfter(now)) {
        ProbeOrder order = hung.removeFirst().getValue();
        membership.probed(
            order.node(),
            new ProbeResult.Down(order.url(), now, Verdict.TIMED_OUT, "no answer in time"),
            now);
      }
      for (ProbeOrder order : membership.dueProbes(now, slots, hung.size())) {
        Duration waited = Duration.between(asked.put(order.node(), now), now);
        if (Integer.parseInt(order.node().value().substring(1)) < hanging) {
          hung.addLast(Map.entry(now.plusSeconds(4), order));
          longestWaitOfHung = longer(longestWaitOfHung, waited);
        } else {
          membership.probed(order.node(), healthy(order), now);
          // The first round is that in which nobody knows yet who hangs.
          longestWait = tick < 100 ? longestWait : longer(longestWait, waited);
        }
      }
      now = now.plusMillis(100);
    }
    assertThat(longestWait).as("of a healthy node").isLessThanOrEqualTo(Duration.ofMillis(1500));
    assertThat(longestWaitOfHung).as("of a hung one").isLessThan(Duration.ofSeconds(20));
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  @Test
  void dueProbes_askForModelsEveryTenSeconds_onceTheNodeServes() {
    membership.announce(Registration.fixed(SPEC), now);
    assertThat(order().identity()).as("nothing is known").isTrue();
    membership.probed(ID, good("1", now), now);

    Instant asked = now;
    assertThat(nextOrder(good("1", now)).identity()).isFalse();
    assertThat(Duration.between(asked, now))
        .as("earlier by a part that differs by node")
        .isBetween(Duration.ofMillis(500), Duration.ofMillis(999));

    asked = now;
    assertThat(nextOrder(alive(now)).identity()).isFalse();
    assertThat(Duration.between(asked, now)).isEqualTo(Duration.ofSeconds(1));

    int others = 2;
    while (!nextOrder(alive(now)).identity()) {
      others++;
    }
    assertThat(others).isBetween(9, 11);
  }

  /** The only probe that is due. */
  private ProbeOrder order() {
    List<ProbeOrder> due = membership.dueProbes(now, 10, 0);
    assertThat(due).hasSize(1);
    return due.getFirst();
  }

  /** Ends the probe under way and goes on until the next is due, by milliseconds. */
  private ProbeOrder nextOrder(ProbeResult result) {
    membership.probed(ID, result, now);
    for (int i = 0; i < 2000; i++) {
      List<ProbeOrder> due = membership.dueProbes(now, 10, 0);
      if (!due.isEmpty()) {
        return due.getFirst();
      }
      now = now.plusMillis(1);
    }
    throw new AssertionError("no probe is due within 2 s");
  }

  private ProbeResult healthy(ProbeOrder order) {
    return new ProbeResult.Up(order.url(), now, new Identity(List.of("m"), null), null);
  }
}
