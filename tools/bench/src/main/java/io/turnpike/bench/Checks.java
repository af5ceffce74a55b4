package io.turnpike.bench;

/** Looks at options' values. */
final class Checks {

  private Checks() {}

  static void atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("%s: %d (expected: 1 or more)".formatted(name, value));
    }
  }
}
