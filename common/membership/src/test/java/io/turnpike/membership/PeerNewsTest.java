package io.turnpike.membership;

import static io.turnpike.membership.Probes.ID;
import static io.turnpike.membership.Probes.SPEC;
import static io.turnpike.membership.Probes.START;
import static io.turnpike.membership.Probes.URL;
import static io.turnpike.membership.Probes.good;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.connector.Connectors;
import io.turnpike.membership.ProbeResult.Verdict;
import io.turnpike.membership.Registration.Origin;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Registries that tell each other what they heard, in virtual time. */
class PeerNewsTest {

  private static final Duration STEP = Duration.ofMillis(500);

  private Instant now = START;

  /** One registry; {@code up} while the others can ask it. */
  private final class Registry {
    final String name;
    Membership membership = new Membership(MembershipRules.DEFAULTS);
    boolean up = true;

    Registry(String name) {
      this.name = name;
    }

    void hear(Registry told) {
      membership.hear(told.membership.word(told.name, true, now.minusMillis(3)), name, now);
    }

    void pinged() {
      membership.announce(new Registration(SPEC, Origin.PINGED, null, null), now);
    }

    void leased(String engineId) {
      membership.announce(new Registration(SPEC, Origin.LEASED, engineId, null), now);
    }

    void beat() {
      membership.heartbeat(ID, now);
    }

    void listed() {
      membership.announce(Registration.fixed(SPEC), now);
    }

    void probes(boolean alive) {
      for (Node node : membership.table().nodes()) {
        if (alive) {
          membership.probed(node.id(), good("1", now), now);
        } else {
          membership.probed(
              node.id(), new ProbeResult.Down(URL, now, Verdict.REFUSED, "gone"), now);
        }
      }
    }

    List<NodeId> nodes() {
      return membership.table().nodes().stream().map(Node::id).toList();
    }

    Node node() {
      return Objects.requireNonNull(membership.table().node(ID));
    }
  }

  private final Registry a = new Registry("a");
  private final Registry b = new Registry("b");
  private final Registry c = new Registry("c");
  private final List<Registry> all = List.of(a, b, c);
  private boolean engineAlive = true;

  /** Half a second passes: those that are up ask each other, tick and probe. */
  private void step() {
    now = now.plus(STEP);
    for (Registry asker : all) {
      for (Registry asked : all) {
        if (asker != asked && asker.up && asked.up) {
          asker.hear(asked);
        }
      }
    }
    for (Registry registry : all) {
      if (registry.up) {
        registry.membership.tick(now);
        registry.probes(engineAlive);
      }
    }
  }

