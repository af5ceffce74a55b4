package io.turnpike.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which nodes failed a turn, as {@link TurnAudit} sees it, and who is asked again after that. */
final class TurnFaults {

  private final Set<NodeId> failedByThemselves = new HashSet<>();

  /** Of role any, silent or lost when they were to compute a prompt for another: left alone. */
  private final Set<NodeId> lostPrefills = new HashSet<>();

  private final List<NodeId> askedAfterFailure = new ArrayList<>();

  void failed(NodeId node) {
    failedByThemselves.add(node);
  }

  void lostPrefill(NodeId node) {
    lostPrefills.add(node);
  }

  void silent(NodeId node, boolean asPrefill) {
    (asPrefill ? lostPrefills : failedByThemselves).add(node);
  }

  /** The answer of that node broke off: who failed before counts no more. */
  void beginAfterCut(NodeId node) {
    askedAfterFailure.clear();
    failedByThemselves.clear();
    failedByThemselves.add(node);
  }

  /** Who failed by itself is asked once more at most. */
  void asks(Node node) {
    if (failedByThemselves.contains(node.id())) {
      askedAfterFailure.add(node.id());
      boolean alone = node.connector().decodesAlone();
      assertThat(askedAfterFailure.size())
          .as("asked again after it failed by itself")
          .isLessThanOrEqualTo(alone ? 1 : TurnRules.MAX_TRIES);
    }
  }

  /** Those that need not be asked any more. */
  List<NodeId> excused() {
    List<NodeId> excused = new ArrayList<>(failedByThemselves);
    excused.addAll(lostPrefills);
    return excused;
  }
}
