package io.turnpike.launcher.job;

import java.util.ArrayList;
import java.util.List;

/** What a check has found, as lines for people. Not thread-safe. */
public final class Findings {

  private final Places places;
  private final List<String> mistakes = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  Findings(Places places) {
    this.places = places;
  }

  Places places() {
    return places;
  }

  /** What stands at a key, and what was expected there. */
  public void mistake(String path, String value, String expected) {
    mistakes.add(places.say(path, value + " (expected: " + expected + ")"));
  }

  /** Likewise at a parameter of a role, wherever it is said. */
  public void parameterMistake(String role, String name, String value, String expected) {
    mistake(places.param(role, name), value, expected);
  }

  /** Something that works, and that somebody should know. */
  public void note(String path, String what) {
    notes.add(places.say(path, what));
  }

  List<String> mistakes() {
    return mistakes;
  }

  List<String> notes() {
    return notes;
  }
}
