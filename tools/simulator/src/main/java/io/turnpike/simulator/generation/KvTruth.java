package io.turnpike.simulator.generation;

import io.turnpike.simulator.connector.KvContent;
import io.turnpike.simulator.engine.Finished;
import io.turnpike.simulator.text.BlockHashes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Remembers which cached blocks hold something else than their hash says, and tells the seed of the
 * words an engine speaks when it looks at them. Used on the driver's thread only.
 *
 * <p>A wrong handoff leaves its content under the prompt's hashes, so the same prompt is answered
 * wrongly later, too, until the cache is emptied or the blocks are computed anew (observed with
 * vLLM 0.32.0).
 */
public final class KvTruth {

  /** Wrong blocks remembered; the oldest are forgotten. */
  private static final int MAX_WRONG_BLOCKS = 65_536;

  private final Map<Long, Long> wrong =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
          return size() > MAX_WRONG_BLOCKS;
        }
      };

  /** The cache was emptied. */
  public void clear() {
    wrong.clear();
  }

  /** Something came from another engine: what is not this prompt's becomes wrong here. */
  void received(KvContent mine, int localTokens, KvContent came) {
    List<Long> blocks = mine.blocks();
    int right = mine.rightBlocks(came);
    long garbage = came.blocks().isEmpty() ? 1 : came.blocks().getLast();
    for (int i = 0; i < blocks.size(); i++) {
      if (i >= localTokens / BlockHashes.BLOCK_TOKENS) {
        if (i < right) {
          wrong.remove(blocks.get(i));
        } else {
          wrong.put(blocks.get(i), garbage);
        }
      }
    }
  }

  /** What the model sees: 0 when all blocks hold what they should. */
  long distortion(KvContent mine) {
    long seen = 0;
    if (!wrong.isEmpty()) {
      for (long block : mine.blocks()) {
        Long garbage = wrong.get(block);
        seen = garbage == null ? seen : BlockHashes.mix(seen, garbage);
      }
    }
    return seen;
  }

  /** Blocks behind the cached ones were computed by this engine, on top of what was before them. */
  void computed(KvContent mine, Finished finished) {
    if (wrong.isEmpty() || finished.externalTokens() > 0) {
      return;
    }
    List<Long> blocks = mine.blocks();
    int cached = finished.cachedTokens() / BlockHashes.BLOCK_TOKENS;
    boolean distorted =
        blocks.subList(0, Math.min(cached, blocks.size())).stream().anyMatch(wrong::containsKey);
    for (int i = cached; i < blocks.size(); i++) {
      if (distorted) {
        wrong.put(blocks.get(i), 1L);
      } else {
        wrong.remove(blocks.get(i));
      }
    }
  }
}
