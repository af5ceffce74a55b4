package io.turnpike.registry.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.membership.Outcome;
import io.turnpike.membership.Registration;
import io.turnpike.membership.Registration.Standing;
import io.turnpike.node.NodeId;
import io.turnpike.registry.address.AllowedAddresses;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Which pods are nodes, after what was seen of them. */
class PodTableTest {

  private final PodRules rules =
      new PodRules(Map.of(), PodRules.Names.POD, 8000, AllowedAddresses.of("p", List.of()));
  private final KeptNodes nodes = new KeptNodes();
  private final PodTable table = new PodTable(nodes);
  private final ObjectNode pod = pod("a", "10.0.0.1");

  @Test
  void pod_becomesANode_whenItIsReadyForTheFirstTime() {
    table.changed(rules.read(Pods.notReady(pod)));
    assertThat(nodes.kept).isEmpty();
    table.changed(rules.read(pod));
    assertThat(nodes.standing("a")).isEqualTo(Standing.OFFERED);
  }

  @Test
  void node_isWithheld_whileItsPodIsNotReady_andWhenItEnds() {
    table.changed(rules.read(pod));
    table.changed(rules.read(Pods.notReady(pod)));
    assertThat(nodes.standing("a")).isEqualTo(Standing.WITHHELD);
    table.changed(rules.read(pod));
    assertThat(nodes.standing("a")).isEqualTo(Standing.OFFERED);
    table.changed(rules.read(Pods.ending(pod)));
    assertThat(nodes.standing("a")).isEqualTo(Standing.WITHHELD);
    table.deleted(rules.read(Pods.ending(pod)));
    assertThat(nodes.kept).isEmpty();
  }

  @Test
  void node_leaves_whenItsPodIsOver() {
    table.changed(rules.read(pod));
    table.changed(rules.read(Pods.in("Failed", pod)));
    assertThat(nodes.kept).isEmpty();
  }

  @Test
  void list_takesAwayWhoIsNotInIt_alsoFromBeforeTheStart() {
    nodes.announce(((Pod.Engine) rules.read(pod("older", "10.0.0.7"))).registration());
    table.changed(rules.read(pod));
    replace(pod("b", "10.0.0.2"));
    assertThat(nodes.kept).containsOnlyKeys(new NodeId("b"));
  }

  @Test
  void list_keepsANode_whosePodWasReplacedUnderItsName() {
    table.changed(rules.read(pod));
    replace(Pods.successor(pod));
    assertThat(nodes.kept).containsOnlyKeys(new NodeId("a"));
    assertThat(nodes.known("a").engineId()).isEqualTo("uid-of-the-next");
  }

  @Test
  void lateWord_aboutTheOneBefore_takesNothingAway() {
    table.changed(rules.read(pod));
    table.changed(rules.read(Pods.successor(pod)));
    table.deleted(rules.read(Pods.ending(pod)));
    assertThat(nodes.kept).containsOnlyKeys(new NodeId("a"));
  }

  @Test
  void pod_thatIsRefused_isAnnouncedAnew_whenAnotherLeaves() {
    nodes.taken.add(new NodeId("b"));
    table.changed(rules.read(pod));
    table.changed(rules.read(pod("b", "10.0.0.1")));
    assertThat(nodes.kept).containsOnlyKeys(new NodeId("a"));
    nodes.taken.clear();
    table.deleted(rules.read(pod));
    assertThat(nodes.kept).containsOnlyKeys(new NodeId("b"));
  }

  @Test
  void pod_thatIsRefusedAndEnds_isNotAnnouncedLater() {
    nodes.taken.add(new NodeId("a"));
    table.changed(rules.read(pod));
    table.changed(rules.read(Pods.ending(pod)));
    nodes.taken.clear();
    table.retry();
    assertThat(nodes.kept).isEmpty();
  }

  private void replace(JsonNode... pods) {
    table.replace(Stream.of(pods).map(rules::read).toList());
  }

  private static ObjectNode pod(String name, String address) {
    return Pods.ready(name, address, "turnpike.io/role", "decode");
  }

  private static final class KeptNodes implements PodTable.Nodes {
    final Map<NodeId, Registration> kept = new HashMap<>();

    /** Whose announcements are refused. */
    final Set<NodeId> taken = new HashSet<>();

    Registration known(String name) {
      return Objects.requireNonNull(kept.get(new NodeId(name)));
    }

    Standing standing(String name) {
      return known(name).standing();
    }

    @Override
    public Outcome announce(Registration registration) {
      NodeId id = registration.spec().id();
      if (taken.contains(id)) {
        return new Outcome.Conflict("taken");
      }
      kept.put(id, registration);
      return new Outcome.Applied(id, List.of());
    }

    @Override
    public void withdraw(NodeId node) {
      kept.remove(node);
    }

    @Override
    public Set<NodeId> discovered() {
      return Set.copyOf(kept.keySet());
    }
  }
}
