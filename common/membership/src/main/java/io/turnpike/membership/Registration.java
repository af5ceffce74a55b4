package io.turnpike.membership;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One announcement of a node: what it is said to be, and by whom.
 *
 * @param spec what the node is
 * @param origin who says so; decides how the node expires
 * @param engineId the engine's own id of its present life, or null; part of the epoch
 * @param note one line for people about what cannot be done with this node, or null
 */
public record Registration(
    NodeSpec spec, Origin origin, @Nullable String engineId, @Nullable String note) {

  private static final int MAX_ENGINE_ID_LENGTH = 64;

  /** Who announces a node. A later constant outranks an earlier one about the same node. */
  public enum Origin {
    /** The engine's own ZMQ pings; the node leaves when they stop. */
    PINGED,
    /** Registration over HTTP; the node leaves when its lease is not renewed. */
    LEASED,
    /** A list in the configuration; the node never leaves by itself. */
    STATIC;

    /** The origin's name on the wire: lower case. */
    public String word() {
      return switch (this) {
        case PINGED -> "pinged";
        case LEASED -> "leased";
        case STATIC -> "static";
      };
    }
  }

  public Registration {
    Objects.requireNonNull(spec, "spec");
    Objects.requireNonNull(origin, "origin");
    if (engineId != null
        && (engineId.isEmpty()
            || engineId.length() > MAX_ENGINE_ID_LENGTH
            || engineId.chars().anyMatch(c -> c <= ' ' || c == 0x7f))) {
      throw new IllegalArgumentException(
          "engine_id: (expected: 1 to %d characters without blanks)"
              .formatted(MAX_ENGINE_ID_LENGTH));
    }
  }

  /** A node out of the configuration. */
  public static Registration fixed(NodeSpec spec) {
    return new Registration(spec, Origin.STATIC, null, null);
  }
}
