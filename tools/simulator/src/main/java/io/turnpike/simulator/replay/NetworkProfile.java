package io.turnpike.simulator.replay;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the KV moves over: effective bandwidth of one engine's link, and a transfer's set-up. */
public enum NetworkProfile {
  NVLINK(600, 0),
  NDR(40, 1),
  ROCE200(20, 1),
  ETHERNET100("100gbe", 10, 1),
  ETHERNET25("25gbe", 2.5, 1),
  ETHERNET10("10gbe", 1, 1);

  private final String word;
  private final double gigabytesPerSecond;
  private final double setUpMillis;

  NetworkProfile(double gigabytesPerSecond, double setUpMillis) {
    this.word = name().toLowerCase(Locale.ROOT);
    this.gigabytesPerSecond = gigabytesPerSecond;
    this.setUpMillis = setUpMillis;
  }

  NetworkProfile(String word, double gigabytesPerSecond, double setUpMillis) {
    this.word = word;
    this.gigabytesPerSecond = gigabytesPerSecond;
    this.setUpMillis = setUpMillis;
  }

  /** Effective bandwidth. */
  public double gigabytesPerSecond() {
    return gigabytesPerSecond;
  }

  /** Before the first byte of a transfer. */
  public double setUpMillis() {
    return setUpMillis;
  }

  /** The profile of that name. */
  public static NetworkProfile of(String word) {
    return Arrays.stream(values())
        .filter(n -> n.word.equals(word.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "network: \"%s\" (expected: one of %s)"
                        .formatted(
                            word,
                            Arrays.stream(values())
                                .map(n -> n.word)
                                .collect(Collectors.joining(", ")))));
  }
}
