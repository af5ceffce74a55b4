package io.turnpike.membership;

import io.turnpike.node.Cluster;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeLoad;
import io.turnpike.node.NodeState;
import java.net.URI;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The members of one {@link Membership} by their ids and addresses, and the differences that events
 * make to them.
 */
final class Members {

  private final Map<NodeId, Member> byId = new TreeMap<>();
  private final Map<URI, NodeId> holders = new HashMap<>();
  private @Nullable Cluster table = Cluster.EMPTY;

  /** All of them as they are now. */
  Cluster table() {
    Cluster current = table;
    if (current == null) {
      current = Cluster.of(byId.values().stream().map(m -> m.picture(m.state())).toList());
      table = current;
    }
    return current;
  }

  @Nullable Member get(NodeId id) {
    return byId.get(id);
  }

  /** Who is at that address; null if nobody. */
  @Nullable NodeId at(URI url) {
    return holders.get(url);
  }

  Collection<Member> all() {
    return byId.values();
  }

  /** All of them, for one who lets some leave. */
  List<Member> copy() {
    return List.copyOf(byId.values());
  }

  int size() {
    return byId.size();
  }

  Change join(Member member, String reason) {
    NodeSpec spec = member.registration.spec();
    byId.put(spec.id(), member);
    holders.put(spec.url(), spec.id());
    table = null;
    return new Change(Change.Kind.JOINED, member.picture(member.state()), reason);
  }

  Change leave(Member member, String reason) {
    byId.remove(member.registration.spec().id());
    holders.remove(member.registration.spec().url());
    table = null;
    return new Change(Change.Kind.LEFT, member.picture(NodeState.GONE), reason);
  }

  /** Lets an event happen to a member, which may move it to another address. */
  List<Change> change(Member member, String reason, Consumer<Member> event) {
    URI address = member.registration.spec().url();
    Node before = member.picture(member.state());
    event.accept(member);
    Node after = member.picture(member.state());
    if (before.equals(after)) {
      return List.of();
    }
    if (!address.equals(after.url())) {
      holders.remove(address);
      holders.put(after.url(), after.id());
    }
    table = null;
    return List.of(new Change(kind(before, after), after, reason));
  }

  private static Change.Kind kind(Node before, Node after) {
    if (before.state() != after.state()) {
      return Change.Kind.STATE;
    }
    if (!before.epoch().equals(after.epoch())) {
      return Change.Kind.EPOCH;
    }
    return withLoad(before, after.load()).equals(after) ? Change.Kind.LOAD : Change.Kind.UPDATED;
  }

  private static Node withLoad(Node node, @Nullable NodeLoad load) {
    return new Node(
        node.id(),
        node.role(),
        node.url(),
        node.connector(),
        node.state(),
        node.epoch(),
        node.models(),
        node.zmqAddress(),
        node.version(),
        load,
        node.suspicion());
  }
}
