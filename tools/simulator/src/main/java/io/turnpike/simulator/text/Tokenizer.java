package io.turnpike.simulator.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A deterministic tokenizer: four bytes of UTF-8 are one token, whose id is those bytes packed into
 * an unsigned 32-bit number (a shorter last piece is padded with zero bytes on the right).
 *
 * <p>Ids below {@value #SMALL_IDS} are the special tokens and single bytes, so that prompts given
 * as small token ids work. Because every token the model generates stands for exactly four bytes,
 * the text of an answer tokenises to the ids that were generated, and turn N+1's prompt starts with
 * turn N's prompt and answer, as with the model the recordings were made with.
 */
public final class Tokenizer {

  /** Ids below this are special tokens or single bytes. */
  public static final int SMALL_IDS = 512;

  /** Ends a message and an answer; comes after the bytes, like all special tokens. */
  public static final int END_OF_TURN = 260;

  static final int BEGIN = 257;
  static final int ROLE = 258;
  static final int ROLE_END = 259;

  private static final int BYTES_PER_TOKEN = 4;
  private static final long SMALLEST_PACKED = 1L << 24;

  private Tokenizer() {}

  /** The ids of {@code text}; an empty text has none. */
  public static int[] encode(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[(bytes.length + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN];
    for (int i = 0; i < bytes.length; i++) {
      ids[i / BYTES_PER_TOKEN] |= (bytes[i] & 0xFF) << (24 - 8 * (i % BYTES_PER_TOKEN));
    }
    return ids;
  }

  /** The text of {@code ids}; special tokens have none. */
  public static String decode(int[] ids) {
    return decode(ids, 0, ids.length);
  }

  /** The text of {@code ids[from..to)}. */
  public static String decode(int[] ids, int from, int to) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream((to - from) * BYTES_PER_TOKEN);
    for (int id : Arrays.copyOfRange(ids, from, to)) {
      append(id, bytes);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Whether a client may name this id in a prompt. */
  public static boolean isKnown(long id) {
    return (id >= 0 && id < SMALL_IDS) || (id >= SMALLEST_PACKED && id <= 0xFFFF_FFFFL);
  }

  private static void append(int id, ByteArrayOutputStream bytes) {
    if (id >= 0 && id < SMALL_IDS) {
      if (id < 256) {
        bytes.write(id);
      }
      return;
    }
    for (int shift = 24; shift >= 0; shift -= 8) {
      int piece = id >>> shift & 0xFF;
      if (piece != 0) {
        bytes.write(piece);
      }
    }
  }
}
