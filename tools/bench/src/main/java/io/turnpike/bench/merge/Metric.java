package io.turnpike.bench.merge;

/** What modes are compared by. Times in milliseconds. */
public enum Metric {
  TTFT("avg_ttft", "mean TTFT", Better.SMALLER),
  P99_TTFT("p99_ttft", "P99 TTFT", Better.SMALLER),
  TPOT("avg_tpot", "mean TPOT", Better.SMALLER),
  E2E("avg_e2e", "mean E2E", Better.SMALLER),
  GOODPUT("goodput_qps", "goodput", Better.LARGER),
  THROUGHPUT("avg_throughput_tps", "output tokens/s", Better.LARGER);

  private enum Better {
    SMALLER,
    LARGER
  }

  private final String key;
  private final String words;
  private final Better better;

  Metric(String key, String words, Better better) {
    this.key = key;
    this.words = words;
    this.better = better;
  }

  /** Its key in result files. */
  String key() {
    return key;
  }

  /** Its name for people. */
  public String words() {
    return words;
  }

  /** The value if smaller is better, else its negative: so that the smallest is the best. */
  double rank(double value) {
    return better == Better.SMALLER ? value : -value;
  }
}
