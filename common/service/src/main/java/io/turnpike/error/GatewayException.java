package io.turnpike.error;

/**
 * A turn that cannot go on, with the answer its client gets. It carries no stack trace, because
 * rejections are ordinary on the hot path.
 */
public final class GatewayException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient ApiError error;

  public GatewayException(ApiError error) {
    super(error.message(), null, false, false);
    this.error = error;
  }

  /** What the client is told. */
  public ApiError error() {
    return error;
  }
}
