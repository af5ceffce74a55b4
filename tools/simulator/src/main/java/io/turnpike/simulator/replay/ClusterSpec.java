package io.turnpike.simulator.replay;

import io.turnpike.cost.EngineProfile;
import io.turnpike.cost.HandoffCosts;
import io.turnpike.node.Role;
import io.turnpike.routing.Mode;
import io.turnpike.turn.TurnRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A cluster as one run has it.
 *
 * @param engines at least one that can serve a turn
 * @param mode how turns are routed where there are prefill and decode engines; replicas are routed
 *     by the replica policy, unless the mode is adaptive
 * @param handoff what the connector costs
 * @param network what the KV moves over
 * @param gatewayNanos what the gateway adds before a turn's first leg
 * @param balancing how new conversations are spread over replicas
 * @param connections requests that all clients together have under way at most
 * @param rules how long the gateway waits for what; {@link #NO_DEADLINES}: for ever
 * @param failures of engines; those of one engine do not overlap
 */
public record ClusterSpec(
    List<EngineSpec> engines,
    Mode mode,
    HandoffCosts handoff,
    NetworkProfile network,
    long gatewayNanos,
    Balancing balancing,
    int connections,
    TurnRules rules,
    List<EngineFailure> failures) {

  /** How new conversations are spread over replicas. */
  public enum Balancing {
    /** As our gateway does it. */
    TURNPIKE,
    /** As the gateway of the vllm-ppd study appears to have done it; only to compare with it. */
    STUDY
  }

  /** No bound that matters on the clients' connections. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /** A gateway that waits as long as its clients do, like those of the measurements. */
  public static final TurnRules NO_DEADLINES = noDeadlines();

  private static final Pattern PART = Pattern.compile("(\\d+)(PD|P|D|R|A)");
  private static final Pattern SHAPE = Pattern.compile("(\\d+(PD|P|D|R|A)_?)+");

  public ClusterSpec {
    engines = List.copyOf(engines);
    failures = List.copyOf(failures);
    boolean serves = engines.stream().anyMatch(engine -> engine.role() != Role.PREFILL);
    if (!serves) {
      throw new IllegalArgumentException("cluster: no decode engine and no replica");
    }
    if (connections < 1 || gatewayNanos < 0) {
      throw new IllegalArgumentException(
          "cluster: %d connections, gateway %d ns (expected: 1 or more, 0 or more)"
              .formatted(connections, gatewayNanos));
    }
    if (overlap(failures)) {
      throw new IllegalArgumentException(
          "cluster: failures of one engine overlap (expected: one after the other)");
    }
  }

  private static boolean overlap(List<EngineFailure> failures) {
    for (int i = 0; i < failures.size(); i++) {
      for (EngineFailure other : failures.subList(0, i)) {
        if (failures.get(i).overlaps(other)) {
          return true;
        }
      }
    }
    return false;
  }

  private static TurnRules noDeadlines() {
    Duration ever = Duration.ofDays(36_500);
    return new TurnRules(ever, ever, Integer.MAX_VALUE, ever, ever, ever);
  }

  /** Whether the gateway ever gives a turn up, or an engine. */
  boolean hasDeadlines() {
    return !rules.equals(NO_DEADLINES);
  }

  /**
   * A cluster of like engines, measured on NVLink with p2p-nccl: {@code 1P3D}, {@code 2P_2pD},
   * {@code 4R}, {@code 1R_1P_2pD}, {@code 1P2A_1R}.
   */
  public static ClusterSpec of(String shape, EngineProfile profile, Mode mode) {
    return new ClusterSpec(
        engines(shape, profile),
        mode,
        HandoffCosts.P2P_NCCL,
        NetworkProfile.NVLINK,
        0,
        Balancing.TURNPIKE,
        UNLIMITED,
        NO_DEADLINES,
        List.of());
  }

  /**
   * The same for a mode by its name.
   *
   * @throws IllegalArgumentException for another word
   */
  public static ClusterSpec of(String shape, EngineProfile profile, String word) {
    Mode mode =
        Mode.of(word)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "mode: \"%s\" (expected: one of %s)".formatted(word, Mode.words())));
    return of(shape, profile, mode);
  }

  private static List<EngineSpec> engines(String shape, EngineProfile profile) {
    String upper = shape.toUpperCase(Locale.ROOT);
    if (!SHAPE.matcher(upper).matches()) {
      throw new IllegalArgumentException(
          "cluster: \"%s\" (expected: counts of P, D, R and A, like 1P3D or 4A)".formatted(shape));
    }
    List<EngineSpec> engines = new ArrayList<>();
    Matcher part = PART.matcher(upper);
    while (part.find()) {
      Role role = role(part.group(2));
      int count = Integer.parseInt(part.group(1));
      for (int i = 0; i < count; i++) {
        engines.add(new EngineSpec(role.word() + "-" + i, role, profile));
      }
    }
    return engines;
  }

  private static Role role(String letters) {
    return switch (letters) {
      case "P" -> Role.PREFILL;
      case "R" -> Role.REPLICA;
      case "A" -> Role.ANY;
      default -> Role.DECODE;
    };
  }

  /** The same with another connector and network. */
  public ClusterSpec with(HandoffCosts costs, NetworkProfile links) {
    return new ClusterSpec(
        engines, mode, costs, links, gatewayNanos, balancing, connections, rules, failures);
  }

  /** The same with another bound on connections. */
  public ClusterSpec withConnections(int most) {
    return new ClusterSpec(
        engines, mode, handoff, network, gatewayNanos, balancing, most, rules, failures);
  }

  /** The same with replicas spread as the study did. */
  public ClusterSpec balancedLikeTheStudy() {
    return new ClusterSpec(
        engines,
        mode,
        handoff,
        network,
        gatewayNanos,
        Balancing.STUDY,
        connections,
        rules,
        failures);
  }

  /** The same with another gateway. */
  public ClusterSpec withGatewayNanos(long nanos) {
    return new ClusterSpec(
        engines, mode, handoff, network, nanos, balancing, connections, rules, failures);
  }

  /** The same with a gateway that waits so long. */
  public ClusterSpec withRules(TurnRules others) {
    return new ClusterSpec(
        engines, mode, handoff, network, gatewayNanos, balancing, connections, others, failures);
  }

  /** The same with engines that fail so. */
  ClusterSpec withFailures(List<EngineFailure> others) {
    return new ClusterSpec(
        engines, mode, handoff, network, gatewayNanos, balancing, connections, rules, others);
  }
}
