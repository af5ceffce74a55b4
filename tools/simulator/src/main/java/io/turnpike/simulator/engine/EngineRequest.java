package io.turnpike.simulator.engine;

import io.turnpike.simulator.handoff.Handoff;

/**
 * One request to an engine. It generates exactly {@code maxTokens} tokens unless it is aborted; a
 * caller that knows an earlier stop passes the smaller number.
 *
 * @param id unique among the engine's requests and leases
 * @param prompt what is asked
 * @param maxTokens above zero
 * @param handoff its part in a handoff
 * @param generated hashes of the blocks that its answer completes
 */
public record EngineRequest(
    String id, Prompt prompt, int maxTokens, Handoff handoff, GeneratedBlocks generated) {

  public EngineRequest {
    if (maxTokens < 1) {
      throw new IllegalArgumentException(
          "request %s: max tokens %d (expected: 1 or more)".formatted(id, maxTokens));
    }
  }

  /** A request whose answer is not found again. */
  public EngineRequest(String id, Prompt prompt, int maxTokens, Handoff handoff) {
    this(id, prompt, maxTokens, handoff, GeneratedBlocks.NEVER_FOUND);
  }

  int totalTokens() {
    return prompt.tokens() + maxTokens;
  }
}
