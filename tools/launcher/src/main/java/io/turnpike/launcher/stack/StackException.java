package io.turnpike.launcher.stack;

import java.util.List;

/** A start or stop that failed; the message says what to do about it. */
public class StackException extends RuntimeException {

  private final transient List<String> log;

  /** A fault that no log explains. */
  public StackException(String message) {
    this(message, List.of());
  }

  /** A fault with the last lines of the log that explains it. */
  public StackException(String message, List<String> log) {
    super(message);
    this.log = List.copyOf(log);
  }

  /** The last lines of the log that explains it; empty when none does. */
  public List<String> log() {
    return log;
  }

  /** The line or lines for the person at the terminal. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
