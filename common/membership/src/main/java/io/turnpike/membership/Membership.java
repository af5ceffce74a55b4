package io.turnpike.membership;

import io.turnpike.membership.Registration.Origin;
import io.turnpike.node.Cluster;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeLoad;
import io.turnpike.node.NodeState;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who is alive: a pure state machine. Events go in, with the time at which they happened; the table
 * and the differences come out. No threads, no clock, no I/O. Not safe for use by many threads:
 * {@link MembershipDriver} owns one.
 *
 * <pre>
 *  event                      (absent)   JOINING    READY      SUSPECT    DRAINING
 *  announced                  JOINING    -          -          - (1)      -
 *  announced otherwise (2)    JOINING    -          JOINING    JOINING    -
 *  probe good                 -          READY (3)  - (4)      READY (3)  -
 *  probe certainly bad        -          -          SUSPECT    -          -
 *  probe timed out, 3rd time  -          -          SUSPECT    -          -
 *  failure reported (5)       -          -          SUSPECT    -          -
 *  pings missing 10 s         -          -          SUSPECT    -          -
 *  pings missing 30 s         -          leaves     leaves     leaves     leaves
 *  lease ran out              -          leaves     leaves     leaves     leaves
 *  drain                      unknown    DRAINING   DRAINING   DRAINING   -
 *  undrain                    unknown    -          -          -          JOINING, READY or SUSPECT
 *  remove                     unknown    leaves     leaves     leaves     leaves
 *
 *  (1) a pinged node that was suspect because its pings were missing becomes READY again if its
 *      probes stayed good; undrain likewise gives the state that the node's probes deserve
 *  (2) another address, role, connector or engine id: it has to prove itself again
 *  (3) only /health and /v1/models together; a pinged node only while its pings come; only a probe
 *      that began after the failure report or the new announcement
 *  (4) another process start time is a restart: the epoch changes, and the node is JOINING until
 *      the new life has named its models
 *  (5) only about the present epoch; the next probe is due at once
 * </pre>
 *
 * A suspect node carries why it is so ({@link io.turnpike.node.Suspicion}): the latest bad probe or
 * report, else that its pings are missing.
 *
 * <p>A node that leaves is in the changes once more, in state gone. A drained node whose engine
 * leaves and comes back later starts undrained.
 */
final class Membership {

  private final MembershipRules rules;
  private final Map<NodeId, Member> members = new TreeMap<>();
  private final Map<URI, NodeId> holders = new HashMap<>();
  private @Nullable Cluster table = Cluster.EMPTY;

  Membership(MembershipRules rules) {
    this.rules = rules;
  }

  /** The table after all events so far. */
  Cluster table() {
    Cluster current = table;
    if (current == null) {
      current = Cluster.of(members.values().stream().map(m -> m.picture(m.state())).toList());
      table = current;
    }
    return current;
  }

  /** How each node came to be known. */
  Map<NodeId, Registration> registrations() {
    Map<NodeId, Registration> found = new TreeMap<>();
    members.forEach((id, member) -> found.put(id, member.registration));
    return found;
  }

  /** A node is said to be there: by a ping, a list or over HTTP; again and again. */
  Outcome announce(Registration asked, Instant now) {
    NodeSpec spec = asked.spec();
    NodeId holder = holders.getOrDefault(spec.url(), spec.id());
    boolean pinged = asked.origin() == Origin.PINGED;
    if (!holder.equals(spec.id()) && !pinged) {
      return new Outcome.Conflict(
          "url: %s is already node \"%s\" (expected: one node for each engine)"
              .formatted(spec.url(), holder));
    }
    Member member = members.get(holder);
    if (member == null) {
      return admit(asked, now);
    }
    if (asked.origin().compareTo(member.registration.origin()) >= 0) {
      return change(holder, "announced", () -> takeOver(member, asked, now));
    }
    if (pinged) {
      return change(holder, "pinged", () -> supplement(member, asked));
    }
    boolean same =
        spec.url().equals(member.registration.spec().url())
            && spec.role() == member.registration.spec().role()
            && spec.connector().equals(member.registration.spec().connector());
    return same
        ? new Outcome.Applied(holder, List.of())
        : new Outcome.Conflict(
            "node \"%s\" is listed in the configuration with other properties".formatted(holder));
  }

  private Outcome admit(Registration asked, Instant now) {
    if (members.size() >= rules.maxNodes()) {
      return new Outcome.Full(rules.maxNodes());
    }
    Member member = new Member(asked, now);
    members.put(asked.spec().id(), member);
    holders.put(asked.spec().url(), asked.spec().id());
    table = null;
    return applied(
        asked.spec().id(),
        new Change(Change.Kind.JOINED, member.picture(member.state()), asked.origin().word()));
  }

  private void takeOver(Member member, Registration asked, Instant now) {
    holders.remove(member.registration.spec().url());
    holders.put(asked.spec().url(), asked.spec().id());
    member.announced(asked, now);
  }

