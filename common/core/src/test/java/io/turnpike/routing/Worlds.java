package io.turnpike.routing;

import io.turnpike.connector.Connectors;
import io.turnpike.node.Cluster;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import io.turnpike.routing.RoutingView.LoadView;
import io.turnpike.routing.RoutingView.Usability;
import io.turnpike.routing.TurnFacts.Holder;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Turns, nodes and what is thought of them, for tests of decisions. */
final class Worlds {

  private Worlds() {}

  static final Epoch FIRST = new Epoch("s1");
  static final LoadView IDLE = id -> 0;

  interface PairTest {
    boolean test(Node prefill, Node decode);
  }

  static Usability usability(Set<String> out, PairTest pairs) {
    return new Usability() {
      @Override
      public boolean node(Node node) {
        return !out.contains(node.id().value());
      }

      @Override
      public boolean pair(Node prefill, Node decode) {
        return pairs.test(prefill, decode);
      }
    };
  }

  static Usability unableAlone(Set<String> unable) {
    return new Usability() {
      @Override
      public boolean node(Node node) {
        return true;
      }

      @Override
      public boolean pair(Node prefill, Node decode) {
        return true;
      }

      @Override
      public boolean alone(Node decode) {
        return !unable.contains(decode.id().value());
      }
    };
  }

  static Usability illRepute(String id) {
    return new Usability() {
      @Override
      public boolean node(Node node) {
        return !node.id().value().equals(id);
      }

      @Override
      public boolean lastResort(Node node) {
        return true;
      }

      @Override
      public boolean pair(Node prefill, Node decode) {
        return true;
      }
    };
  }

  static Node serving(String id, Role role, NodeState state, String model) {
    return new Node(
        new NodeId(id),
        role,
        URI.create("http://127.0.0.1:1"),
        Connectors.NIXL,
        state,
        FIRST,
        List.of(model),
        null,
        null,
        null);
  }

  static TurnFacts first() {
    return new TurnFacts("m", 1, null, 100, 0, -1, false, null);
  }

  static TurnFacts later(String node, Epoch epoch) {
    return new TurnFacts("m", 2, new Holder(new NodeId(node), epoch), 100, 60, -1, false, null);
  }

  static RoutingView view(Node... nodes) {
    return new RoutingView(cluster(nodes), IDLE, Usability.ALL);
  }

  static Cluster cluster(Node... nodes) {
    return Cluster.of(new ArrayList<>(List.of(nodes)));
  }

  static Node p(String id) {
    return node(id, Role.PREFILL);
  }

  static Node d(String id) {
    return node(id, Role.DECODE);
  }

  static Node r(String id) {
    return node(id, Role.REPLICA);
  }

  static Node a(String id) {
    return node(id, Role.ANY);
  }

  static Node with(Node node, NodeState state) {
    return new Node(
        node.id(),
        node.role(),
        node.url(),
        node.connector(),
        state,
        node.epoch(),
        node.models(),
        null,
        null,
        null);
  }

  static Node node(String id, Role role) {
    return new Node(
        new NodeId(id),
        role,
        URI.create("http://127.0.0.1:1"),
        role == Role.REPLICA ? Connectors.NONE : Connectors.NIXL,
        NodeState.READY,
        FIRST,
        List.of("m"),
        null,
        null,
        null);
  }
}
