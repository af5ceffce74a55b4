package io.turnpike.registry.zmq;

import java.util.Locale;

/** Why a packet was dropped. */
public enum DropReason {
  /** Not exactly an identity and a payload. */
  FRAMES,
  /** More bytes than any ping has. */
  OVERSIZED,
  /** The payload is not msgpack, or breaks off. */
  NOT_MSGPACK,
  /** The payload is msgpack but no map of a ping's shape. */
  NOT_A_PING,
  /** The ping's type is unknown. */
  UNKNOWN_TYPE,
  /** An address is missing or is none. */
  BAD_ADDRESS,
  /** The address may not be announced here. */
  REFUSED_ADDRESS,
  /** This peer, or all together, sent too much. */
  RATE,
  /** There are as many nodes as may be. */
  FULL,
  /** The peer does not speak ZMTP 3, or sent a frame or message too large: it was left. */
  PROTOCOL,
  /** There are as many connections as may be; it was not let in. */
  PEERS,
  /** It contradicts a better announcement. */
  CONFLICT;

  /** The reason's name in metrics. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
