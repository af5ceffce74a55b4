package io.turnpike.cost;

/**
 * An engine as the simulator knows it: one model on one kind of hardware. Immutable.
 *
 * @param name for example {@code h100-llama-3.1-8b}
 * @param source where the figures come from, for reports
 * @param steps what a step costs
 * @param frontEnd what the way in and out costs
 * @param limits what it holds
 */
public record EngineProfile(
    String name, String source, StepCosts steps, FrontEndCosts frontEnd, EngineLimits limits) {

  public EngineProfile {
    if (name == null || name.isBlank()) {
      throw new IllegalArgumentException("profile: name is missing");
    }
    if (steps == null || frontEnd == null || limits == null) {
      throw new IllegalArgumentException(
          "profile %s: incomplete (expected: steps, frontEnd and limits)".formatted(name));
    }
    source = source == null ? "" : source;
  }

  /** The same engine, answering at once: limits stay, nothing costs time. */
  public EngineProfile free() {
    return new EngineProfile(name, source, StepCosts.FREE, FrontEndCosts.FREE, limits);
  }

  /** The same engine with other limits. */
  public EngineProfile with(EngineLimits other) {
    return new EngineProfile(name, source, steps, frontEnd, other);
  }
}
