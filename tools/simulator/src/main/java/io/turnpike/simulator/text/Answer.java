package io.turnpike.simulator.text;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The whole answer to one prompt, known before it is played: readable words chosen by a seed that
 * stands for the KV the model sees, so that two engines give the same prompt the same text and a
 * wrong KV gives another one.
 *
 * @param tokens the generated ids, the end-of-turn token included when the answer ends by itself
 * @param text what the client sees, cut at a stop string
 * @param finish why it ends
 * @param stopReason the stop string or stop token id that ended it, null otherwise
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, and nobody writes to it
public record Answer(int[] tokens, String text, Finish finish, @Nullable Object stopReason) {

  /** Why an answer ends. */
  public enum Finish {
    /** A natural end, a stop string or a stop token. */
    STOP,
    /** As many tokens as were asked for. */
    LENGTH,
    /** The engine gave it up. */
    ABORT;

    /** The word on the wire. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Shortest and longest answer that ends by itself, in tokens. */
  static final int SHORTEST_NATURAL_TOKENS = 96;

  static final int LONGEST_NATURAL_TOKENS = 352;

  /** Three and seven letters: with the space after them one and two tokens. */
  private static final String VOCABULARY =
      "the and for you can see how one may ask who met her had out far now sea old oak new its own"
          + " way not too tea jam sun set low day cat sat top box ran got two red hen saw fog gap"
          + " morning another between brought because nothing through evening counted station"
          + " whisper harbour lantern picture journey silence balance kitchen weather";

  private static final int[][] WORDS =
      Arrays.stream(VOCABULARY.split(" "))
          .map(word -> Tokenizer.encode(word + " "))
          .toArray(int[][]::new);

  /**
   * What a request says about its answer's length.
   *
   * @param maxTokens most tokens to generate, at least 1
   * @param minTokens no natural end or stop before this many
   * @param ignoreEos no natural end at all
   * @param stop strings that end the answer, left out of its text
   * @param stopTokenIds ids that end the answer
   */
  public record Limits(
      int maxTokens,
      int minTokens,
      boolean ignoreEos,
      List<String> stop,
      List<Integer> stopTokenIds) {}

  /** Plays the model for one sequence. */
  public static Answer of(Course course, Limits limits) {
    int natural = naturalTokens(course.seed()) - course.spoken();
    boolean ends =
        !limits.ignoreEos()
            && natural >= Math.max(1, limits.minTokens())
            && natural <= limits.maxTokens();
    int[] tokens = generate(course, ends ? natural : limits.maxTokens());
    if (ends) {
      tokens[natural - 1] = Tokenizer.END_OF_TURN;
    }
    Answer byToken = cutAtStopToken(tokens, ends ? Finish.STOP : Finish.LENGTH, limits);
    return cutAtStopString(byToken, limits);
  }

  /** Another seed's words in the same number of tokens and with the same end. */
  public Answer withSeed(long seed) {
    int[] other = generate(new Course(seed, 0), tokens.length);
    return new Answer(other, Tokenizer.decode(other), finish, stopReason);
  }

  /** Its first tokens, given up behind them. */
  public Answer abortedAfter(int count) {
    int chars = Math.min(text.length(), 4 * count);
    return new Answer(Arrays.copyOf(tokens, count), text.substring(0, chars), Finish.ABORT, null);
  }

  /** The text that token {@code index} adds; empty for the end token and behind a stop string. */
  public String piece(int index) {
    int from = Math.min(text.length(), 4 * index);
    return text.substring(from, Math.min(text.length(), 4 * index + 4));
  }

  private static Answer cutAtStopToken(int[] tokens, Finish finish, Limits limits) {
    for (int i = Math.max(0, limits.minTokens() - 1); i < tokens.length; i++) {
      if (limits.stopTokenIds().contains(tokens[i])) {
        int[] cut = Arrays.copyOf(tokens, i + 1);
        return new Answer(cut, Tokenizer.decode(cut, 0, i), Finish.STOP, tokens[i]);
      }
    }
    return new Answer(tokens, Tokenizer.decode(tokens), finish, null);
  }

  private static Answer cutAtStopString(Answer answer, Limits limits) {
    int from = Math.max(0, limits.minTokens() - 1) * 4;
    int first = Integer.MAX_VALUE;
    String found = null;
    for (String stop : limits.stop()) {
      int at = stop.isEmpty() ? -1 : answer.text.indexOf(stop, Math.max(0, from - stop.length()));
      if (at >= 0 && at < first) {
        first = at;
        found = stop;
      }
    }
    if (found == null) {
      return answer;
    }
    int used = Math.min(answer.tokens.length, (first + found.length() + 3) / 4);
    return new Answer(
        Arrays.copyOf(answer.tokens, used), answer.text.substring(0, first), Finish.STOP, found);
  }

  private static int naturalTokens(long seed) {
    int span = LONGEST_NATURAL_TOKENS - SHORTEST_NATURAL_TOKENS;
    return SHORTEST_NATURAL_TOKENS + (int) Long.remainderUnsigned(BlockHashes.mix(seed, -1), span);
  }

  private static int[] generate(Course course, int count) {
    int[] tokens = new int[course.spoken() + count];
    int size = 0;
    for (int word = 0; size < tokens.length; word++) {
      for (int token : word(course.seed(), word)) {
        if (size < tokens.length) {
          tokens[size++] = token;
        }
      }
    }
    return Arrays.copyOfRange(tokens, course.spoken(), tokens.length);
  }

  private static int[] word(long seed, int number) {
    return WORDS[(int) Long.remainderUnsigned(BlockHashes.mix(seed, number), WORDS.length)];
  }

  /** Whether the words of a seed, spoken from a place in a prompt on, lead to its end. */
  static boolean leadsToEnd(long seed, int[] prompt, int from) {
    int at = from;
    for (int word = 0; at < prompt.length; word++) {
      for (int token : word(seed, word)) {
        if (at == prompt.length) {
          return true;
        }
        if (prompt[at++] != token) {
          return false;
        }
      }
    }
    return true;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Answer answer
        && Arrays.equals(tokens, answer.tokens)
        && text.equals(answer.text)
        && finish == answer.finish;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(tokens);
  }

  @Override
  public String toString() {
    return text;
  }
}
