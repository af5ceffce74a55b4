package io.turnpike.simulator.connector;

import io.turnpike.simulator.handoff.Lease;
import io.turnpike.simulator.wire.GenerateRequest;
import tools.jackson.databind.node.ObjectNode;

/** One way to move KV between engines. Thread-safe. */
public interface KvConnector {

  /** What one sequence has to do with another engine. */
  Leg plan(Sequence sequence, HandoffEvents events);

  /** A request with these parameters was refused before it became a sequence. */
  default void refused(ObjectNode kvTransferParams) {}

  /** Nobody read a finished prompt in time. */
  default void expired(Lease lease) {}

  /**
   * A sequence about to be given to the engine.
   *
   * @param request the request it belongs to
   * @param id the engine's own id of it
   * @param externalId the id that engines agree on, without random suffix
   * @param content what its KV holds: chained hashes of all its blocks, a partial last one included
   * @param promptTokens tokens of the prompt
   * @param maxTokens most tokens it may generate
   */
  record Sequence(
      GenerateRequest request,
      String id,
      String externalId,
      KvContent content,
      int promptTokens,
      int maxTokens) {}
}
