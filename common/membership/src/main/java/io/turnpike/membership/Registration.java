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
 * @param standing whether it is offered for new turns
 */
public record Registration(
    NodeSpec spec,
    Origin origin,
    @Nullable String engineId,
    @Nullable String note,
    Standing standing) {

  private static final int MAX_ENGINE_ID_LENGTH = 64;

  /** Who announces a node. A later constant outranks an earlier one about the same node. */
  public enum Origin {
    /** The engine's own ZMQ pings; the node leaves when they stop. */
    PINGED,
    /** Registration over HTTP; the node leaves when its lease is not renewed. */
    LEASED,
    /** A watch over what runs; the node leaves when it is no more seen there. */
    DISCOVERED,
    /** A list in the configuration; the node never leaves by itself. */
    STATIC;

    /** The origin's name on the wire: lower case. */
    public String word() {
      return switch (this) {
        case PINGED -> "pinged";
        case LEASED -> "leased";
        case DISCOVERED -> "discovered";
        case STATIC -> "static";
      };
    }
  }

  /** Whether who announces a node offers it for turns. */
  public enum Standing {
    OFFERED,
    /** New turns go elsewhere, those under way end: as if it were drained. */
    WITHHELD;

    /** Its name on the wire: lower case. */
    public String word() {
      return switch (this) {
        case OFFERED -> "offered";
        case WITHHELD -> "withheld";
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

  /** A node that is offered for turns. */
  public Registration(
      NodeSpec spec, Origin origin, @Nullable String engineId, @Nullable String note) {
    this(spec, origin, engineId, note, Standing.OFFERED);
  }

  /** The same announcement of a node that is said to be otherwise. */
  Registration with(NodeSpec other) {
    return new Registration(other, origin, engineId, note, standing);
  }

  /** A node out of the configuration. */
  public static Registration fixed(NodeSpec spec) {
    return new Registration(spec, Origin.STATIC, null, null);
  }
}
