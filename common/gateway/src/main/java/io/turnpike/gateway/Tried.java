package io.turnpike.gateway;

import io.turnpike.engine.HeldAnswer;
import io.turnpike.engine.LegException;
import io.turnpike.error.ApiError;
import io.turnpike.node.Node;
import org.jspecify.annotations.Nullable;

/** What one try of a turn came to. */
sealed interface Tried {

  /** What went wrong. */
  enum Failure {
    /** The prefill leg did not give an answer that can be used. */
    PREFILL,
    /** D did not take the KV that P had ready, or P answered without parameters. */
    HANDOFF,
    /** D (or a replica) failed on a plain prompt, or cannot be reached. */
    DECODE
  }

  /** The client gets this. */
  sealed interface Final extends Tried {}

  /** A good answer, held back so far. */
  record Answered(HeldAnswer answer) implements Final {}

  /**
   * Something else to say, all of it known.
   *
   * @param status HTTP status
   * @param contentType as the engine gave it; null: JSON
   * @param body passed on as it came
   * @param error what it says if it is our own; null: an engine said it
   */
  @SuppressWarnings("ArrayRecordComponent") // bytes on their way, never compared
  record Said(int status, @Nullable String contentType, byte[] body, @Nullable ApiError error)
      implements Final {

    Said(int status, @Nullable String contentType, byte[] body) {
      this(status, contentType, body, null);
    }

    Said(ApiError error) {
      this(error.status(), null, error.toJson(), error);
    }
  }

  /**
   * It failed before the client saw anything.
   *
   * @param failure which part
   * @param node whose fault it was
   * @param trouble for the receipt
   * @param atLast what the client gets if nothing else works
   * @param kind how the connection broke, or null if the engine answered
   */
  record Broken(
      Failure failure, Node node, String trouble, Said atLast, LegException.@Nullable Kind kind)
      implements Tried {

    Broken(Failure failure, Node node, String trouble, Said atLast) {
      this(failure, node, trouble, atLast, null);
    }

    /** Whether the node could not be reached at all. */
    boolean refused() {
      return kind == LegException.Kind.REFUSED;
    }

    /**
     * Whether the same node may do better when asked once more: it is there, but broke off or was
     * too busy (vLLM's admission control answers 503).
     */
    boolean mayTrySameNode() {
      boolean busy = kind == null && atLast.status() == 503;
      return failure == Failure.DECODE && (busy || kind == LegException.Kind.LOST);
    }
  }
}
