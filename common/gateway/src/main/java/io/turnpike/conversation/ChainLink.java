package io.turnpike.conversation;

import java.util.HexFormat;

/** A 128-bit hash of everything in a request up to one place. */
public record ChainLink(long hi, long lo) {

  /** 32 lower-case hex digits. */
  public String toHex() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(hi) + hex.toHexDigits(lo);
  }
}
