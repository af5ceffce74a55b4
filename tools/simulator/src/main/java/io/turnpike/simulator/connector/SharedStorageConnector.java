package io.turnpike.simulator.connector;

import io.turnpike.simulator.engine.Finished;
import io.turnpike.simulator.handoff.Handoff;
import io.turnpike.simulator.text.BlockHashes;

/**
 * The connector called SharedStorage, later Example: every engine writes its prompts' full blocks
 * into a store by content and reads what others wrote. Nothing can go wrong by a wrong request.
 */
public final class SharedStorageConnector implements KvConnector {

  private final SharedStore store;

  public SharedStorageConnector(SharedStore store) {
    this.store = store;
  }

  @Override
  public Leg plan(Sequence sequence, HandoffEvents events) {
    int full = sequence.promptTokens() / BlockHashes.BLOCK_TOKENS;
    int found = 0;
    while (found < full && store.contains(sequence.content().blocks().get(found))) {
      found++;
    }
    int tokens = Math.min(found * BlockHashes.BLOCK_TOKENS, sequence.promptTokens() - 1);
    return new StoringLeg(sequence, full, tokens);
  }

  /** Reads what is there, writes the rest. */
  private final class StoringLeg implements Leg {

    private final Sequence sequence;
    private final int fullBlocks;
    private final int storedTokens;

    StoringLeg(Sequence sequence, int fullBlocks, int storedTokens) {
      this.sequence = sequence;
      this.fullBlocks = fullBlocks;
      this.storedTokens = storedTokens;
    }

    @Override
    public Handoff handoff() {
      return storedTokens == 0
          ? Handoff.NONE
          : new Handoff.Consume(storedTokens, (tokens, nowNanos) -> nowNanos);
    }

    @Override
    public String handover(Finished finished) {
      sequence.content().blocks().stream().limit(fullBlocks).forEach(store::add);
      return "null";
    }
  }
}
