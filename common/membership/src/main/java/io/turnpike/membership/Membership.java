package io.turnpike.membership;

import io.turnpike.membership.Registration.Origin;
import io.turnpike.node.Cluster;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

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
 *  failure reported (5)       -          -          -          -          -
 *  by a second gateway (5)    -          -          SUSPECT    -          -
 *  pings missing 10 s         -          -          SUSPECT    -          -
 *  pings missing 30 s         -          leaves     leaves     leaves     leaves
 *  lease ran out (6)          -          leaves     leaves     leaves     leaves
 *  drain                      unknown    DRAINING   DRAINING   DRAINING   -
 *  undrain                    unknown    -          -          -          JOINING, READY or SUSPECT
 *  remove                     unknown    leaves     leaves     leaves     leaves
 *  withheld (8)               DRAINING   DRAINING   DRAINING   DRAINING   -
 *  withdrawn (9)              unknown    leaves     leaves     leaves     leaves
 *  told by a peer (7)         JOINING    -          -          -          -
 *
 *  (1) a pinged node that was suspect because its pings were missing becomes READY again if its
 *      probes stayed good; undrain likewise gives the state that the node's probes deserve
 *  (2) another address, role, connector or engine id: it has to prove itself again
 *  (3) only /health and /v1/models together; a pinged node only while its pings come; only a probe
 *      that began after the failure report or the new announcement
 *  (4) another process start time is a restart: the epoch changes, and the node is JOINING until
 *      the new life has named its models
 *  (5) only about the present epoch; the next probe is due at once, and a bad one, also one
 *      without an answer in time, makes it SUSPECT: one gateway alone may have lost its own way
 *  (6) and no other registry hears the node ({@link Hearing}); likewise for pings
 *  (7) all that {@link PeerWord} tells is taken over, but never a state: each registry asks itself
 *  (8) announced as not offered for turns; announced as offered it gets the state that its probes
 *      deserve, unless an operator drained it
 *  (9) who discovered it sees it no more, and no other registry hears it
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
  private final Members members = new Members();
  private final PeerNews news;

  Membership(MembershipRules rules) {
    this.rules = rules;
    this.news = new PeerNews(rules, members);
  }

  /** The table after all events so far. */
  Cluster table() {
    return members.table();
  }

  /** How each node came to be known. */
  Map<NodeId, Registration> registrations() {
    Map<NodeId, Registration> found = new TreeMap<>();
    members.all().forEach(it -> found.put(it.registration.spec().id(), it.registration));
    return found;
  }

  /** A node is said to be there: by a ping, a list or over HTTP; again and again. */
  Outcome announce(Registration asked, Instant now) {
    NodeSpec spec = asked.spec();
    NodeId found = members.at(spec.url());
    NodeId holder = found == null ? spec.id() : found;
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
      return change(member, "announced", it -> it.announced(asked, now));
    }
    if (pinged) {
      return change(member, "pinged", it -> supplement(it, asked, now));
    }
    boolean same =
        spec.url().equals(member.registration.spec().url())
            && spec.role() == member.registration.spec().role()
            && spec.connector().equals(member.registration.spec().connector());
    return same
        ? new Outcome.Applied(holder, List.of())
        : new Outcome.Conflict(
            "node \"%s\" is %s with other properties"
                .formatted(
                    holder,
                    member.registration.origin() == Origin.STATIC
                        ? "listed in the configuration"
                        : "discovered"));
  }

  private Outcome admit(Registration asked, Instant now) {
    if (members.size() >= rules.maxNodes()) {
      return new Outcome.Full(rules.maxNodes());
    }
    Member member = new Member(asked, now);
    member.heard(asked.origin(), now);
    return applied(asked.spec().id(), members.join(member, asked.origin().word()));
  }

  /** Pings know the engine's own socket; all else is better known by who listed the node. */
  private static void supplement(Member member, Registration ping, Instant now) {
    NodeSpec spec = member.registration.spec();
    String socket = ping.spec().zmqAddress();
    if (socket != null
        && !socket.equals(spec.zmqAddress())
        && spec.connector().equals(ping.spec().connector())) {
      member.registeredAt = now;
      member.registration =
          member.registration.with(
              new NodeSpec(spec.id(), spec.role(), spec.url(), spec.connector(), socket));
    }
  }

  /**
   * Takes a node back as a mirror kept it. Its lease begins anew; it is suspect, joining or
   * draining until it was probed. A node that is already there stays as it is, and one that was
   * removed since stays away.
   */
  Outcome restore(Registration registration, Node node, Instant now) {
    NodeSpec spec = registration.spec();
    if (news.wasRemoved(spec.id())) {
      return new Outcome.UnknownNode(spec.id());
    }
    if (members.get(spec.id()) != null || members.at(spec.url()) != null) {
      return restoreListed(registration, node);
    }
    if (members.size() >= rules.maxNodes()) {
      return new Outcome.Full(rules.maxNodes());
    }
    Member member = new Member(registration, now);
    member.heard(registration.origin(), now);
    member.remember(registration, node);
    return applied(spec.id(), members.join(member, "mirror"));
  }

  private Outcome restoreListed(Registration then, Node node) {
    NodeSpec spec = then.spec();
    Member member = members.get(spec.id());
    if (member == null || !member.registration.spec().url().equals(spec.url())) {
      return new Outcome.Conflict("node \"%s\" is there under other names".formatted(spec.id()));
    }
    return change(member, "mirror", it -> it.rememberLate(then, node));
  }

  /** A registration over HTTP is renewed. */
  Outcome heartbeat(NodeId id, Instant now) {
    return about(
        id,
        member -> {
          if (member.registration.origin() == Origin.LEASED) {
            member.heard(Origin.LEASED, now);
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
      case ProbeResult.Up up -> change(member, "probe answered", it -> it.up(up, now));
      case ProbeResult.Down down -> change(member, down.reason(), it -> it.down(down, rules));
    };
  }

  /** A gateway saw a node fail a turn in that life of it. */
  Outcome failureReported(FailureReport report, Instant now) {
    return about(
        report.node(),
        member -> {
          if (member.epoch.equals(report.epoch())) {
            member.reported(report.gateway(), now);
          }
        },
        "reported: " + report.what());
  }

  /** An operator takes a node out. */
  Outcome drain(NodeId id, Instant now) {
    return about(id, member -> member.drain = new PeerWord.Drain(true, now), "drained");
  }

  /** An operator puts a drained node back. */
  Outcome undrain(NodeId id, Instant now) {
    return about(id, member -> member.drain = new PeerWord.Drain(false, now), "undrained");
  }

  /** An operator, or the node itself, says that it left. A node that still pings comes back. */
  Outcome remove(NodeId id, Instant now) {
    Member member = members.get(id);
    if (member == null) {
      return new Outcome.UnknownNode(id);
    }
    news.removed(id, now);
    return applied(id, members.leave(member, "removed"));
  }

  /** Who discovered a node sees it no more. It stays for as long as another registry hears it. */
  Outcome withdraw(NodeId id, Instant now) {
    Member member = members.get(id);
    if (member == null) {
      return new Outcome.UnknownNode(id);
    }
    if (member.registration.origin() == Origin.DISCOVERED) {
      member.hearing.unlisted();
      if (member.hasLeft(now, rules, news.peers)) {
        return applied(id, members.leave(member, whyLeft(member)));
      }
    }
    return new Outcome.Applied(id, List.of());
  }

  private static String whyLeft(Member member) {
    return switch (member.registration.origin()) {
      case PINGED -> "pings stopped";
      case DISCOVERED -> "discovered no more";
      case LEASED, STATIC -> "lease ran out";
    };
  }

  /** What peers are told. */
  PeerWord word(String self, boolean complete, Instant now) {
    return news.word(self, complete, now);
  }

  /** A peer told what it knows. A node that nobody hears any more leaves with the next tick. */
  List<Change> hear(PeerWord word, String self, Instant now) {
    return news.hear(word, self, now);
  }

  /** Time went on: leases end here, whoever else does or does not announce anything. */
  List<Change> tick(Instant now) {
    List<Change> changes = new ArrayList<>();
    for (Member member : members.copy()) {
      if (member.hasLeft(now, rules, news.peers)) {
        changes.add(members.leave(member, whyLeft(member)));
      } else {
        changes.addAll(
            members.change(member, "pings are missing", it -> it.tick(now, rules, news.peers)));
      }
    }
    return changes;
  }

  /**
   * The probes that are due, those first that have waited longest: were it by id, a few dozen hung
   * engines would keep all later ids from ever being asked. Engines that answered nothing last time
   * hold at most half of the slots, because each may hold its own for seconds. Each probe is handed
   * out once and waits for its result.
   *
   * @param slots probes that may be under way at once, these included
   * @param underWay probes that are
   */
  List<ProbeOrder> dueProbes(Instant now, int slots, int underWay) {
    long slow = members.all().stream().filter(m -> m.isProbing() && m.isSlow()).count();
    int most = slots - underWay;
    List<Member> due =
        members.all().stream()
            .filter(member -> member.isDue(now))
            .sorted(Comparator.comparing(Member::nextProbe))
            .toList();
    List<ProbeOrder> orders = new ArrayList<>();
    for (Member member : due) {
      if (orders.size() >= most) {
        break;
      }
      if (!member.isSlow() || ++slow <= slots / 2) {
        orders.add(member.order(now, rules));
      }
    }
    return orders;
  }

  private Outcome about(NodeId id, Consumer<Member> event, String reason) {
    Member member = members.get(id);
    return member == null ? new Outcome.UnknownNode(id) : change(member, reason, event);
  }

  private Outcome change(Member member, String reason, Consumer<Member> event) {
    NodeId id = member.registration.spec().id();
    return new Outcome.Applied(id, members.change(member, reason, event));
  }

  private static Outcome applied(NodeId id, Change change) {
    return new Outcome.Applied(id, List.of(change));
  }
}
