package io.turnpike.gateway;

import io.turnpike.error.GatewayException;
import io.turnpike.routing.RoutingPolicy;
import org.jspecify.annotations.Nullable;

/** How a service routes turns at the moment: what differs between the proxy and replication. */
@FunctionalInterface
public interface TurnRouting {

  /**
   * The choice for one turn, taken when it arrives.
   *
   * @param wish the client's {@code X-Turnpike-Mode}, or null
   * @throws GatewayException if the wish is not allowed or not known
   */
  Choice choose(@Nullable String wish);

  /**
   * One turn's routing.
   *
   * @param word its name in receipts: {@code pd}, {@code ppd} or {@code replication}
   * @param policy decides
   * @param recognition whether the decision needs to know the conversation
   */
  record Choice(String word, RoutingPolicy policy, Recognise recognition) {}

  /** When the conversation store's answer is needed. */
  enum Recognise {
    /** Before the decision. */
    FIRST,
    /** Only for the receipt; nobody waits for it. */
    MEANWHILE
  }
}