  /** Pings know the engine's own socket; all else is better known by who listed the node. */
  private static void supplement(Member member, Registration ping) {
    NodeSpec spec = member.registration.spec();
    if (ping.spec().zmqAddress() != null && spec.connector().equals(ping.spec().connector())) {
      member.registration =
          new Registration(
              new NodeSpec(
                  spec.id(), spec.role(), spec.url(), spec.connector(), ping.spec().zmqAddress()),
              member.registration.origin(),
              member.registration.engineId(),
              member.registration.note());
    }
  }

  /**
   * Takes a node back as a mirror kept it. Its lease begins anew; it is suspect, joining or
   * draining until it was probed. A node that is already there stays as it is.
   */
  Outcome restore(Registration registration, Node node, Instant now) {
    NodeSpec spec = registration.spec();
    if (members.containsKey(spec.id()) || holders.containsKey(spec.url())) {
      return restoreListed(spec, node);
    }
    if (members.size() >= rules.maxNodes()) {
      return new Outcome.Full(rules.maxNodes());
    }
    Member member = new Member(registration, now);
    member.remember(node);
    members.put(spec.id(), member);
    holders.put(spec.url(), spec.id());
    table = null;
    return applied(
        spec.id(), new Change(Change.Kind.JOINED, member.picture(member.state()), "mirror"));
  }

  private Outcome restoreListed(NodeSpec spec, Node node) {
    Member member = members.get(spec.id());
    if (member == null || !member.registration.spec().url().equals(spec.url())) {
      return new Outcome.Conflict("node \"%s\" is there under other names".formatted(spec.id()));
    }
    return change(spec.id(), "mirror", () -> member.remember(node));
  }

  /** A registration over HTTP is renewed. */
  Outcome heartbeat(NodeId id, Instant now) {
    return about(
        id,
        member -> {
          if (member.registration.origin() == Origin.LEASED) {
            member.heartbeat(now);
          }
        },
        "heartbeat");
  }

  /** A probe ended. */
  Outcome probed(NodeId id, ProbeResult result, Instant now) {
    Member member = members.get(id);
    if (member == null) {
      return new Outcome.UnknownNode(id);
    }
    if (!member.concerns(result)) {
      return new Outcome.Applied(id, List.of());
    }
    return switch (result) {
      case ProbeResult.Up up -> change(id, "probe answered", () -> member.up(up, now));
      case ProbeResult.Down down -> change(id, down.reason(), () -> member.down(down, rules));
    };
  }

  /** A gateway saw a node fail a turn in that life of it. */
  Outcome failureReported(NodeId id, Epoch epoch, String what, Instant now) {
    return about(
        id,
        member -> {
          if (member.epoch.equals(epoch)) {
            member.reported(now);
          }
        },
        "reported: " + what);
  }

  /** An operator takes a node out. */
  Outcome drain(NodeId id) {
    return about(id, member -> member.drained = true, "drained");
  }

  /** An operator puts a drained node back. */
  Outcome undrain(NodeId id) {
    return about(id, member -> member.drained = false, "undrained");
  }

  /** An operator, or the node itself, says that it left. A node that still pings comes back. */
  Outcome remove(NodeId id) {
    Member member = members.get(id);
    return member == null ? new Outcome.UnknownNode(id) : applied(id, leave(member, "removed"));
  }

  /** Time went on: leases end here, whoever else does or does not announce anything. */
  List<Change> tick(Instant now) {
    List<Change> changes = new ArrayList<>();
    for (Member member : List.copyOf(members.values())) {
      NodeId id = member.registration.spec().id();
      if (member.hasLeft(now, rules)) {
        boolean pinged = member.registration.origin() == Origin.PINGED;
        changes.add(leave(member, pinged ? "pings stopped" : "lease ran out"));
      } else {
        changes.addAll(change(id, "pings are missing", () -> member.tick(now, rules)).changes());
      }
    }
    return changes;
  }

  /**
   * The probes that are due, those first that have waited longest: were it by id, a few dozen hung
   * engines would keep all later ids from ever being asked. Each is handed out once and waits for
   * its result.
   */
  List<ProbeOrder> dueProbes(Instant now, int most) {
    return members.values().stream()
        .filter(member -> member.isDue(now))
        .sorted(Comparator.comparing(Member::nextProbe))
        .limit(most)
        .map(member -> member.order(now, rules))
        .toList();
  }

  private Change leave(Member member, String reason) {
    members.remove(member.registration.spec().id());
    holders.remove(member.registration.spec().url());
    table = null;
    return new Change(Change.Kind.LEFT, member.picture(NodeState.GONE), reason);
  }

  private Outcome about(NodeId id, Consumer<Member> event, String reason) {
    Member member = members.get(id);
    return member == null
        ? new Outcome.UnknownNode(id)
        : change(id, reason, () -> event.accept(member));
  }

  private Outcome change(NodeId id, String reason, Runnable event) {
    Member member = members.get(id);
    if (member == null) {
      return new Outcome.UnknownNode(id);
    }
    Node before = member.picture(member.state());
    event.run();
    Node after = member.picture(member.state());
    if (before.equals(after)) {
      return new Outcome.Applied(id, List.of());
    }
    table = null;
    return applied(id, new Change(kind(before, after), after, reason));
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

  private static Outcome applied(NodeId id, Change change) {
    return new Outcome.Applied(id, List.of(change));
  }
}
