package io.turnpike.turn;

import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.routing.RoutingView.Usability;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a turn tried in vain, so that it tries something else. */
final class Attempts {

  private record Pair(NodeId prefill, NodeId decode) {}

  private final Set<NodeId> failedNodes = HashSet.newHashSet(2);
  private final Set<Pair> failedPairs = HashSet.newHashSet(2);
  private final Set<NodeId> askedOnceMore = HashSet.newHashSet(2);
  private final List<String> troubles = new ArrayList<>(2);
  private int tries;
  private int prefillsInVain;
  private int lostHandoffs;
  private boolean lastChanceTaken;

  void begin() {
    tries++;
  }

  int tries() {
    return tries;
  }

  boolean isExhausted() {
    return tries >= TurnRules.MAX_TRIES;
  }

  void trouble(String what) {
    troubles.add(what);
  }

  List<String> troubles() {
    return List.copyOf(troubles);
  }

  void prefillFailed(Node prefill) {
    prefillsInVain++;
    failedNodes.add(prefill.id());
  }

  boolean mayAskAnotherPrefill() {
    return prefillsInVain < TurnRules.MAX_PREFILLS_IN_VAIN;
  }

  void handoffLost(Node prefill, Node decode) {
    lostHandoffs++;
    failedPairs.add(new Pair(prefill.id(), decode.id()));
  }

  int lostHandoffs() {
    return lostHandoffs;
  }

  void ruleOut(Node node) {
    failedNodes.add(node.id());
  }

  boolean isRuledOut(Node node) {
    return failedNodes.contains(node.id());
  }

  /** Whether a decode node whose handoff was lost may be asked again at once; true once a node. */
  boolean mayAskOnceMore(Node decode) {
    return askedOnceMore.add(decode.id());
  }

  void allow(Node node) {
    failedNodes.remove(node.id());
  }

  /** Whether the node that failed last may be asked again, nobody else being left; true once. */
  boolean takeLastChance(Node node) {
    boolean mayBe = !lastChanceTaken;
    if (mayBe) {
      lastChanceTaken = true;
      allow(node);
      failedPairs.removeIf(pair -> pair.decode.equals(node.id()));
    }
    return mayBe;
  }

  /** What is usable in general, less what this turn ruled out. */
  Usability over(Usability general) {
    return failedNodes.isEmpty() && failedPairs.isEmpty() ? general : new Remaining(general);
  }

  private final class Remaining implements Usability {
    private final Usability general;

    Remaining(Usability general) {
      this.general = general;
    }

    @Override
    public boolean node(Node node) {
      return !isRuledOut(node) && general.node(node);
    }

    @Override
    public boolean lastResort(Node node) {
      return !isRuledOut(node) && general.lastResort(node);
    }

    @Override
    public boolean pair(Node prefill, Node decode) {
      return !failedPairs.contains(new Pair(prefill.id(), decode.id()))
          && general.pair(prefill, decode);
    }

    @Override
    public boolean alone(Node decode) {
      return general.alone(decode);
    }
  }
}
