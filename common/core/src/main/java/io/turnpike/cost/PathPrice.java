package io.turnpike.cost;

import java.util.Arrays;

/** The price of one path, term by term, in milliseconds. Not thread-safe. */
public final class PathPrice {

  private static final Term[] TERMS = Term.values();

  private final double[] millis = new double[TERMS.length];

  /** Nothing yet. */
  public void clear() {
    Arrays.fill(millis, 0);
  }

  void add(Term term, double more) {
    millis[term.place] += more;
  }

  /** One term. */
  public double of(Term term) {
    return millis[term.place];
  }

  /** Time to the first token. */
  public double firstTokenMillis() {
    return of(Term.QUEUE) + of(Term.COMPUTE) + of(Term.HANDOFF);
  }

  /** All of it. */
  public double total() {
    double sum = 0;
    for (double each : millis) {
      sum += each;
    }
    return sum;
  }

  /** The term by which this path is cheaper than the other one, by the most. */
  public Term decides(PathPrice other) {
    Term best = Term.QUEUE;
    for (Term term : TERMS) {
      if (other.of(term) - of(term) > other.of(best) - of(best)) {
        best = term;
      }
    }
    return best;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Term term : TERMS) {
      text.append(term.word()).append(' ').append(Math.round(of(term) * 10) / 10.0).append(", ");
    }
    return text.append("total ").append(Math.round(total() * 10) / 10.0).toString();
  }
}
