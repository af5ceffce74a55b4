package io.turnpike.node;

import java.util.Objects;

/**
 * One life of an engine process. Two epochs of a node are only ever compared for equality: another
 * epoch means that the engine restarted and that its KV cache is empty.
 *
 * <p>It is made of what the engine says of itself (its process start time, its engine id), so that
 * every observer gives the same life the same name without asking anybody.
 *
 * @param value opaque, never empty
 */
public record Epoch(String value) {

  /** The epoch of an engine that has not told anything about itself yet. */
  public static final Epoch UNKNOWN = new Epoch("unknown");

  public Epoch {
    Objects.requireNonNull(value, "value");
    if (value.isEmpty()
        || value.length() > 128
        || value.chars().anyMatch(Character::isWhitespace)) {
      throw new IllegalArgumentException(
          "epoch: \"%s\" (expected: 1 to 128 characters without blanks)".formatted(value));
    }
  }

  /**
   * Whether an observer made it up, because the engine had not told of its process: the next epoch
   * may then be of the same life, named better.
   */
  public boolean isGuessed() {
    return equals(UNKNOWN) || value.startsWith("l");
  }

  @Override
  public String toString() {
    return value;
  }
}
