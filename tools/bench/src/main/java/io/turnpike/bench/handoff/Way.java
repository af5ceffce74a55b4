package io.turnpike.bench.handoff;

/** How a prompt comes to its first token. */
public enum Way {
  /** P computes it, D takes over the KV. */
  HANDOFF("P→D", "disaggregated"),
  /** D computes it alone. */
  DIRECT("direct", "decode-direct");

  private final String word;
  private final String route;

  Way(String word, String route) {
    this.word = word;
    this.route = route;
  }

  /** For people. */
  public String word() {
    return word;
  }

  /** What Turnpike calls it. */
  public String route() {
    return route;
  }
}
