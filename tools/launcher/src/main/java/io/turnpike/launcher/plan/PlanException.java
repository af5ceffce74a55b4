package io.turnpike.launcher.plan;

/** A plan that cannot be started; the message is one readable line that names the key or flag. */
public final class PlanException extends RuntimeException {

  /** A fault with that line. */
  public PlanException(String message) {
    super(message);
  }

  /** The line or lines for the person at the terminal. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
