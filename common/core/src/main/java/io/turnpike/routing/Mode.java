package io.turnpike.routing;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The operator's setting of how turns are routed; switched at run time. */
public enum Mode {
  /** Every turn goes P→D. */
  PD,
  /** Later turns go straight to the decode node that holds the conversation's KV. */
  PPD,
  /** Each turn takes the path that costs least, it and its neighbours together. */
  ADAPTIVE;

  /** All names. */
  public static final List<String> WORDS = Arrays.stream(values()).map(Mode::word).toList();

  private final String word = name().toLowerCase(Locale.ROOT);

  /** The mode's name on the wire: lower case. */
  public String word() {
    return word;
  }

  /** The mode of that name. */
  public static Optional<Mode> of(String word) {
    return Arrays.stream(values()).filter(m -> m.word().equals(word)).findFirst();
  }

  /** All names, for error messages. */
  public static String words() {
    return String.join(", ", WORDS);
  }
}
