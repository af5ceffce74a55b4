package io.turnpike.configuration;

/**
 * A service cannot start as it is configured. Its message is the one line that the operator sees:
 * the property, what it was and what was expected.
 */
public final class StartRefused extends RuntimeException {

  public StartRefused(String message) {
    super(message);
  }

  /**
   * With a message of the form {@code name: found (expected: …)}.
   *
   * @param property the property's full name
   */
  public static StartRefused property(String property, String found, String expected) {
    return new StartRefused("%s: %s (expected: %s)".formatted(property, found, expected));
  }
}
