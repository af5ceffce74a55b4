package io.turnpike.turn;

import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.Role;
import io.turnpike.routing.RoutingView.Usability;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a turn tried in vain, so that it tries something else. */
final class Attempts {

  private record Pair(NodeId prefill, NodeId decode) {}

  private final Set<NodeId> failedPrefills = HashSet.newHashSet(2);
  private final Set<NodeId> left = LinkedHashSet.newLinkedHashSet(2);
  private final Set<NodeId> failedByThemselves = HashSet.newHashSet(2);
  private final Set<Pair> failedPairs = HashSet.newHashSet(2);
  private final List<String> troubles = new ArrayList<>(2);
  private int tries;
  private int triesBeforeCut;
  private int prefillsInVain;
  private int lostHandoffs;
  private boolean prefillsRefuse;
  private boolean lastChanceTaken;

  void begin() {
    tries++;
  }

  int tries() {
    return triesBeforeCut + tries;
  }

  /** An answer broke off and goes on elsewhere: what failed on the way to it counts no more. */
  void beginAfterCut(Node node) {
    triesBeforeCut += tries;
    tries = 0;
    prefillsInVain = 0;
    prefillsRefuse = false;
    lastChanceTaken = false;
    failedPrefills.clear();
    left.clear();
    failedByThemselves.clear();
    failedPairs.clear();
    failedByItself(node);
    leave(node);
  }

  boolean isExhausted() {
    return tries >= TurnRules.MAX_TRIES;
  }

  void trouble(String what) {
    troubles.add(what);
  }

  /** Nothing can be done about the last trouble. */
  void cannotGoOn(String why) {
    troubles.add(troubles.removeLast() + ", and cannot go on elsewhere: " + why);
  }

  List<String> troubles() {
    return List.copyOf(troubles);
  }

  int lostHandoffs() {
    return lostHandoffs;
  }

  // --- what failed ---

  void prefillFailed(Node prefill) {
    prefillsInVain++;
    failedPrefills.add(prefill.id());
  }

  /** Our copy of the request is refused, which every other prefill node would do too. */
  void prefillRefused() {
    prefillsInVain = TurnRules.MAX_PREFILLS_IN_VAIN;
    prefillsRefuse = true;
  }

  /** A handoff failed by what one of the two said. */
  void handoffFailed(Node prefill, Node decode) {
    prefillsInVain++;
    handoffLost(prefill, decode);
  }

  /** What P did was for nothing. */
  void handoffLost(Node prefill, Node decode) {
    lostHandoffs++;
    failedPairs.add(new Pair(prefill.id(), decode.id()));
  }

  /** A node that was to answer failed, and no handoff can be blamed for it. */
  void failedByItself(Node node) {
    failedByThemselves.add(node.id());
  }

  // --- what may be tried ---

  /** Whether a handoff is still worth it; if not, D has to do without. */
  boolean mayPrefill() {
    return prefillsInVain < TurnRules.MAX_PREFILLS_IN_VAIN;
  }

  /** The turn goes elsewhere. */
  void leave(Node node) {
    left.add(node.id());
  }

  /** Nodes that were left, in order. */
  List<NodeId> left() {
    return List.copyOf(left);
  }

  /** Nodes that were left although they never failed by themselves, in order. */
  List<NodeId> leftUnfailed() {
    return left.stream().filter(id -> !failedByThemselves.contains(id)).toList();
  }

  /** Whether the node that was left last may be asked again, nobody else being left; true once. */
  boolean takeLastChance() {
    boolean mayBe = !lastChanceTaken;
    lastChanceTaken = true;
    return mayBe;
  }

  /** A node that cannot do without a handoff is asked again, and so are those who can hand over. */
  void forgivePrefills(Node decode) {
    left.remove(decode.id());
    failedPrefills.clear();
    failedPairs.removeIf(pair -> pair.decode.equals(decode.id()));
  }

  /** One of role any that failed as P may still answer. */
  private boolean isRuledOut(Node node) {
    return left.contains(node.id())
        || (node.role() == Role.PREFILL && failedPrefills.contains(node.id()));
  }

  private boolean isRuledOut(Node prefill, Node decode) {
    return prefillsRefuse
        || failedPrefills.contains(prefill.id())
        || failedPairs.contains(new Pair(prefill.id(), decode.id()));
  }

  /** What is usable in general, less what this turn ruled out. */
  Usability over(Usability general) {
    boolean nothing =
        left.isEmpty() && failedPrefills.isEmpty() && failedPairs.isEmpty() && !prefillsRefuse;
    return nothing ? general : new Remaining(general, true);
  }

  /** The same without any handoff. */
  Usability withoutHandoffs(Usability general) {
    return new Remaining(general, false);
  }

  private final class Remaining implements Usability {
    private final Usability general;
    private final boolean handoffs;

    Remaining(Usability general, boolean handoffs) {
      this.general = general;
      this.handoffs = handoffs;
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
      return handoffs && !isRuledOut(prefill, decode) && general.pair(prefill, decode);
    }

    @Override
    public boolean lastResort(Node prefill, Node decode) {
      return handoffs && !isRuledOut(prefill, decode) && general.lastResort(prefill, decode);
    }

    @Override
    public boolean alone(Node decode) {
      return general.alone(decode);
    }
  }
}
