package io.turnpike.bench.study;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What every conversation of a cell is like. Token counts are the study's nominal ones, characters
 * ÷ 4; the real ones are what tokenizers make of them.
 *
 * @param name W1 to W4, or input/output
 * @param description for people
 * @param inputTokens new in each turn, nominal
 * @param outputTokens of each answer, nominal
 * @param realInputTokens as measured in the study
 * @param realOutputTokens as measured in the study
 * @param expectedWinner which mode the study expected to win
 */
public record Workload(
    String name,
    String description,
    int inputTokens,
    int outputTokens,
    int realInputTokens,
    int realOutputTokens,
    String expectedWinner) {

  private static final List<Workload> STUDY =
      List.of(
          new Workload("W1", "small, balanced", 512, 256, 340, 245, "ppd"),
          new Workload("W2", "large prompt, short answer", 4096, 128, 2720, 116, "ppd"),
          new Workload("W3", "small prompt, long answer", 256, 1024, 170, 880, "ppd"),
          new Workload("W4", "huge prompt, tiny answer", 8192, 64, 5440, 59, "replication"));

  private static final Pattern PAIR = Pattern.compile("(\\d{1,6})/(\\d{1,6})");

  /** Reads {@code all}, or names and pairs between commas. */
  public static List<Workload> parse(String text) {
    if (text.equalsIgnoreCase("all")) {
      return STUDY;
    }
    return Arrays.stream(text.split(",", -1)).map(Workload::one).toList();
  }

  private static Workload one(String text) {
    String name = text.strip().toUpperCase(Locale.ROOT);
    Matcher pair = PAIR.matcher(name);
    if (pair.matches()) {
      int in = Integer.parseInt(pair.group(1));
      int out = Integer.parseInt(pair.group(2));
      return new Workload(name, "%d in, %d out".formatted(in, out), in, out, in, out, "");
    }
    return STUDY.stream()
        .filter(w -> w.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "workload: \"%s\" (expected: W1 to W4, all, or input/output like 512/256)"
                        .formatted(text)));
  }
}
