package io.turnpike.launcher.chat;

/** A turn that was not answered; the message is what the gateway or the network said. */
public final class ChatException extends RuntimeException {

  ChatException(String message) {
    super(message);
  }

  /** The line for the person at the terminal. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
