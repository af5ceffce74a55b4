package io.turnpike.conversation;

import io.turnpike.node.Epoch;
import io.turnpike.node.NodeId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Where a conversation's KV cache was after a turn.
 *
 * <p>As text, version 2: ten fields with one blank between, in UTF-8: {@code 2 node epoch turn
 * promptTokens end wholeHash promptBytes conversation atMillis}; {@code end} is 32 hex digits,
 * {@code wholeHash} and {@code conversation} 16 each. Another version, or anything that does not
 * parse, is treated as if it were not there.
 *
 * @param decode the node that answered
 * @param epoch its life then; under another epoch the cache is gone
 * @param turn number of the turn, from 1
 * @param promptTokens tokens of that turn's prompt, or an estimate
 * @param end the end of that turn's chain
 * @param wholeHash hash of that turn's whole prompt
 * @param promptBytes decoded bytes of a text or token prompt; {@link #NO_TEXT} for a chat
 * @param conversation the same for every turn of a conversation
 * @param at when the turn was remembered, to the millisecond
 */
public record Placement(
    NodeId decode,
    Epoch epoch,
    int turn,
    long promptTokens,
    ChainLink end,
    long wholeHash,
    long promptBytes,
    long conversation,
    Instant at) {

  /** The {@code promptBytes} of a chat. */
  static final long NO_TEXT = -1;

  private static final String VERSION = "2";
  private static final int FIELDS = 10;

  public Placement {
    at = Instant.ofEpochMilli(at.toEpochMilli());
  }

  /** The text form. */
  public byte[] encode() {
    HexFormat hex = HexFormat.of();
    String text =
        String.join(
            " ",
            VERSION,
            decode.value(),
            epoch.value(),
            Integer.toString(turn),
            Long.toString(promptTokens),
            end.toHex(),
            hex.toHexDigits(wholeHash),
            Long.toString(promptBytes),
            hex.toHexDigits(conversation),
            Long.toString(at.toEpochMilli()));
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Reads the text form; null when it is not one. */
  public static @Nullable Placement decode(byte[] encoded) {
    String[] fields = new String(encoded, StandardCharsets.UTF_8).split(" ", -1);
    if (fields.length != FIELDS || !fields[0].equals(VERSION) || fields[5].length() != 32) {
      return null;
    }
    try {
      return new Placement(
          new NodeId(fields[1]),
          new Epoch(fields[2]),
          Integer.parseInt(fields[3]),
          Long.parseLong(fields[4]),
          new ChainLink(hex(fields[5].substring(0, 16)), hex(fields[5].substring(16))),
          hex(fields[6]),
          Long.parseLong(fields[7]),
          hex(fields[8]),
          Instant.ofEpochMilli(Long.parseLong(fields[9])));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static long hex(String digits) {
    return HexFormat.fromHexDigitsToLong(digits);
  }
}
