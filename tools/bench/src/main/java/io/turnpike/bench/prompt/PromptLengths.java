package io.turnpike.bench.prompt;

/**
 * How long a text is that is to have so many tokens on a server, its chat template included.
 *
 * @param charactersPerToken of random words
 * @param firstTurnTokens that the template adds to a first turn
 * @param laterTurnTokens that it adds for an answer and the next turn behind it
 * @param counted whether the server said so; else it is assumed
 */
public record PromptLengths(
    double charactersPerToken, int firstTurnTokens, int laterTurnTokens, boolean counted) {

  private static final double USUAL = 4;

  public PromptLengths {
    if (!(charactersPerToken > 0) || firstTurnTokens < 0 || laterTurnTokens < 0) {
      throw new IllegalArgumentException(
          "characters per token: %s, template: %d, %d (expected: more than 0; 0 or more)"
              .formatted(charactersPerToken, firstTurnTokens, laterTurnTokens));
    }
  }

  /** Four characters a token and no template: what nobody has counted. */
  public static PromptLengths assumed() {
    return assumed(USUAL);
  }

  /** So many characters a token and no template. */
  public static PromptLengths assumed(double charactersPerToken) {
    return new PromptLengths(charactersPerToken, 0, 0, false);
  }

  /** Tokens of the user's words in a turn that is to add so many. */
  public int words(int turn, int tokens) {
    return Math.max(1, tokens - (turn == 1 ? firstTurnTokens : laterTurnTokens));
  }

  /** Characters of a text of so many tokens. */
  public int characters(int tokens) {
    return Math.max(1, (int) Math.round(tokens * charactersPerToken));
  }
}
