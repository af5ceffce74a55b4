package io.turnpike.cost;

/**
 * Prices the paths of one turn. A path over two nodes costs {@link #addPrefill} on the one and
 * {@link #addAnswer} on the other, so each node is priced once and pairs are added up.
 * Milliseconds; not thread-safe, allocates nothing.
 *
 * <pre>
 *   n tokens to compute of a prompt of L, m to answer; s a step of the running answers
 *
 *   X           max(c·n + d·n·L + mixed, send)
 *   queue       what is ahead − the way in, at least 0; s/2 where only answers run
 *   compute     in + max(X, s) + out
 *   handoff     in + set-up + missing·move + load + s + out
 *   pace        m·t0 + a·(m + S) + b·(m·(L + m/2) + S·C)
 *   neighbours  max(0, X − s)·answers there, or load·answers; (a + b·(L + m/2))·S
 *   engine time θ·X, θ·load
 *   memory      30 s · pressure · share of the prompt that is new there
 *
 *   S = tokens that the others there give meanwhile, C = their mean context
 * </pre>
 */
public final class TurnPrices {

  /** What a whole prompt that comes where memory is full is taken to cost those who were there. */
  private static final double COPY_MILLIS = 30_000;

  /** Shares of KV memory between which pressure rises from 0 to 1. */
  private static final double EASY = 0.6;

  private static final double FULL = 1.0;

  /** An answer that is longer than was expected goes on for as much of that at least. */
  private static final double LEAST_LEFT = 0.1;

  private final double prompt;
  private final double answer;
  private final double engineTimeWeight;

  /**
   * @param promptTokens the whole prompt
   * @param answerTokens the answer, as far as it can be guessed
   * @param engineTimeWeight θ: what a millisecond of an engine costs that could do other work; 0
   *     where it could not
   */
  public TurnPrices(long promptTokens, double answerTokens, double engineTimeWeight) {
    prompt = Math.max(1, promptTokens);
    answer = Math.max(1, answerTokens);
    this.engineTimeWeight = engineTimeWeight;
  }

  /** One node does all of it. */
  public void addAlone(EngineCosts on, NodeWork work, PathPrice price) {
    addPrompt(on, work, computing(on, work, 0), price);
    addPace(on, work, price);
    addMemory(on, work, price);
  }

  /** A node computes the prompt for another. */
  public void addPrefill(EngineCosts on, NodeWork work, PathPrice price) {
    double send = on.handoff().sendMillis();
    addPrompt(on, work, Math.max(computing(on, work, send), send), price);
    addMemory(on, work, price);
  }

  /** A node answers with KV that another computed. */
  public void addAnswer(EngineCosts on, NodeWork work, PathPrice price) {
    StepCosts steps = on.profile().steps();
    HandoffCosts handoff = on.handoff();
    double step = step(steps, work);
    double firstStep = Math.max(step, stepOfPrompts(on, work));
    double missing = Math.max(0, prompt - work.cachedTokens);
    double load = handoff.loadMillis() + handoff.loadTokenMillis() * prompt;
    price.add(
        Term.HANDOFF,
        in(on.profile().frontEnd(), work.cachedTokens)
            + handoff.setUpMillis()
            + missing * on.moveTokenMillis()
            + load
            + firstStep
            + on.profile().frontEnd().afterMillis());
    price.add(Term.NEIGHBOURS, load * stalled(work));
    price.add(Term.ENGINE_TIME, engineTimeWeight * load);
    addPace(on, work, price);
    addMemory(on, work, price);
  }

  private void addPrompt(EngineCosts on, NodeWork work, double compute, PathPrice price) {
    FrontEndCosts front = on.profile().frontEnd();
    double step = step(on.profile().steps(), work);
    double in = in(front, work.cachedTokens);
    double ahead = ahead(on, work);
    double running = work.decodes > 0 ? step / 2 : 0;
    price.add(Term.QUEUE, ahead > 0 ? Math.max(0, ahead - in) : running);
    price.add(Term.COMPUTE, in + Math.max(compute, step) + front.afterMillis());
    price.add(Term.NEIGHBOURS, Math.max(0, compute - step) * stalled(work));
    price.add(Term.ENGINE_TIME, engineTimeWeight * compute);
  }

  private void addPace(EngineCosts on, NodeWork work, PathPrice price) {
    StepCosts steps = on.profile().steps();
    int others = work.decodes + work.committed;
    double given = work.decodingMillis / step(steps, work);
    double running = Math.max(LEAST_LEFT * work.expectedTokens, work.expectedTokens - given);
    double left = others == 0 ? 0 : (running + work.committedTokens) / others;
    double beside = left == 0 ? 0 : others * answer * left / (answer + left);
    double context =
        others == 0 ? 0 : (work.contextTokens + given + work.committedContext) / others;
    double own = prompt + answer / 2;
    price.add(
        Term.PACE,
        answer * steps.baseMillis()
            + steps.decodeMillis() * (answer + beside)
            + steps.decodeContextMillis() * (answer * own + beside * context));
    price.add(Term.NEIGHBOURS, (steps.decodeMillis() + steps.decodeContextMillis() * own) * beside);
  }

  private void addMemory(EngineCosts on, NodeWork work, PathPrice price) {
    double share = work.heldTokens / on.profile().limits().kvTokens();
    double pressure = Math.clamp((share - EASY) / (FULL - EASY), 0, 1);
    double fresh = Math.max(0, prompt - work.cachedTokens) / prompt;
    price.add(Term.MEMORY, COPY_MILLIS * pressure * fresh);
  }

  private static double step(StepCosts steps, NodeWork work) {
    double own = steps.baseMillis() + steps.decodeMillis() * work.decodes;
    double grown = work.decodes == 0 ? 0 : work.decodingMillis / own;
    return own + steps.decodeContextMillis() * (work.contextTokens + grown);
  }

  private static double in(FrontEndCosts front, long cachedTokens) {
    return front.beforeMillis()
        + front.serialMillis()
        + front.historyTokenMillis() * Math.max(0, cachedTokens);
  }

  /** The steps that compute what is new of this prompt. */
  private double computing(EngineCosts on, NodeWork work, double send) {
    StepCosts steps = on.profile().steps();
    double fresh = Math.max(1, prompt - work.cachedTokens);
    return perToken(steps, send) * fresh
        + steps.attentionMillis() * fresh * prompt
        + steps.mixedMillis();
  }

  private static double perToken(StepCosts steps, double sendMillis) {
    return sendMillis > 0 ? steps.sendingPrefillMillis() : steps.prefillMillis();
  }

  /** What is left of the prompts that came before. */
  private static double ahead(EngineCosts on, NodeWork work) {
    StepCosts steps = on.profile().steps();
    double send = work.handedOver == 0 ? 0 : on.handoff().sendMillis();
    double compute =
        perToken(steps, send) * work.promptTokens + steps.attentionMillis() * work.promptSquares;
    double all = Math.max(compute, send * work.handedOver);
    double begun = Math.max(0, work.headMillis - in(on.profile().frontEnd(), 0));
    return Math.max(0, all - begun);
  }

  /** A step that computes prompts too, as long as they last. */
  private static double stepOfPrompts(EngineCosts on, NodeWork work) {
    double budget = on.profile().limits().tokenBudget() * on.profile().steps().prefillMillis();
    return Math.min(ahead(on, work), budget);
  }

  /** Answers that wait while a long step goes on. */
  private static int stalled(NodeWork work) {
    return work.decodes + (work.committed > 0 ? 1 : 0);
  }
}
