package io.turnpike.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.connector.Connectors;
import io.turnpike.membership.ProbeResult.Identity;
import io.turnpike.membership.ProbeResult.Verdict;
import io.turnpike.membership.Registration.Origin;
import io.turnpike.node.Cluster;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeLoad;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Engines that live, die and restart at random, a network that delays probe results, operators and
 * gateways that interfere: after every event the named invariants hold.
 */
class MembershipSimulationTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final MembershipRules RULES = MembershipRules.DEFAULTS;
  private static final int EVENTS = 5_000;

  /** What is true of an engine, which the membership can only ask. */
  private static final class Engine {
    final NodeSpec spec;
    final Origin origin;
    boolean alive;
    boolean announces = true;
    int life = 1;

    Engine(int number, Origin origin) {
      URI url = URI.create("http://10.0.0.1:" + (8000 + number));
      this.origin = origin;
      spec =
          new NodeSpec(
              new NodeId("e" + number),
              List.of(Role.values()).get(number % 3),
              url,
              Connectors.NIXL,
              null);
    }
  }

  /** A probe whose answer is on its way; it says what was true when it was sent. */
  private record Flight(NodeId node, ProbeResult result) {}

  /** What the invariants need to remember. */
  private static final class Known {
    Instant announcedAt = START;
    Instant untrustedSince = START;
    boolean provenSince;

    /** Whether a report asked for a probe that has not ended. */
    boolean asked;

    boolean drained;
  }

  private final Map<NodeId, Engine> engines = new TreeMap<>();
  private final Map<NodeId, Known> known = new TreeMap<>();
  private final List<Flight> flights = new ArrayList<>();
  private final Membership membership = new Membership(RULES);
  private final Map<NodeId, Node> mirrored = new TreeMap<>();
  private Instant now = START;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 42, 20_260_101})
  void randomEvents_neverBreakAnInvariant(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 9; i++) {
      Engine engine = new Engine(i, List.of(Origin.values()).get(i % 3));
      engines.put(engine.spec.id(), engine);
    }
    engines.values().forEach(engine -> check(announce(engine)));
    int readySeen = 0;
    int restartsSeen = 0;
    for (int i = 0; i < EVENTS; i++) {
      Cluster before = membership.table();
      List<Change> changes = event(random);
      check(changes);
      readySeen += (int) membership.table().nodes().stream().filter(Node::isReady).count();
      restartsSeen += (int) changes.stream().filter(c -> wasRestart(before, c)).count();
    }
    assertThat(readySeen).as("the simulation reaches the states it is about").isPositive();
    assertThat(restartsSeen).as("and restarts").isPositive();
  }

  private static boolean wasRestart(Cluster before, Change change) {
    Node old = before.node(change.node().id());
    return old != null
        && !old.epoch().equals(Epoch.UNKNOWN)
        && !old.epoch().equals(change.node().epoch());
  }

  private List<Change> event(Random random) {
    Engine engine = pick(random);
    NodeId id = engine.spec.id();
    switch (random.nextInt(12)) {
      case 0 -> engine.alive = !engine.alive;
      case 1 -> {
        engine.alive = true;
        engine.life++;
      }
      case 2 -> engine.announces = random.nextInt(3) > 0;
      case 3 -> {
        return report(random, id);
      }
      case 4 -> {
        Known its = known.get(id);
        if (its != null && random.nextInt(4) == 0) {
          its.drained = true;
          return membership.drain(id, now).changes();
        }
      }
      case 5 -> {
        Known its = known.get(id);
        if (its != null) {
          its.drained = false;
        }
        return membership.undrain(id, now).changes();
      }
      case 6 -> {
        if (random.nextInt(8) == 0) {
          known.remove(id);
          return membership.remove(id, now).changes();
        }
      }
      case 7, 8 -> {
        return pass(random);
      }
      default -> {
        return land(random);
      }
    }
    return List.of();
  }

  private Engine pick(Random random) {
    return List.copyOf(engines.values()).get(random.nextInt(engines.size()));
  }

  private List<Change> report(Random random, NodeId id) {
    Node node = membership.table().node(id);
    Epoch epoch = node == null || random.nextBoolean() ? new Epoch("s0") : node.epoch();
    String gateway = "g" + random.nextInt(3);
    List<Change> changes =
        membership.failureReported(new FailureReport(id, epoch, gateway, "refused"), now).changes();
    Known its = known.get(id);
    if (its == null || node == null || !node.epoch().equals(epoch)) {
      return changes;
    }
    if (!its.asked) {
      its.untrustedSince = now;
      its.asked = true;
    }
    its.provenSince &= changes.isEmpty();
    return changes;
  }

  /** Time goes on by up to 4 s; engines announce themselves; probes are sent. */
  private List<Change> pass(Random random) {
    now = now.plusMillis(1 + random.nextInt(4000));
    List<Change> changes = new ArrayList<>(membership.tick(now));
    changes.stream()
        .filter(c -> c.kind() == Change.Kind.LEFT)
        .forEach(c -> known.remove(c.node().id()));
    for (Engine engine : engines.values()) {
      if (engine.announces && random.nextInt(3) > 0) {
        changes.addAll(announce(engine));
      }
    }
    for (ProbeOrder order : membership.dueProbes(now, 4, 0)) {
      flights.add(new Flight(order.node(), truth(order)));
    }
    return changes;
  }

  private List<Change> announce(Engine engine) {
    Outcome outcome =
        membership.announce(new Registration(engine.spec, engine.origin, null, null), now);
    assertThat(outcome).as("no registration is lost").isInstanceOf(Outcome.Applied.class);
    known.computeIfAbsent(engine.spec.id(), _ -> fresh()).announcedAt = now;
    return outcome.changes();
  }

  private Known fresh() {
    Known fresh = new Known();
    fresh.untrustedSince = now;
    return fresh;
  }

  private ProbeResult truth(ProbeOrder order) {
    Engine engine = Objects.requireNonNull(engines.get(order.node()));
    if (!engine.alive) {
      return new ProbeResult.Down(order.url(), now, Verdict.CERTAIN, "refused");
    }
    return new ProbeResult.Up(
        order.url(),
        now,
        order.identity() ? new Identity(List.of("m"), "1") : null,
        new EngineMetrics(new NodeLoad(0, 0, 0, 0, 0, now), Integer.toString(engine.life)));
  }

  /** One answer arrives, not always in the order of the questions. */
  private List<Change> land(Random random) {
    if (flights.isEmpty()) {
      return List.of();
    }
    Flight flight = flights.remove(random.nextInt(flights.size()));
    Known its = known.get(flight.node());
    if (its != null && !flight.result().startedAt().isBefore(its.untrustedSince)) {
      its.provenSince = flight.result() instanceof ProbeResult.Up;
      its.asked = false;
    }
    return membership.probed(flight.node(), flight.result(), now).changes();
  }

  private void check(List<Change> changes) {
    Cluster after = membership.table();
    assertThat(after.nodes())
        .as("no lost registration: who announced itself and did not leave is listed")
        .extracting(Node::id)
        .containsExactlyElementsOf(known.keySet());
    for (Node node : after.nodes()) {
      Known its = Objects.requireNonNull(known.get(node.id()));
      Engine engine = Objects.requireNonNull(engines.get(node.id()));
      assertThat(node.state()).as("nobody in the table is gone").isNotEqualTo(NodeState.GONE);
      if (node.isReady()) {
        assertThat(its.provenSince).as("never ready without a good probe: %s", node).isTrue();
        assertThat(node.models()).as("never ready without models").isNotEmpty();
        assertThat(its.drained).as("draining never becomes ready without undrain").isFalse();
        assertThat(node.epoch()).as("never ready without epoch").isNotEqualTo(Epoch.UNKNOWN);
      }
      assertThat(node.state() == NodeState.DRAINING)
          .as("drained is draining")
          .isEqualTo(its.drained);
      Duration silent = Duration.between(its.announcedAt, now);
      if (engine.origin == Origin.PINGED) {
        assertThat(silent).as("missing pings always leave").isLessThan(RULES.pingGone());
      }
      if (engine.origin == Origin.LEASED) {
        assertThat(silent).as("expired leases always leave").isLessThan(RULES.lease());
      }
    }
    replay(changes, after);
  }

  /** Whoever applies the changes, as a watching gateway does, has the table. */
  private void replay(List<Change> changes, Cluster after) {
    for (Change change : changes) {
      if (change.node().state() == NodeState.GONE) {
        mirrored.remove(change.node().id());
      } else {
        mirrored.put(change.node().id(), change.node());
      }
    }
    assertThat(Cluster.of(List.copyOf(mirrored.values())).nodes())
        .as("the changes tell the whole difference")
        .isEqualTo(after.nodes());
  }
}
