package io.turnpike.gateway.http;

/**
 * Hears of one exchange, on its loop, until the answer has ended.
 *
 * <pre>
 *   body writabilityChanged* gone?
 *   fault gone?
 *   gone
 * </pre>
 */
public interface TurnListener {

  /** The whole body of the request. The listener releases it. */
  void body(GatheredBody body);

  /** There will be no body: say so to the client, then its connection is closed. */
  void fault(BodyFault fault);

  /** {@link TurnExchange#isWritable} has changed: read less of the engine, or more again. */
  void writabilityChanged();

  /** The client is gone, and nobody is left to be answered. Nothing follows. */
  void gone(ClientEnd how);

  /** Why a body did not come. */
  enum BodyFault {
    /** More than the limit, announced or sent. */
    TOO_LARGE,
    /** Nothing of it came for too long, or too little for its time. */
    TOO_SLOW,
    /** The bodies of all clients fill what they may take of the memory. */
    NO_ROOM,
    /** Too many others are on their way. */
    TOO_MANY,
    /** Its framing makes no sense. */
    MALFORMED
  }

  /** How a client went. */
  enum ClientEnd {
    /** It closed its connection, or the connection broke. */
    LEFT,
    /** It took nothing of its answer for too long, and was cut off. */
    STALLED
  }
}
