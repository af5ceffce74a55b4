package io.turnpike.bench.run;

import java.io.PrintWriter;

/**
 * Where a command writes to.
 *
 * @param out results
 * @param err progress and what goes wrong
 */
public record Terminal(PrintWriter out, PrintWriter err) {

  private static final int COLUMNS = 100;

  /** Prints a sentence in lines of at most 100 columns. */
  public void sentence(String sentence) {
    out.println(wrapped(sentence));
  }

  static String wrapped(String sentence) {
    StringBuilder text = new StringBuilder();
    int column = 0;
    for (String word : sentence.split(" ", -1)) {
      boolean fits = column + 1 + word.length() <= COLUMNS;
      text.append(column == 0 ? "" : fits ? " " : "\n  ").append(word);
      column = column == 0 ? word.length() : fits ? column + 1 + word.length() : 2 + word.length();
    }
    return text.toString();
  }
}
