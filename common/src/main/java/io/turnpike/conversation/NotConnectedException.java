package io.turnpike.conversation;

/** There has been no connection to the shared store yet. Carries no stack trace. */
final class NotConnectedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NotConnectedException() {
    super("not connected to Redis yet", null, false, false);
  }
}
