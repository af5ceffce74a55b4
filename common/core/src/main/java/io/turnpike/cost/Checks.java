package io.turnpike.cost;

/** Refuses values that no engine has. */
final class Checks {

  private Checks() {}

  static void notNegative(String name, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException("%s: %s (expected: 0 or more)".formatted(name, value));
    }
  }

  static void positive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException("%s: %d (expected: 1 or more)".formatted(name, value));
    }
  }
}
