package io.turnpike.simulator.replay;

import io.turnpike.node.Role;
import io.turnpike.routing.Mode;
import io.turnpike.simulator.handoff.HandoffCosts;
import io.turnpike.simulator.profile.EngineProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A cluster as one run has it.
 *
 * @param engines at least one that can serve a turn
 * @param mode how turns are routed where there are prefill and decode engines; replicas are always
 *     routed by the replica policy
 * @param choice whether the mode is kept to, or the cheaper path of each later turn is taken
 * @param handoff what the connector costs
 * @param network what the KV moves over
 * @param gatewayNanos what the gateway adds before a turn's first leg
 * @param balancing how new conversations are spread over replicas
 * @param connections requests that all clients together have under way at most
 */
public record ClusterSpec(
    List<EngineSpec> engines,
    Mode mode,
    Choice choice,
    HandoffCosts handoff,
    NetworkProfile network,
    long gatewayNanos,
    Balancing balancing,
    int connections) {

  /** Who chooses a later turn's path. */
  public enum Choice {
    /** The mode. */
    BY_MODE,
    /** An estimate of what both paths cost: {@link AdaptivePolicy}. */
    ADAPTIVE
  }

  /** How new conversations are spread over replicas. */
  public enum Balancing {
    /** As our gateway does it. */
    TURNPIKE,
    /** As the gateway of the vllm-ppd study appears to have done it; only to compare with it. */
    STUDY
  }

  /** No bound that matters on the clients' connections. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  private static final String ADAPTIVE = "adaptive";
  private static final Pattern PART = Pattern.compile("(\\d+)(PD|P|D|R)");
  private static final Pattern SHAPE = Pattern.compile("(\\d+(PD|P|D|R)_?)+");

  public ClusterSpec {
    engines = List.copyOf(engines);
    boolean serves = engines.stream().anyMatch(engine -> engine.role() != Role.PREFILL);
    if (!serves) {
      throw new IllegalArgumentException("cluster: no decode engine and no replica");
    }
    if (connections < 1 || gatewayNanos < 0) {
      throw new IllegalArgumentException(
          "cluster: %d connections, gateway %d ns (expected: 1 or more, 0 or more)"
              .formatted(connections, gatewayNanos));
    }
  }

  /**
   * A cluster of like engines, measured on NVLink with p2p-nccl: {@code 1P3D}, {@code 2P_2pD},
   * {@code 4R}, {@code 1R_1P_2pD}.
   */
  public static ClusterSpec of(String shape, EngineProfile profile, Mode mode) {
    return new ClusterSpec(
        engines(shape, profile),
        mode,
        Choice.BY_MODE,
        HandoffCosts.P2P_NCCL,
        NetworkProfile.NVLINK,
        0,
        Balancing.TURNPIKE,
        UNLIMITED);
  }

  /**
   * The same for how turns are routed in a word: a mode's, or {@code adaptive}.
   *
   * @throws IllegalArgumentException for another word
   */
  public static ClusterSpec of(String shape, EngineProfile profile, String routing) {
    if (routing.equalsIgnoreCase(ADAPTIVE)) {
      return of(shape, profile, Mode.PPD).adaptive();
    }
    Mode mode =
        Mode.of(routing)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "mode: \"%s\" (expected: one of %s, %s)"
                            .formatted(routing, Mode.words(), ADAPTIVE)));
    return of(shape, profile, mode);
  }

  private static List<EngineSpec> engines(String shape, EngineProfile profile) {
    String upper = shape.toUpperCase(Locale.ROOT);
    if (!SHAPE.matcher(upper).matches()) {
      throw new IllegalArgumentException(
          "cluster: \"%s\" (expected: counts of P, D and R, like 1P3D or 4R)".formatted(shape));
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
      default -> Role.DECODE;
    };
  }

  /** The same with another connector and network. */
  public ClusterSpec with(HandoffCosts costs, NetworkProfile links) {
    return new ClusterSpec(
        engines, mode, choice, costs, links, gatewayNanos, balancing, connections);
  }

  /** The same with another bound on connections. */
  public ClusterSpec withConnections(int most) {
    return new ClusterSpec(engines, mode, choice, handoff, network, gatewayNanos, balancing, most);
  }

  /** The same with replicas spread as the study did. */
  public ClusterSpec balancedLikeTheStudy() {
    return new ClusterSpec(
        engines, mode, choice, handoff, network, gatewayNanos, Balancing.STUDY, connections);
  }

  /** The same with another gateway. */
  public ClusterSpec withGatewayNanos(long nanos) {
    return new ClusterSpec(engines, mode, choice, handoff, network, nanos, balancing, connections);
  }

  /** The same with later turns taking whichever path is estimated to be cheaper. */
  public ClusterSpec adaptive() {
    return new ClusterSpec(
        engines, mode, Choice.ADAPTIVE, handoff, network, gatewayNanos, balancing, connections);
  }
}
