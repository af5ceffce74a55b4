package io.turnpike.node;

import java.util.Arrays;
import java.util.Optional;

/** Why a node is {@link NodeState#SUSPECT}: what is known of legs that still run on it. */
public enum Suspicion {
  /** Its port refuses connections: the process is gone, and every leg on it with it. */
  REFUSED("refused"),
  /** A probe's connection broke, or was answered with an error status. */
  FAILED("failed"),
  /** Probes got no answer in time: dead, cut off, or only busy; legs on it may still end well. */
  TIMED_OUT("timed-out"),
  /** Its pings stopped, while its HTTP server still answers. */
  PINGS_MISSING("pings-missing"),
  /** A gateway reported a failure, and no probe has looked since. */
  REPORTED("reported");

  private final String word;

  Suspicion(String word) {
    this.word = word;
  }

  /** The suspicion's name on the wire. */
  public String word() {
    return word;
  }

  /** The suspicion of that name; a later release may know more of them. */
  public static Optional<Suspicion> of(String word) {
    return Arrays.stream(values()).filter(s -> s.word.equals(word)).findFirst();
  }
}
