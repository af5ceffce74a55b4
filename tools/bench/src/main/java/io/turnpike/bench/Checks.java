package io.turnpike.bench;

/** Looks at options' values. */
final class Checks {

  private Checks() {}

  static void atLeastOne(String name, int value) {
    atLeast(name, value, 1);
  }

  static void atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s: %d (expected: %d or more)".formatted(name, value, least));
    }
  }
}