  private void pass(Duration time, Runnable each) {
    for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(STEP)) {
      each.run();
      step();
    }
  }

  private void pass(Duration time) {
    pass(time, () -> {});
  }

  @Test
  void node_isKnownEverywhere_whomeverItTold() {
    b.leased("e");
    step();
    assertThat(all).allSatisfy(it -> assertThat(it.nodes()).containsExactly(ID));
    assertThat(all).allSatisfy(it -> assertThat(it.node().isReady()).isTrue());
    assertThat(all).extracting(it -> it.node().epoch()).containsOnly(new Epoch("s1-e"));
  }

  @Test
  void leaseThatEnds_endsEverywhere_andNewsKeepNobodyAlive() {
    a.leased("e");
    pass(Duration.ofSeconds(14));
    assertThat(all).allSatisfy(it -> assertThat(it.nodes()).containsExactly(ID));
    pass(Duration.ofSeconds(3));
    assertThat(all).allSatisfy(it -> assertThat(it.nodes()).isEmpty());
    pass(Duration.ofMinutes(1));
    assertThat(all).as("it never comes back").allSatisfy(it -> assertThat(it.nodes()).isEmpty());
  }

  @Test
  void pingsThatStop_makeSuspectEverywhere_andEnd() {
    a.pinged();
    pass(Duration.ofSeconds(11));
    assertThat(all).extracting(it -> it.node().state()).containsOnly(NodeState.SUSPECT);
    pass(Duration.ofSeconds(21));
    assertThat(all).allSatisfy(it -> assertThat(it.nodes()).isEmpty());
  }

  @Test
  void heartbeat_mayGoToAnyRegistry() {
    a.leased("e");
    step();
    a.up = false;
    pass(Duration.ofMinutes(2), c::beat);
    assertThat(b.node().isReady()).isTrue();
    assertThat(c.node().isReady()).isTrue();
    pass(Duration.ofSeconds(17));
    assertThat(b.nodes()).as("nobody hears it any more").isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Origin.class)
  void registryThatDies_takesNobodyWithIt_whoAnswers(Origin origin) {
    a.membership.announce(new Registration(SPEC, origin, null, null), now);
    pass(Duration.ofSeconds(2));
    a.up = false;
    pass(Duration.ofMinutes(10));
    assertThat(b.node().isReady()).isTrue();
    assertThat(c.node().isReady()).isTrue();

    engineAlive = false;
    pass(Duration.ofSeconds(2));
    assertThat(b.nodes()).as("nobody hears it, and it does not answer").isEmpty();
    assertThat(c.nodes()).isEmpty();
  }

  @Test
  void registryThatComesBackWithNothing_learnsAll_andMakesNobodyForget() {
    a.pinged();
    pass(Duration.ofSeconds(2));
    a.up = false;
    pass(Duration.ofMinutes(1));
    a.membership = new Membership(MembershipRules.DEFAULTS);
    Registry reborn = new Registry("a2");
    reborn.membership = a.membership;
    reborn.hear(b);
    assertThat(reborn.nodes()).containsExactly(ID);
    assertThat(b.nodes()).containsExactly(ID);
    b.hear(reborn);
    b.membership.tick(now);
    assertThat(b.node().isReady()).isTrue();
  }

  @Test
  void nodeOfAListThatIsNotListedAnyMore_leavesEverywhere() {
    a.listed();
    pass(Duration.ofSeconds(40));
    assertThat(b.node().isReady()).isTrue();
    a.membership = new Membership(MembershipRules.DEFAULTS);
    pass(Duration.ofSeconds(1));
    assertThat(all).allSatisfy(it -> assertThat(it.nodes()).isEmpty());
  }

  @Test
  void drain_isAgreed_andTheLaterWordHolds() {
    a.leased("e");
    Runnable beat = a::beat;
    pass(Duration.ofSeconds(1), beat);
    c.membership.drain(ID, now);
    pass(Duration.ofSeconds(1), beat);
    assertThat(all).extracting(it -> it.node().state()).containsOnly(NodeState.DRAINING);
    b.membership.undrain(ID, now);
    pass(Duration.ofSeconds(1), beat);
    assertThat(all).extracting(it -> it.node().state()).containsOnly(NodeState.READY);
    pass(Duration.ofMinutes(1), beat);
    assertThat(all).extracting(it -> it.node().state()).containsOnly(NodeState.READY);
  }

  @Test
  void drain_ofOneThatWasAway_isAgreedWhenItIsBack() {
    a.listed();
    b.listed();
    pass(Duration.ofSeconds(1));
    b.up = false;
    a.membership.drain(ID, now);
    pass(Duration.ofSeconds(30));
    b.up = true;
    pass(Duration.ofSeconds(1));
    assertThat(all).extracting(it -> it.node().state()).containsOnly(NodeState.DRAINING);
  }

  @Test
  void removal_isAgreed_andOlderNewsBringNobodyBack() {
    a.leased("e");
    pass(Duration.ofSeconds(5), a::beat);
    pass(Duration.ofSeconds(2));
    b.membership.remove(ID, now);
    pass(Duration.ofSeconds(20));
    assertThat(all).allSatisfy(it -> assertThat(it.nodes()).isEmpty());
    c.leased("e");
    step();
    assertThat(all)
        .as("it says that it is there")
        .allSatisfy(it -> assertThat(it.nodes()).hasSize(1));
  }

  @Test
  void removal_ofANodeThatIsListed_holdsEverywhere() {
    a.listed();
    b.listed();
    pass(Duration.ofSeconds(5));
    c.membership.remove(ID, now);
    pass(Duration.ofSeconds(20));
    assertThat(all).allSatisfy(it -> assertThat(it.nodes()).isEmpty());
  }

  @Test
  void registrationThatChanged_isAgreed() {
    a.leased("e1");
    pass(Duration.ofSeconds(1), a::beat);
    b.leased("e2");
    pass(Duration.ofSeconds(2), b::beat);
    assertThat(all).extracting(it -> it.node().epoch()).containsOnly(new Epoch("s1-e2"));
  }

  @Test
  void listedNode_outranksAPingOfTheSameEngine() {
    NodeId named = new NodeId("prefill-1");
    b.up = false;
    b.membership.announce(
        Registration.fixed(new NodeSpec(named, Role.PREFILL, URL, Connectors.NIXL, null)), now);
    a.pinged();
    step();
    assertThat(c.nodes()).containsExactly(ID);
    b.up = true;
    pass(Duration.ofSeconds(2));
    assertThat(all).allSatisfy(it -> assertThat(it.nodes()).containsExactly(named));
  }

  @Test
  void life_thatNobodyTold_hasOneNameEverywhere() {
    Membership one = new Membership(MembershipRules.DEFAULTS);
    Membership other = new Membership(MembershipRules.DEFAULTS);
    for (Membership each : List.of(one, other)) {
      each.announce(Registration.fixed(SPEC), now);
      each.probed(ID, good(null, now), now);
      each.probed(ID, new ProbeResult.Down(URL, now, Verdict.REFUSED, "gone"), now);
    }
    now = now.plusMillis(100);
    one.probed(ID, good(null, now), now);
    now = now.plusMillis(300);
    other.probed(ID, good(null, now), now);
    one.hear(other.word("other", true, now), "one", now);
    other.hear(one.word("one", true, now), "other", now);
    assertThat(one.table().nodes())
        .singleElement()
        .isEqualTo(other.table().nodes().getFirst())
        .matches(node -> node.epoch().value().equals("l" + now.toEpochMilli()));
  }

  @Test
  void news_fillNoTableBeyondItsBound() {
    Registry full = new Registry("full");
    for (int i = 0; i < 1024; i++) {
      URI url = URI.create("http://10.1.0.1:" + (1000 + i));
      full.membership.announce(
          Registration.fixed(
              new NodeSpec(new NodeId("n" + i), Role.DECODE, url, Connectors.NIXL, null)),
          now);
    }
    a.leased("e");
    full.hear(a);
    assertThat(full.nodes()).hasSize(1024).doesNotContain(ID);
  }

  /** Whatever happened, half a minute of quiet later all registries say the same. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void afterAnyTrouble_allSayTheSame(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 400; i++) {
      Registry one = all.get(random.nextInt(3));
      switch (random.nextInt(9)) {
        case 0 -> one.up = !one.up;
        case 1 -> one.membership.drain(ID, now);
        case 2 -> one.membership.undrain(ID, now);
        case 3 -> one.membership.remove(ID, now);
        case 4 -> engineAlive = !engineAlive;
        case 5 -> one.leased("e" + random.nextInt(2));
        default -> one.beat();
      }
      if (random.nextInt(3) > 0) {
        step();
      }
    }
    all.forEach(it -> it.up = true);
    engineAlive = true;
    List<Object> said = new ArrayList<>();
    boolean stays = random.nextBoolean();
    pass(Duration.ofSeconds(2), () -> a.leased("e9"));
    pass(Duration.ofSeconds(40), stays ? a::beat : () -> {});
    all.forEach(it -> said.add(it.membership.table().nodes()));
    assertThat(said.get(1)).as("seed %d", seed).isEqualTo(said.get(0));
    assertThat(said.get(2)).isEqualTo(said.get(0));
    assertThat(a.nodes()).isEqualTo(stays ? List.of(ID) : List.of());
  }
}
