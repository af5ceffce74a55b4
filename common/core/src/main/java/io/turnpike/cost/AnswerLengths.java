package io.turnpike.cost;

/** How long answers are: a running mean, which bounds what requests allow. Thread-safe. */
public final class AnswerLengths {

  private static final double FIRST_GUESS = 256;
  private static final double WEIGHT = 1.0 / 64;

  /** Two writers at once may lose one of their answers, of very many. */
  private volatile double mean = FIRST_GUESS;

  /** An answer ended by itself. */
  public void learn(long tokens) {
    double before = mean;
    mean = before + WEIGHT * (tokens - before);
  }

  /**
   * Tokens that an answer is likely to have.
   *
   * @param most the request's limit; −1: it has none
   */
  public double guess(long most) {
    return most < 0 ? mean : Math.min((double) most, mean);
  }
}
