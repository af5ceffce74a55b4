package io.turnpike.simulator.handoff;

/**
 * What a connector's handoff costs the two engines, in milliseconds; the network is not in it.
 *
 * @param senderMillis time a prompt occupies the prefill engine's one sender, from the end of its
 *     prefill; zero where the decode engine reads by itself
 * @param deliveryMillis from the end of sending until the decode engine can load
 * @param loadMillis how long a step of the decode engine stands still to load a prompt's KV
 * @param loadTokenMillis and per token loaded
 */
public record HandoffCosts(
    double senderMillis, double deliveryMillis, double loadMillis, double loadTokenMillis) {

  /**
   * P2pNcclConnector, fitted to measurements on NVLink with vLLM 0.13
   * (docs/simulator-validation.md): sends layer by layer from one thread, whose 32 handshakes cost
   * more than the bytes, and loads inside a step.
   */
  public static final HandoffCosts P2P_NCCL = new HandoffCosts(46, 4, 5.5, 0.0053);

  /** NixlConnector: the decode engine reads beside its steps, which do not stand still. */
  public static final HandoffCosts NIXL = new HandoffCosts(0, 6, 0, 0);

  /** No time at all. */
  public static final HandoffCosts FREE = new HandoffCosts(0, 0, 0, 0);

  /** What the connector of that name costs. */
  public static HandoffCosts of(String connector) {
    return switch (connector) {
      case "nixl" -> NIXL;
      case "p2p-nccl" -> P2P_NCCL;
      default ->
          throw new IllegalArgumentException(
              "connector: \"%s\" (expected: nixl or p2p-nccl)".formatted(connector));
    };
  }

  public HandoffCosts {
    if (!(senderMillis >= 0 && deliveryMillis >= 0 && loadMillis >= 0 && loadTokenMillis >= 0)) {
      throw new IllegalArgumentException(
          "handoff costs: %s, %s, %s, %s (expected: 0 or more)"
              .formatted(senderMillis, deliveryMillis, loadMillis, loadTokenMillis));
    }
  }
}
