package io.turnpike.simulator.exchange;

/** The end of a connection before its answer is whole; carries no stack trace. */
public final class Cut extends RuntimeException {

  private final How how;

  /** What the client sees. */
  public enum How {
    /** A reset. */
    RESET,
    /** An end of the connection. */
    CLOSED
  }

  public Cut(How how) {
    super(how.name(), null, false, false);
    this.how = how;
  }

  public How how() {
    return how;
  }
}
