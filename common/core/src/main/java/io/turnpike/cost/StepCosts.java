package io.turnpike.cost;

/**
 * The constants of the step-time formula, in milliseconds. Each has one physical cause.
 *
 * @param baseMillis {@code t0}: reading the weights and launching the kernels of one step
 * @param decodeMillis {@code a}: per running decode, sampling and bookkeeping
 * @param decodeContextMillis {@code b}: per token of a decode's context, reading its KV
 * @param prefillMillis {@code c}: per prompt token computed
 * @param sendingPrefillMillis {@code c} where the engine sends prompts' KV as it computes them,
 *     which takes memory bandwidth and the worker's time
 * @param attentionMillis {@code d}: per prompt token computed and token of its prompt, attention
 * @param mixedMillis once in each step with a prefill
 */
public record StepCosts(
    double baseMillis,
    double decodeMillis,
    double decodeContextMillis,
    double prefillMillis,
    double sendingPrefillMillis,
    double attentionMillis,
    double mixedMillis) {

  /** Steps that take no time. */
  public static final StepCosts FREE = new StepCosts(0, 0, 0, 0, 0, 0, 0);

  /** The constants on an engine that sends prompts' KV as it computes them. */
  public StepCosts whileSending() {
    return new StepCosts(
        baseMillis,
        decodeMillis,
        decodeContextMillis,
        sendingPrefillMillis,
        sendingPrefillMillis,
        attentionMillis,
        mixedMillis);
  }

  public StepCosts {
    Checks.notNegative("step costs: base", baseMillis);
    Checks.notNegative("step costs: decode", decodeMillis);
    Checks.notNegative("step costs: decode context", decodeContextMillis);
    Checks.notNegative("step costs: prefill", prefillMillis);
    Checks.notNegative("step costs: sending prefill", sendingPrefillMillis);
    Checks.notNegative("step costs: attention", attentionMillis);
    Checks.notNegative("step costs: mixed", mixedMillis);
  }
}
