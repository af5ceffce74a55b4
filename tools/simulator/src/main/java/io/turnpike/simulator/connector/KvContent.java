package io.turnpike.simulator.connector;

import java.util.List;

/**
 * What blocks of KV hold, told by the chained hash of each block; a block whose content is unknown
 * or overwritten is simply missing. Immutable.
 *
 * @param blocks first to last
 */
public record KvContent(List<Long> blocks) {

  /** Blocks that hold other prompts by now. */
  public static final KvContent REUSED = new KvContent(List.of());

  /** Leading blocks of this prompt that {@code read} holds too. */
  public int rightBlocks(KvContent read) {
    int right = 0;
    while (right < blocks.size()
        && right < read.blocks.size()
        && blocks.get(right).equals(read.blocks.get(right))) {
      right++;
    }
    return right;
  }
}
