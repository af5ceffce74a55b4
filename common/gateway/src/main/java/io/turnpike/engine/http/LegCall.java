package io.turnpike.engine.http;

/** One leg under way. For its own loop only; after its end every method does nothing. */
public interface LegCall {

  /**
   * Whether more of the answer is read. While it is not, at most what one read of the socket
   * brought (64 KiB) still comes; the rest stays in the socket, which slows the engine down.
   */
  void read(boolean wanted);

  /** Gives the leg up and closes its connection: that tells vLLM to abort. Nothing follows. */
  void cancel();
}
