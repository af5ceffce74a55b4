package io.turnpike.simulator.explain;

import io.turnpike.cost.EngineCosts;
import io.turnpike.cost.NodeWork;
import io.turnpike.cost.PathPrice;
import io.turnpike.cost.TurnPrices;

/**
 * The prices of one turn's two paths, term by term, as mode {@code adaptive} compares them: what
 * {@code simulator explain} prints.
 *
 * @param direct the decode engine alone
 * @param viaPrefill prefill engine, handoff, decode engine
 */
record TurnCosts(PathPrice direct, PathPrice viaPrefill) {

  /**
   * The question.
   *
   * @param promptTokens the whole prompt
   * @param answerTokens the answer, and each of those that run beside it
   * @param newTokens of the prompt, tokens that the decode engine does not have
   * @param prefillNewTokens of the prompt, tokens that the prefill engine does not have
   * @param decodes running on the decode engine, each with a context of such a prompt
   * @param decodeBacklogTokens prompt tokens waiting at the decode engine
   * @param prefillBacklogTokens prompt tokens waiting at the prefill engine
   */
  record Question(
      int promptTokens,
      int answerTokens,
      int newTokens,
      int prefillNewTokens,
      int decodes,
      int decodeBacklogTokens,
      int prefillBacklogTokens) {}

  /**
   * The prices on engines like that.
   *
   * @param engineTimeWeight what a millisecond of an engine costs that could do other work
   */
  static TurnCosts of(Question asked, EngineCosts costs, double engineTimeWeight) {
    TurnPrices prices = new TurnPrices(asked.promptTokens, asked.answerTokens, engineTimeWeight);
    PathPrice direct = new PathPrice();
    prices.addAlone(costs, decodeEngine(asked), direct);
    PathPrice via = new PathPrice();
    prices.addPrefill(costs, prefillEngine(asked), via);
    prices.addAnswer(costs, decodeEngine(asked), via);
    return new TurnCosts(direct, via);
  }

  private static NodeWork decodeEngine(Question asked) {
    NodeWork work = new NodeWork();
    work.cachedTokens = (long) asked.promptTokens - asked.newTokens;
    work.promptTokens = asked.decodeBacklogTokens;
    work.promptSquares = (double) asked.decodeBacklogTokens * asked.promptTokens;
    work.decodes = asked.decodes;
    work.contextTokens = (long) asked.decodes * asked.promptTokens;
    work.expectedTokens = (double) asked.decodes * asked.answerTokens;
    return work;
  }

  private static NodeWork prefillEngine(Question asked) {
    NodeWork work = new NodeWork();
    work.cachedTokens = (long) asked.promptTokens - asked.prefillNewTokens;
    work.promptTokens = asked.prefillBacklogTokens;
    work.promptSquares = (double) asked.prefillBacklogTokens * asked.promptTokens;
    int prompts = Math.ceilDiv(asked.prefillBacklogTokens, asked.promptTokens);
    work.handedOver = prompts;
    return work;
  }
}
