package io.turnpike.bench.figures;

import java.util.Locale;

/**
 * A service level objective: the most milliseconds that each of these may take. Written {@code
 * ttft:500,tpot:50,e2el:4000}, as vLLM's benchmark does. A request with one token has TPOT 0.
 *
 * @param ttft infinity for no limit, as the others
 * @param tpot time per token after the first
 * @param e2el whole latency
 */
public record Goodput(double ttft, double tpot, double e2el) {

  /** Every success is good. */
  public static final Goodput ANY =
      new Goodput(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

  /** Reads one. */
  public static Goodput parse(String text) {
    double ttft = Double.POSITIVE_INFINITY;
    double tpot = ttft;
    double e2el = ttft;
    for (String part : text.split(",", -1)) {
      String[] pair = part.strip().split(":", -1);
      double limit = pair.length == 2 ? limit(part, pair[1]) : Double.NaN;
      switch (pair[0].toLowerCase(Locale.ROOT)) {
        case "ttft" -> ttft = limit;
        case "tpot" -> tpot = limit;
        case "e2el" -> e2el = limit;
        default -> limit = Double.NaN;
      }
      if (!(limit > 0)) {
        throw new IllegalArgumentException(
            "goodput: \"%s\" (expected: for example ttft:500,tpot:50,e2el:4000, in ms)"
                .formatted(part));
      }
    }
    return new Goodput(ttft, tpot, e2el);
  }

  private static double limit(String part, String number) {
    try {
      return Double.parseDouble(number);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "goodput: \"%s\" (expected: for example ttft:500, in ms)".formatted(part), e);
    }
  }

  /** Whether a request met all of it. */
  public boolean meets(double ttftMillis, double tpotMillis, double e2eMillis) {
    return ttftMillis <= ttft && tpotMillis <= tpot && e2eMillis <= e2el;
  }
}
