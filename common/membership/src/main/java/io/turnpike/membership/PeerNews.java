package io.turnpike.membership;

import io.turnpike.node.NodeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What registries tell each other, and what becomes of it here. Only what a registry heard itself
 * keeps a node alive elsewhere: news that two of them could pass to and fro would keep it for ever.
 */
final class PeerNews {

  private final MembershipRules rules;
  private final Members members;
  private final Removals removals = new Removals();

  /** Who of them answers. */
  final Peers peers = new Peers();

  PeerNews(MembershipRules rules, Members members) {
    this.rules = rules;
    this.members = members;
  }

  PeerWord word(String self, boolean complete, Instant now) {
    List<PeerWord.Known> nodes = new ArrayList<>();
    for (Member member : members.all()) {
      PeerWord.Known known = member.word(self, now, rules);
      if (known != null) {
        nodes.add(known);
      }
    }
    return new PeerWord(self, complete, nodes, removals.since(now));
  }

  /** Somebody removed a node here. */
  void removed(NodeId node, Instant now) {
    removals.add(node, now);
  }

  boolean wasRemoved(NodeId node) {
    return removals.covers(node, Instant.MIN);
  }

  List<Change> hear(PeerWord word, String self, Instant now) {
    peers.answered(word.registry(), now);
    List<Change> changes = new ArrayList<>();
    word.removed().forEach((id, at) -> changes.addAll(removedElsewhere(id, at)));
    Set<NodeId> heardThere = new HashSet<>();
    for (PeerWord.Known known : word.nodes()) {
      if (known.heardBy().equals(word.registry())) {
        heardThere.add(known.id());
      }
      changes.addAll(hear(known, word.registry(), self, now));
    }
    for (Member member : members.all()) {
      if (!heardThere.contains(member.registration.spec().id())) {
        member.hearing.notThere(word.registry());
      }
    }
    return changes;
  }

  private List<Change> removedElsewhere(NodeId id, Instant at) {
    boolean isNews = removals.add(id, at);
    Member member = members.get(id);
    return isNews && member != null && removals.covers(id, member.hearing.latest())
        ? List.of(members.leave(member, "removed"))
        : List.of();
  }

  private List<Change> hear(PeerWord.Known known, String peer, String self, Instant now) {
    NodeId id = known.id();
    if (removals.covers(id, known.heardAt())) {
      return List.of();
    }
    Member member = members.get(id);
    if (member == null) {
      return mayKnowBetter(known.heardBy(), peer, self, now) ? List.of() : admit(known, now);
    }
    NodeId holder = members.at(known.registration().spec().url());
    return holder == null || holder.equals(id)
        ? members.change(member, "told by a peer", it -> it.told(known, peer, now))
        : List.of();
  }

  /** Whether a peer tells what this registry, or another that answers, would say itself. */
  private boolean mayKnowBetter(String heardBy, String peer, String self, Instant now) {
    return !heardBy.equals(peer) && (heardBy.equals(self) || peers.answers(heardBy, now));
  }

  private List<Change> admit(PeerWord.Known known, Instant now) {
    List<Change> changes = new ArrayList<>();
    NodeId holder = members.at(known.registration().spec().url());
    Member other = holder == null ? null : members.get(holder);
    if (other != null) {
      if (known.registration().origin().compareTo(other.registration.origin()) <= 0) {
        return List.of();
      }
      changes.add(members.leave(other, "a peer knows it by another name"));
    }
    if (members.size() < rules.maxNodes()) {
      Member member = new Member(known.registration(), now);
      member.begin(known);
      changes.add(members.join(member, "told by a peer"));
    }
    return changes;
  }
}
