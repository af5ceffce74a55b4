package io.turnpike.proxy;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.turnpike.control.ControlJson;
import io.turnpike.engine.EngineHealth;
import io.turnpike.node.Cluster;
import io.turnpike.node.Node;
import io.turnpike.node.Role;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code GET /status}.
 *
 * @param modeNote why the mode has no effect, or not everywhere; absent otherwise
 * @param conversations that this process knows; all replicas' are in {@code GET /conversations}
 * @param turnsTotal turns that ended since the start
 * @param redis whether conversations are shared, in one word
 * @param limits whether limits of callers are, likewise
 * @param suspendedPairs pairs whose handoffs fail, as {@link EngineHealth#suspendedPairs} lists
 *     them
 */
@ControlJson
record ProxyStatus(
    String mode,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String modeNote,
    int conversations,
    int turnsInflight,
    long turnsTotal,
    String redis,
    String limits,
    List<ShownNode> nodes,
    Ready ready,
    List<SuspendedPair> suspendedPairs) {

  /** A node in short; the registry shows all of it. */
  @ControlJson
  record ShownNode(String id, String role, String state, String url, String epoch) {

    static ShownNode of(Node node) {
      return new ShownNode(
          node.id().value(),
          node.role().word(),
          node.state().word(),
          node.url().toString(),
          node.epoch().value());
    }
  }

  /**
   * How many nodes get turns.
   *
   * @param prefill that compute prompts for others, those of role any among them
   * @param decode that answer, those of role any among them
   * @param replica that serve whole turns in mode adaptive, those of role any among them
   * @param any of role any
   */
  @ControlJson
  record Ready(int prefill, int decode, int replica, int any) {

    static Ready of(Cluster cluster) {
      return new Ready(
          cluster.ready(Role.PREFILL).size(),
          cluster.ready(Role.DECODE).size(),
          cluster.ready(Role.REPLICA).size(),
          cluster.ready(Role.ANY).size());
    }
  }

  /**
   * A pair that is left alone for a while.
   *
   * @param lost handoffs lost in a row
   * @param nextTry when a turn tries it again, as ISO 8601 has it
   */
  @ControlJson
  record SuspendedPair(String prefill, String decode, int lost, String nextTry) {

    static SuspendedPair of(io.turnpike.turn.SuspendedPair pair, Instant now) {
      return new SuspendedPair(
          pair.prefill().value(),
          pair.decode().value(),
          pair.lost(),
          now.plus(pair.nextTryIn()).truncatedTo(ChronoUnit.SECONDS).toString());
    }
  }
}
