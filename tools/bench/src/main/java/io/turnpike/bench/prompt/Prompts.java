package io.turnpike.bench.prompt;

import java.util.SplittableRandom;

/**
 * Text of random lower-case words: the same seed gives the same text. Real tokens depend on the
 * model: usual tokenizers need 1.6 to 1.9 times a quarter of the characters, so the server's own
 * count is what is reported.
 */
public final class Prompts {

  private final long seed;
  private final double charactersPerToken;

  /** Prompts for a model that needs one token for so many characters. */
  public Prompts(long seed, double charactersPerToken) {
    if (!(charactersPerToken > 0)) {
      throw new IllegalArgumentException(
          "characters per token: %s (expected: more than 0)".formatted(charactersPerToken));
    }
    this.seed = seed;
    this.charactersPerToken = charactersPerToken;
  }

  /** What the user says in a turn of a conversation. */
  public String user(int conversation, int turn, int tokens) {
    return words(new SplittableRandom(mix(conversation, turn, 1)), tokens);
  }

  /** What stands for the assistant's answer of a turn in later prompts. */
  public String assistant(int conversation, int turn, int tokens) {
    return words(new SplittableRandom(mix(conversation, turn, 2)), tokens);
  }

  private long mix(int conversation, int turn, int who) {
    return seed * 1_000_003L + conversation * 8_191L + turn * 31L + who;
  }

  private String words(SplittableRandom random, int tokens) {
    int length = Math.max(1, (int) Math.round(tokens * charactersPerToken));
    StringBuilder text = new StringBuilder(length + 12);
    while (text.length() < length) {
      int letters = 3 + random.nextInt(6);
      for (int i = 0; i < letters; i++) {
        text.append((char) ('a' + random.nextInt(26)));
      }
      text.append(' ');
    }
    text.setLength(length);
    return text.toString();
  }
}
