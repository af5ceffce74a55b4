package io.turnpike.simulator.engine;

import io.turnpike.simulator.cache.KvCache;
import io.turnpike.simulator.handoff.Handoff;
import java.util.Arrays;

/** A request inside the engine: how far it is and which blocks it holds. */
final class Sequence {

  /** Where a sequence is. */
  enum Place {
    FRONT_END,
    WAITING,
    /** Its blocks are set aside; their content is under way. */
    ARRIVING,
    RUNNING,
    ENDED
  }

  private static final int[] NOTHING = {};

  final EngineRequest request;
  final long number;
  Place place = Place.FRONT_END;

  int[] blocks = NOTHING;
  int blockCount;
  int rememberedBlocks;

  /** Tokens whose KV is here. */
  int computed;

  int generated;

  /** Tokens of it in the step under way. */
  int scheduled;

  int cachedTokens;
  int externalTokens;
  int preemptions;

  /** Prompt tokens under way from another engine. */
  int arriving;

  /** Tokens to load in its next step: the whole prompt, though part of it may be here. */
  int toLoad;

  boolean counted;
  boolean handoffDone;

  Sequence(EngineRequest request, long number) {
    this.request = request;
    this.number = number;
  }

  /** All tokens it consists of by now. */
  int tokens() {
    return request.prompt().tokens() + generated;
  }

  /** Tokens still to be computed before its next token is known. */
  int remaining() {
    return tokens() - computed;
  }

  boolean isSending() {
    return request.handoff() instanceof Handoff.Produce;
  }

  void addBlock(int block) {
    if (blockCount == blocks.length) {
      int wanted = Math.max(blockCount + 1, KvCache.blocksFor(request.prompt().tokens() + 1));
      int atMost = KvCache.blocksFor(request.totalTokens());
      blocks = Arrays.copyOf(blocks, Math.max(wanted, Math.min(atMost, blockCount * 2)));
    }
    blocks[blockCount++] = block;
  }

  /** The hash of a full block, {@link GeneratedBlocks#UNFINDABLE} for none. */
  long hash(int block) {
    long[] chain = request.prompt().blockHashes();
    return block < chain.length ? chain[block] : request.generated().hash(block);
  }
}
