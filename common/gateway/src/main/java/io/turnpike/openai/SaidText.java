package io.turnpike.openai;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The text that a client has been given of a streamed answer, kept so that another engine can go on
 * with it. It is kept as it stands in the chunks, as the inside of a JSON string, with the length
 * of each chunk's piece: a few bytes of 200 are copied, and nothing is decoded. Pieces tell where
 * the engine's tokens end, which the text alone does not.
 *
 * <pre>
 *   data: {"id":"c-1",…,"choices":[{"index":0,"delta":{"content":" word"},"finish_reason":null}]}⏎⏎
 *                                                                |----|  6
 * </pre>
 *
 * <p>Bounded: a text beyond {@value #MAX_BYTES} bytes is given up, and with it going on. So is an
 * answer of which a chunk says anything else than text, because no engine could be told to go on
 * there: reasoning, calls of tools, token ids, several choices; and one that has said why it ends.
 * Used by one thread at a time.
 */
public final class SaidText {

  /** The longest text that is kept. */
  static final int MAX_BYTES = 256 * 1024;

  /** The largest first chunk that is kept. */
  static final int MAX_CHUNK_BYTES = 4 * 1024;

  private static final int FIRST_BYTES = 256;
  private static final int LONGEST_PIECE = 255;
  private static final byte[] NOTHING = {};

  private byte[] text = NOTHING;
  private byte[] lengths = NOTHING;
  private int bytes;
  private int pieces;
  private int givenBytes;
  private int givenPieces;
  private byte @Nullable [] firstChunk;
  private boolean shapeSays;
  private boolean piecesLost;
  private boolean lost;
  private @Nullable Said taken;

  /**
   * What was said when an answer broke off.
   *
   * @param text the inside of a JSON string
   * @param pieces how many chunks gave it; 0: not known
   * @param lengths of each piece, unsigned
   * @param firstChunk the answer's first, from its brace on
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  record Said(byte[] text, int pieces, byte[] lengths, byte[] firstChunk) {

    /** The text of some pieces. */
    byte[] text(int fromPiece, int toPiece) {
      if (pieces == 0) {
        return text;
      }
      int from = bytesOf(0, fromPiece);
      return Arrays.copyOfRange(text, from, from + bytesOf(fromPiece, toPiece));
    }

    /** Where each piece ends once its escapes are read; empty: not known. */
    int[] ends(Unit unit) {
      if (unit == Unit.UNKNOWN) {
        return new int[0];
      }
      int[] ends = new int[pieces];
      int at = 0;
      int sum = 0;
      for (int piece = 0; piece < pieces; piece++) {
        int to = at + Byte.toUnsignedInt(lengths[piece]);
        while (at < to) {
          EscapedCharacter character = EscapedCharacter.at(text, at);
          sum += unit == Unit.BYTE ? character.utf8Bytes() : 1;
          at += character.length();
        }
        ends[piece] = sum;
      }
      return ends;
    }

    private int bytesOf(int fromPiece, int toPiece) {
      int sum = 0;
      for (int i = fromPiece; i < toPiece; i++) {
        sum += Byte.toUnsignedInt(lengths[i]);
      }
      return sum;
    }
  }

  /** What a tokenizer's own texts count as one character. */
  enum Unit {
    /** A byte of UTF-8 (byte-level tokenizers). */
    BYTE,
    /** A character. */
    CHARACTER,
    /** Something else. */
    UNKNOWN
  }

  /** Nothing was said. */
  public SaidText() {}

  /** Another engine is asked; of what the last one said, only what was taken was given out. */
  public SaidText begin() {
    Said before = taken;
    bytes = before == null ? 0 : before.text.length;
    pieces = before == null ? 0 : before.pieces;
    eventEnds();
    shapeSays = false;
    if (before == null) {
      firstChunk = null;
      piecesLost = false;
      lost = false;
    }
    return this;
  }

  /** Whether all that the client has been given is here. */
  public boolean isKnown() {
    return !lost && firstChunk != null;
  }

  /** Takes a chunk that was parsed, from its brace to its line's end. */
  void chunk(AnswerReader chunk, byte[] window, int from, int to) {
    if (firstChunk == null) {
      keepFirst(window, from, to);
    }
    int at = chunk.saidAt();
    if (!chunk.saysOnlyText() || chunk.isFinished()) {
      lose();
    } else if (at >= 0) {
      add(window, at + 1, ChunkShape.stringEnd(window, at + 1, to));
    }
  }

  /** Takes a chunk to which others will be compared. */
  void shape(AnswerReader chunk) {
    shapeSays = chunk.saidAt() >= 0 && chunk.saidAt() == chunk.textAt();
  }

  private void keepFirst(byte[] window, int from, int to) {
    if (to - from > MAX_CHUNK_BYTES) {
      lose();
    } else {
      firstChunk = Arrays.copyOfRange(window, from, to);
    }
  }

  /** Takes the text of an event that is like the last one of those. */
  void like(byte[] window, int from, int to) {
    if (shapeSays) {
      add(window, from, to);
    } else {
      lose();
    }
  }

  private void add(byte[] window, int from, int to) {
    int more = to - from;
    if (more == 0 || lost) {
      return;
    }
    if (bytes + more > MAX_BYTES) {
      lose();
      return;
    }
    if (bytes + more > text.length) {
      text = Arrays.copyOf(text, Math.max(FIRST_BYTES, Math.max(bytes + more, 2 * bytes)));
    }
    System.arraycopy(window, from, text, bytes, more);
    bytes += more;
    addPiece(more);
  }

  private void addPiece(int length) {
    piecesLost |= length > LONGEST_PIECE;
    if (piecesLost) {
      return;
    }
    if (pieces == lengths.length) {
      lengths = Arrays.copyOf(lengths, Math.max(FIRST_BYTES / 4, 2 * pieces));
    }
    lengths[pieces++] = (byte) length;
  }

  /** The event whose text came last is whole, and goes to the client. */
  void eventEnds() {
    givenBytes = bytes;
    givenPieces = pieces;
  }

  /** Something was given out that is not here. */
  void lose() {
    lost = true;
    text = NOTHING;
    lengths = NOTHING;
  }

  /** What was said when the answer broke off; only if it {@link #isKnown is known}. */
  Said take() {
    if (!isKnown()) {
      throw new IllegalStateException("what was said is not known");
    }
    Said said =
        new Said(
            Arrays.copyOf(text, givenBytes),
            piecesLost ? 0 : givenPieces,
            Arrays.copyOf(lengths, givenPieces),
            firstChunk == null ? NOTHING : firstChunk);
    taken = said;
    return said;
  }
}
