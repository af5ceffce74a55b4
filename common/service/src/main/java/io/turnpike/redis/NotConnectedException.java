package io.turnpike.redis;

/** There is no connection to Redis at the moment. Carries no stack trace. */
public final class NotConnectedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** One of them. */
  public NotConnectedException() {
    super("not connected to Redis", null, false, false);
  }
}
