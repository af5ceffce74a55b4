package io.turnpike.cost;

/**
 * What a connector's handoff costs the two engines, in milliseconds; the network is not in it.
 *
 * @param sendMillis how long sending a prompt takes, one after the other, in the step that ends its
 *     prefill and does not end before; zero where the decode engine reads by itself
 * @param setUpMillis from the decode engine's asking until KV moves; zero where it is sent unasked
 * @param loadMillis how long a step of the decode engine stands still to load a prompt's KV
 * @param loadTokenMillis and per token of the whole prompt
 */
public record HandoffCosts(
    double sendMillis, double setUpMillis, double loadMillis, double loadTokenMillis) {

  /**
   * P2pNcclConnector, fitted to measurements on NVLink with vLLM 0.13
   * (docs/simulator-validation.md). It sends layer by layer from one thread, whose 32 handshakes
   * cost more than the bytes, and {@code wait_for_save} keeps the step open until all is sent. The
   * decode engine loads the whole prompt inside a step ({@code start_load_kv}).
   */
  public static final HandoffCosts P2P_NCCL = new HandoffCosts(38, 0, 6, 0.0053);

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
    if (!(sendMillis >= 0 && setUpMillis >= 0 && loadMillis >= 0 && loadTokenMillis >= 0)) {
      throw new IllegalArgumentException(
          "handoff costs: %s, %s, %s, %s (expected: 0 or more)"
              .formatted(sendMillis, setUpMillis, loadMillis, loadTokenMillis));
    }
  }
}
