package io.turnpike.openai;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the tokens of which an engine made a text, by asking another one how it cuts the text into
 * tokens. A tokenizer cuts a text in one way, but a model may have spelled it in another. An engine
 * gives each token a chunk, so between two borders on which pieces and tokens agree the pieces are
 * what was spoken, and are asked one by one:
 *
 * <pre>
 *   pieces   | ne | ea | k3 |vy |  k   4  |
 *   tokens   | ne | ea | k3 |v|y|  k4     |
 *   spoken     ne   ea   k3  v y   k   4         "k" and "4" are asked
 * </pre>
 *
 * A piece of several tokens (an engine that is behind, or looks ahead) stays as it is cut, and so
 * does all where the answers do not tell the tokens' texts. At most {@value #MAX_PIECES} pieces are
 * asked; others stay as they are cut. Used by one thread at a time.
 */
final class SaidTokens {

  /** Pieces of one answer that are asked. */
  static final int MAX_PIECES = 128;

  private final SaidText.Said said;
  private final List<TokenIds> parts = new ArrayList<>();
  private final ArrayDeque<PieceToAsk> toAsk = new ArrayDeque<>();
  private @Nullable TokenIds canonical;

  /**
   * @param part where its tokens belong
   */
  private record PieceToAsk(int piece, int part) {}

  SaidTokens(SaidText.Said said) {
    this.said = said;
  }

  /** The text that is to be cut next, the inside of a JSON string; null: all is known. */
  byte @Nullable [] question() {
    if (canonical == null) {
      return said.text();
    }
    PieceToAsk next = toAsk.peek();
    return next == null ? null : said.text(next.piece, next.piece + 1);
  }

  /** Takes the tokens of the text that was asked. */
  void answered(TokenIds ids) {
    if (canonical != null) {
      parts.set(toAsk.remove().part, ids);
      return;
    }
    canonical = ids;
    int[] pieceEnds = said.ends(ids.unit(said));
    int[] tokenEnds = ids.ends();
    if (pieceEnds.length == 0 || tokenEnds.length == 0) {
      parts.add(ids);
    } else {
      compare(pieceEnds, tokenEnds, ids);
    }
  }

  /** Goes from one border to the next on which both agree; the text's end is one. */
  private void compare(int[] pieceEnds, int[] tokenEnds, TokenIds ids) {
    int fromPiece = 0;
    int fromToken = 0;
    int token = 0;
    for (int piece = 0; piece < pieceEnds.length; piece++) {
      while (token < tokenEnds.length && tokenEnds[token] < pieceEnds[piece]) {
        token++;
      }
      if (token < tokenEnds.length && tokenEnds[token] == pieceEnds[piece]) {
        token++;
        agreed(fromPiece, piece + 1, ids.slice(fromToken, token));
        fromPiece = piece + 1;
        fromToken = token;
      }
    }
    parts.add(ids.slice(fromToken, ids.count()));
  }

  private void agreed(int fromPiece, int toPiece, TokenIds cut) {
    boolean asBefore = toPiece - fromPiece == 1 || toAsk.size() + toPiece - fromPiece > MAX_PIECES;
    if (asBefore) {
      parts.add(cut);
      return;
    }
    for (int piece = fromPiece; piece < toPiece; piece++) {
      toAsk.add(new PieceToAsk(piece, parts.size()));
      parts.add(TokenIds.NONE);
    }
  }

  /** The tokens that were spoken. */
  TokenIds spoken() {
    return TokenIds.of(parts);
  }

  /** The tokens of the whole text as the tokenizer cuts it. */
  TokenIds canonical() {
    return canonical == null ? TokenIds.NONE : canonical;
  }
}
