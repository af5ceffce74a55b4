package io.turnpike.bench.prompt;

import java.util.SplittableRandom;

/**
 * Text of random lower-case words: the same seed gives the same text. How long it is for so many
 * tokens depends on the model, so the server is asked ({@link PromptScale}), and its own count is
 * what is reported.
 */
public final class Prompts {

  private final long seed;
  private final PromptLengths lengths;

  /** Prompts for a server that counts like that. */
  public Prompts(long seed, PromptLengths lengths) {
    this.seed = seed;
    this.lengths = lengths;
  }

  /** What the user says in a turn of a conversation, which adds so many tokens to its prompt. */
  public String user(int conversation, int turn, int tokens) {
    return words(new SplittableRandom(mix(conversation, turn, 1)), lengths.words(turn, tokens));
  }

  /** What stands for the assistant's answer of a turn in later prompts. */
  public String assistant(int conversation, int turn, int tokens) {
    return words(new SplittableRandom(mix(conversation, turn, 2)), tokens);
  }

  private long mix(int conversation, int turn, int who) {
    return seed * 1_000_003L + conversation * 8_191L + turn * 31L + who;
  }

  private String words(SplittableRandom random, int tokens) {
    int length = lengths.characters(tokens);
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
