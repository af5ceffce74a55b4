package io.turnpike.engine.http;

/** How a leg broke without a whole answer. */
public enum LegFailure {
  /** No connection could be had: nobody listens, no way there, or the host is unknown. */
  REFUSED,
  /** No connection stood in time: a full accept queue looks like this, and so does a dead host. */
  CONNECT_TIMEOUT,
  /** The connection closed before the answer was whole. */
  LOST,
  /** Here no connection was free, or could be opened, in time: it says nothing about the engine. */
  BUSY,
  /** What the engine sent is no HTTP. */
  NONSENSE
}
