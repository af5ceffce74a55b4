package io.turnpike.bench.plot;

import io.turnpike.bench.merge.Point;
import java.util.function.ToDoubleFunction;

/**
 * A figure that is drawn against the rate, a line for each mode.
 *
 * @param title what it is, with its unit
 * @param scale of its axis
 * @param value of a point
 */
record Figure(String title, Scale scale, ToDoubleFunction<Point> value) {

  enum Scale {
    LOG,
    LINEAR
  }

  static final Figure TTFT = new Figure("Mean TTFT (ms)", Scale.LOG, Point::ttft);
  static final Figure P99_TTFT = new Figure("P99 TTFT (ms)", Scale.LOG, Point::p99Ttft);
  static final Figure TPOT = new Figure("Mean TPOT (ms)", Scale.LOG, Point::tpot);
  static final Figure E2E = new Figure("Mean E2E (ms)", Scale.LOG, Point::e2e);
  static final Figure GOODPUT = new Figure("Goodput (requests/s)", Scale.LINEAR, Point::goodput);
  static final Figure SUCCESS = new Figure("Success rate (%)", Scale.LINEAR, Point::successRate);
  static final Figure THROUGHPUT = new Figure("Output tokens/s", Scale.LINEAR, Point::throughput);
  static final Figure CACHED =
      new Figure(
          "Cached prompt tokens (%)",
          Scale.LINEAR, p -> p.promptTokens() == 0 ? 0 : 100 * p.cachedTokens() / p.promptTokens());
}
