package io.turnpike.turn;

import io.turnpike.turn.Effect.Fact;
import java.util.List;
import java.util.Locale;

/** Effects as a line of a test says them. */
final class EffectWords {

  private EffectWords() {}

  /** What others hear of it: all but places, connections and the body. */
  static List<String> told(List<String> effects) {
    return effects.stream()
        .filter(said -> !said.startsWith("reserve ") && !said.startsWith("release "))
        .filter(said -> !said.startsWith("close ") && !said.endsWith(" body"))
        .toList();
  }

  static String of(Effect effect) {
    return switch (effect) {
      case Effect.Reserve e ->
          "reserve %s %s %d waiting %d"
              .formatted(word(e.slot()), e.node().id(), e.tokens(), e.waitingTokens());
      case Effect.PromptDone _ -> "prompt done";
      case Effect.Release e -> "release " + word(e.slot());
      case Effect.SendPrefill e ->
          "send " + e.leg() + ": " + e.prefill().id() + " for " + e.decode().id();
      case Effect.SendDecode e -> "send " + e.leg() + ": " + e.node().id() + from(e);
      case Effect.CloseLeg e -> "close " + e.leg();
      case Effect.Remember e -> "remember " + e.node().id();
      case Effect.KeepBody _ -> "keep body";
      case Effect.DropBody _ -> "drop body";
      case Effect.Pass e -> "pass " + e.leg();
      case Effect.AskTokens e -> "ask tokens " + e.leg() + ": " + e.node().id();
      case Effect.GoOn e -> "go on " + e.leg() + ": " + e.way().reason().word();
      case Effect.PassWords e -> "words of " + e.leg();
      case Effect.Answer e -> "error: " + of(e.failure());
      case Effect.CutAnswer e -> "cut: " + of(e.failure());
      case Effect.Note e -> "note " + of(e.fact());
      case Effect.End e -> "end: " + e.outcome().word();
    };
  }

  private static String from(Effect.SendDecode send) {
    return send.from() == null ? "" : " from " + send.from().id();
  }

  private static String of(Failure failure) {
    return switch (failure) {
      case Failure.NoNode f -> f.reason().word();
      case Failure.LegFailed f -> f.leg().word() + " failed: " + f.what();
      case Failure.LegTimedOut f -> f.leg().word() + " timed out: " + f.what();
      case Failure.TurnTimedOut f -> f.what();
    };
  }

  private static String of(Fact fact) {
    return switch (fact) {
      case Fact.Answered f -> (f.busy() ? "busy " : "answered ") + f.node().id();
      case Fact.Broke f -> f.leg().word() + " " + f.node().id() + " " + word(f.fault());
      case Fact.Silent f -> "silent " + f.node().id() + (f.alive() ? " but alive" : "");
      case Fact.HandedOff f -> "handed off " + f.prefill().id() + "-" + f.decode().id();
      case Fact.HandoffLost f -> "handoff lost " + f.prefill().id() + "-" + f.decode().id();
    };
  }

  private static String word(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }
}
