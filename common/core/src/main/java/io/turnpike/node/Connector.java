package io.turnpike.node;

import org.jspecify.annotations.Nullable;

/**
 * One way to hand KV over: what it needs, whom it pairs, and what it adds to the legs of a turn.
 * Implementations are stateless; all of them, and everything else that is known of connectors,
 * stand in package {@code io.turnpike.connector}.
 */
public interface Connector {

  /** Its name in configuration and on the wire. */
  String word();

  /** When D is asked. */
  enum Order {
    /** After P has answered. */
    PREFILL_FIRST,
    /** Together with P. */
    OVERLAPPING
  }

  /** In which order the legs of a handoff go. */
  default Order order() {
    return Order.PREFILL_FIRST;
  }

  /** Whether a node must name an address of its own socket beside its HTTP address. */
  default boolean needsZmqAddress() {
    return false;
  }

  /** Whether this prefill node can hand KV to that decode node. */
  default boolean pairs(Node prefill, Node decode) {
    return equals(prefill.connector())
        && equals(decode.connector())
        && sameVersion(prefill, decode);
  }

  private static boolean sameVersion(Node prefill, Node decode) {
    String version = prefill.version();
    return version == null || decode.version() == null || version.equals(decode.version());
  }

  /** Whether a decode node serves a plain prompt, without a handoff. */
  default boolean decodesAlone() {
    return true;
  }

  /** Its {@code kv_transfer_params} for P, as JSON in ASCII; null: none. */
  default @Nullable String prefillParams() {
    return null;
  }

  /** Whether D needs the {@code kv_transfer_params} of P's answer. */
  default boolean passesParamsOn() {
    return false;
  }

  /**
   * The {@code X-Request-Id} of both legs of a handoff.
   *
   * @param turnId 32 hexadecimal digits, unique
   * @param clientId what the client sent, if it may reach an engine
   */
  default String requestId(Node prefill, Node decode, String turnId, @Nullable String clientId) {
    return aloneRequestId(turnId, clientId);
  }

  /** The {@code X-Request-Id} of a turn that one node serves alone. */
  default String aloneRequestId(String turnId, @Nullable String clientId) {
    return clientId == null ? turnId : clientId;
  }
}
