package io.turnpike.launcher.plan;

import java.util.Collection;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** Finds the word that somebody probably meant. */
public final class Nearest {

  /** Words further away than this are not guessed at. */
  private static final int MAX_DISTANCE = 2;

  private Nearest() {}

  /** The nearest of those words, or null when none is near. */
  public static @Nullable String to(String word, Collection<String> words) {
    return words.stream()
        .filter(other -> distance(word, other) <= MAX_DISTANCE)
        .min(Comparator.comparingInt(other -> distance(word, other)))
        .orElse(null);
  }

  /** What was expected in place of a word: the nearest as a question, or all there are. */
  public static String expected(String word, Collection<String> words) {
    String near = to(word, words);
    return near == null ? "one of " + String.join(", ", words) : near + "?";
  }

  /** Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
