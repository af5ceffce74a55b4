package io.turnpike.simulator.explain;

import io.turnpike.simulator.handoff.HandoffCosts;
import io.turnpike.simulator.profile.EngineProfile;
import io.turnpike.simulator.profile.FrontEndCosts;
import io.turnpike.simulator.profile.StepCosts;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A turn's time to first token by both paths, and what it does to others, as sums of terms: what
 * {@code simulator explain} prints, and what the adaptive choice of a path compares. Milliseconds.
 *
 * @param direct the decode engine alone
 * @param viaPrefill prefill engine, handoff, decode engine
 * @param harm what the direct path costs the decodes that run beside it
 */
public record TurnCosts(List<Term> direct, List<Term> viaPrefill, Term harm) {

  /**
   * One summand.
   *
   * @param what in words
   * @param how its formula with numbers, written when it is asked for
   * @param millis its value
   */
  public record Term(String what, Supplier<String> how, double millis) {}

  /**
   * The question.
   *
   * @param promptTokens the whole prompt
   * @param newTokens of those, tokens that the decode engine has to compute
   * @param prefillNewTokens of those, tokens that the prefill engine has to compute
   * @param decodes running on the decode engine
   * @param decodeBacklogTokens prompt tokens waiting at the decode engine
   * @param prefillBacklogTokens prompt tokens waiting at the prefill engine
   * @param senderBacklogMillis how long the prefill engine still sends earlier prompts' KV, beyond
   *     the time it takes to compute them
   * @param weight how much others' harm counts
   */
  public record Question(
      int promptTokens,
      int newTokens,
      int prefillNewTokens,
      int decodes,
      int decodeBacklogTokens,
      int prefillBacklogTokens,
      double senderBacklogMillis,
      double weight) {}

  /** The costs on engines like that. */
  public static TurnCosts of(Question asked, EngineProfile profile, HandoffCosts handoff) {
    return new TurnCosts(
        direct(asked, profile), viaPrefill(asked, profile, handoff), harm(asked, profile.steps()));
  }

  private static List<Term> direct(Question asked, EngineProfile profile) {
    StepCosts steps = profile.steps();
    FrontEndCosts front = profile.frontEnd();
    return List.of(
        wayIn("in to D", asked.promptTokens - asked.newTokens, front),
        perToken("D's prompts before it", asked.decodeBacklogTokens, steps.prefillMillis()),
        prefill("D computes what is new", asked.newTokens, asked.promptTokens, steps, 0),
        new Term("out of D", () -> "after", front.afterMillis()));
  }

  private static List<Term> viaPrefill(
      Question asked, EngineProfile profile, HandoffCosts handoff) {
    StepCosts steps = profile.steps();
    FrontEndCosts front = profile.frontEnd();
    StepCosts onP = handoff.sendMillis() > 0 ? steps.whileSending() : steps;
    List<Term> terms = new ArrayList<>();
    terms.add(wayIn("in to P", asked.promptTokens - asked.prefillNewTokens, front));
    terms.add(perToken("P's prompts before it", asked.prefillBacklogTokens, onP.prefillMillis()));
    terms.add(new Term("P sends earlier prompts", () -> "given", asked.senderBacklogMillis));
    terms.add(
        prefill(
            "P computes what is new, sends all",
            asked.prefillNewTokens,
            asked.promptTokens,
            onP,
            handoff.sendMillis()));
    terms.add(new Term("out of P", () -> "after", front.afterMillis()));
    terms.add(wayIn("in to D", asked.promptTokens - asked.newTokens, front));
    terms.add(new Term("D sets up its read", () -> "set-up", handoff.setUpMillis()));
    terms.add(
        new Term(
            "D stands still to load",
            () ->
                "%s + %s·%d"
                    .formatted(handoff.loadMillis(), handoff.loadTokenMillis(), asked.promptTokens),
            handoff.loadMillis() + handoff.loadTokenMillis() * asked.promptTokens));
    terms.add(new Term("D's first step", () -> "t0", steps.baseMillis()));
    terms.add(new Term("out of D", () -> "after", front.afterMillis()));
    return terms;
  }

  private static Term harm(Question asked, StepCosts steps) {
    double longer = Math.max(0, asked.newTokens * steps.prefillMillis() - steps.baseMillis());
    return new Term(
        "harm to running decodes",
        () ->
            "w·max(0, n·c − t0)·decodes/10 = %s·%.1f·%d/10"
                .formatted(asked.weight, longer, asked.decodes),
        asked.weight * longer * asked.decodes / 10);
  }

  private static Term wayIn(String what, int cachedTokens, FrontEndCosts front) {
    return new Term(
        what,
        () -> "before + serial + history·%d".formatted(cachedTokens),
        front.beforeMillis() + front.serialMillis() + front.historyTokenMillis() * cachedTokens);
  }

  private static Term perToken(String what, int tokens, double millis) {
    return new Term(what, () -> "c·%d".formatted(tokens), tokens * millis);
  }

  private static Term prefill(
      String what, int tokens, int prompt, StepCosts steps, double sendMillis) {
    double millis =
        steps.prefillMillis() * tokens
            + steps.attentionMillis() * tokens * (double) prompt
            + steps.mixedMillis();
    String atLeast = sendMillis > 0 ? "send" : "t0";
    return new Term(
        what,
        () -> "max(%s, c·%d + d·%d·%d + mixed)".formatted(atLeast, tokens, tokens, prompt),
        Math.max(Math.max(steps.baseMillis(), sendMillis), millis));
  }

  /** The direct path's time, and what it costs the decodes beside it. */
  public double directMillis() {
    return sum(direct) + harm.millis();
  }

  /** The time over a prefill engine. */
  public double viaPrefillMillis() {
    return sum(viaPrefill);
  }

  static double sum(List<Term> terms) {
    return terms.stream().mapToDouble(Term::millis).sum();
  }
}
