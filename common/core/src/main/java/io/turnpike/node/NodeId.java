package io.turnpike.node;

import java.util.Objects;

/**
 * The name of a node, the same on every service: an operator's choice, or {@code host:port} of the
 * engine's HTTP address.
 *
 * @param value 1 to 128 characters out of letters, digits and {@code . _ : - [ ]}
 */
public record NodeId(String value) implements Comparable<NodeId> {

  /** The longest name that is taken. */
  public static final int MAX_LENGTH = 128;

  public NodeId {
    Objects.requireNonNull(value, "value");
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "node id: \"%s\" (expected: 1 to %d of letters, digits and . _ : - [ ])"
              .formatted(
                  value.length() > MAX_LENGTH ? value.substring(0, 32) + "…" : value, MAX_LENGTH));
    }
  }

  /** Whether a text can be a node's name. */
  public static boolean isValid(String value) {
    return !value.isEmpty()
        && value.length() <= MAX_LENGTH
        && value.chars().allMatch(NodeId::isAllowed);
  }

  private static boolean isAllowed(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "._:-[]".indexOf(c) >= 0;
  }

  @Override
  public int compareTo(NodeId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
