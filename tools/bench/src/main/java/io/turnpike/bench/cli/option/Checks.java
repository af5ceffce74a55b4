package io.turnpike.bench.cli.option;

/** Looks at options' values. */
public final class Checks {

  private Checks() {}

  /** One or more. */
  public static void atLeastOne(String name, int value) {
    atLeast(name, value, 1);
  }

  /** That many or more. */
  public static void atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s: %d (expected: %d or more)".formatted(name, value, least));
    }
  }
}
