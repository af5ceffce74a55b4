package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.stack.StackException;

/** An API server that cannot be asked now, as while it is upgraded. What runs there runs on. */
final class UnreachableException extends StackException {

  UnreachableException(String message) {
    super(message);
  }
}
