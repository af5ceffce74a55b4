package io.turnpike.proxy;

import io.turnpike.cost.CostBook;
import io.turnpike.node.Cluster;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.Role;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the mode does what it is called: {@code ppd} has no effect on decode nodes that serve no
 * turn without a handoff, and {@code adaptive} prices nothing without costs. The log hears of it
 * once a change. Thread-safe.
 */
final class ModeEffect {

  private static final Logger LOG = LoggerFactory.getLogger(ModeEffect.class);

  private static final String NO_COSTS =
      "adaptive knows no costs, so that a rule of thumb decides; set turnpike.costs.profile";

  private final ModeSwitch modes;
  private final Supplier<Cluster> cluster;
  private final Predicate<Node> servesAlone;
  private final CostBook costs;
  private final AtomicReference<@Nullable String> told = new AtomicReference<>();

  /**
   * @param cluster the nodes there are
   * @param servesAlone whether a decode node serves a turn without a handoff
   * @param costs what is known of the costs of nodes
   */
  ModeEffect(
      ModeSwitch modes, Supplier<Cluster> cluster, Predicate<Node> servesAlone, CostBook costs) {
    this.costs = costs;
    this.modes = modes;
    this.cluster = cluster;
    this.servesAlone = servesAlone;
  }

  /** What is missing of the mode's effect, in one sentence; null: nothing. */
  @Nullable String note() {
    return switch (modes.mode()) {
      case PD -> null;
      case PPD -> noteOnPpd();
      case ADAPTIVE -> costs.equals(CostBook.EMPTY) ? NO_COSTS : null;
    };
  }

  private @Nullable String noteOnPpd() {
    List<Node> decodes =
        cluster.get().nodes().stream().filter(node -> node.role().does(Role.DECODE)).toList();
    List<Node> without = decodes.stream().filter(servesAlone.negate()).toList();
    if (without.isEmpty()) {
      return null;
    }
    return "ppd has no effect %s: %s decode nodes serve no turn without a handoff, so that every turn"
            .formatted(where(without, decodes), connectors(without))
        + " goes P → D as in mode pd. With engines that carry the patch, set"
        + " turnpike.engine.patched-p2p=true";
  }

  private static String where(List<Node> without, List<Node> decodes) {
    return without.size() == decodes.size()
        ? "here"
        : "on "
            + without.stream().map(Node::id).map(NodeId::value).collect(Collectors.joining(", "));
  }

  private static String connectors(List<Node> nodes) {
    return nodes.stream()
        .map(node -> node.connector().word())
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /** Writes a line if the note is another than the last time. */
  void look() {
    String now = note();
    String before = told.getAndSet(now);
    if (Objects.equals(now, before)) {
      return;
    }
    if (now == null) {
      LOG.atInfo().addKeyValue("mode", modes.mode().word()).log("mode has its effect");
    } else {
      LOG.atWarn().addKeyValue("note", now).log("mode without effect");
    }
  }
}
