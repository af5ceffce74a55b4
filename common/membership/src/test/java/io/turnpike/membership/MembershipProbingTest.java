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
    assertThat(membership.dueProbes(now, 3)).hasSize(3);
    assertThat(membership.dueProbes(now, 3)).hasSize(2);
    assertThat(membership.dueProbes(now.plusSeconds(60), 3)).as("all under way").isEmpty();
  }

  /** 100 hung engines with the first ids hold 64 slots for 4 s each; nobody may starve of it. */
  @Test
  void dueProbes_reachEveryNode_howeverManyHang() {
    int nodes = 1000;
    int slots = 64;
    Map<NodeId, Integer> asked = new TreeMap<>();
    for (int i = 0; i < nodes; i++) {
      NodeId id = new NodeId("n%04d".formatted(i));
      asked.put(id, 0);
      URI url = URI.create("http://10.1.0.1:" + (1000 + i));
      membership.announce(
          Registration.fixed(new NodeSpec(id, Role.DECODE, url, Connectors.NIXL, null)), now);
    }
    Deque<Map.Entry<Instant, ProbeOrder>> hung = new ArrayDeque<>();
    for (int tick = 0; tick < 600; tick++) {
      while (!hung.isEmpty() && !hung.getFirst().getKey().isAfter(now)) {
        ProbeOrder order = hung.removeFirst().getValue();
        Instant begun = now.minusSeconds(4);
        membership.probed(
            order.node(),
            new ProbeResult.Down(order.url(), begun, Verdict.TIMED_OUT, "no answer in time"),
            now);
      }
      for (ProbeOrder order : membership.dueProbes(now, slots - hung.size())) {
        asked.merge(order.node(), 1, Integer::sum);
        if (order.node().value().compareTo("n0100") < 0) {
          hung.addLast(Map.entry(now.plusSeconds(4), order));
        } else {
          membership.probed(order.node(), healthy(order), now);
        }
      }
      now = now.plusMillis(100);
    }
    int least = asked.values().stream().mapToInt(Integer::intValue).min().orElseThrow();
    assertThat(least).as("probes of the node asked least, in a minute").isGreaterThanOrEqualTo(5);
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
    List<ProbeOrder> due = membership.dueProbes(now, 10);
    assertThat(due).hasSize(1);
    return due.getFirst();
  }

  /** Ends the probe under way and goes on until the next is due, by milliseconds. */
  private ProbeOrder nextOrder(ProbeResult result) {
    membership.probed(ID, result, now);
    for (int i = 0; i < 2000; i++) {
      List<ProbeOrder> due = membership.dueProbes(now, 10);
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
