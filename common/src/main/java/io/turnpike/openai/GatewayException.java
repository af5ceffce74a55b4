package io.turnpike.openai;

/**
 * A turn that cannot go on, with the answer its client gets. It carries no stack trace, because
 * rejections are ordinary on the hot path.
 */
public final class GatewayException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient OpenAiError error;

  public GatewayException(OpenAiError error) {
    super(error.message(), null, false, false);
    this.error = error;
  }

  /** What the client is told. */
  public OpenAiError error() {
    return error;
  }
}
