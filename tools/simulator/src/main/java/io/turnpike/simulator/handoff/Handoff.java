package io.turnpike.simulator.handoff;

/** A request's part in moving KV between engines. */
public sealed interface Handoff {

  /** The request is served by this engine alone. */
  Handoff NONE = new Local();

  /** The blocks are kept after the end, under a lease, for another engine to read. */
  Handoff PRODUCE = new Produce();

  /** No part. */
  record Local() implements Handoff {}

  /** The prefill leg. */
  record Produce() implements Handoff {}

  /**
   * The decode leg: the prompt's KV comes from elsewhere, but for the blocks that are here already.
   *
   * @param remoteTokens prompt tokens whose KV the other engine has
   * @param source tells when what is lacking arrives
   */
  record Consume(int remoteTokens, KvSource source) implements Handoff {

    public Consume {
      if (remoteTokens < 0) {
        throw new IllegalArgumentException(
            "remote tokens: %d (expected: 0 or more)".formatted(remoteTokens));
      }
    }
  }
}
