package io.turnpike.redis;

/** There has been no connection to Redis yet. Carries no stack trace. */
public final class NotConnectedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** One of them. */
  public NotConnectedException() {
    super("not connected to Redis yet", null, false, false);
  }
}
