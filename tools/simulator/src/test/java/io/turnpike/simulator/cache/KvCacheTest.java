package io.turnpike.simulator.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class KvCacheTest {

  private final KvCache cache = new KvCache(4 * KvCache.BLOCK_TOKENS);

  @Test
  void hits_countOnlyTheUnbrokenBeginning() {
    int[] blocks = {cache.take(), cache.take()};
    cache.remember(blocks[0], 11);
    cache.remember(blocks[1], 13);

    assertThat(cache.hits(new long[] {11, 12, 13}, 3)).isEqualTo(1);
    assertThat(cache.hits(new long[] {11, 13}, 2)).isEqualTo(2);
    assertThat(cache.hits(new long[] {11, 13}, 1)).isEqualTo(1);
  }

  @Test
  void releasedBlocks_areFoundUntilSpaceIsNeeded_andTheOldestConversationEndGoesFirst() {
    int[] blocks = {cache.take(), cache.take()};
    cache.remember(blocks[0], 11);
    cache.remember(blocks[1], 12);
    cache.release(blocks, 2);
    assertThat(cache.free()).isEqualTo(4);

    cache.take();
    cache.take();
    assertThat(cache.hits(new long[] {11, 12}, 2)).isEqualTo(2);
    cache.take();

    assertThat(cache.hits(new long[] {11, 12}, 2)).isEqualTo(1);
    assertThat(cache.evictions()).isEqualTo(1);
  }

  @Test
  void retainedBlock_isNotEvicted_andIsFreeOnlyWhenTheLastHolderLetsGo() {
    int[] blocks = {cache.take()};
    cache.remember(blocks[0], 11);
    cache.retain(blocks[0]);
    cache.release(blocks, 1);
    assertThat(cache.free()).isEqualTo(3);

    cache.release(blocks, 1);
    assertThat(cache.free()).isEqualTo(4);
    assertThatIllegalStateException().isThrownBy(() -> cache.release(blocks, 1));
  }

  @Test
  void reset_isRefusedWhileABlockIsHeld() {
    int[] blocks = {cache.take()};
    cache.remember(blocks[0], 11);
    assertThat(cache.reset()).isFalse();

    cache.release(blocks, 1);
    assertThat(cache.reset()).isTrue();
    assertThat(cache.find(11)).isEqualTo(-1);
  }

  @Property(tries = 200)
  void blocksAreConserved_whateverIsTakenSharedAndReleased(@ForAll long seed) {
    Random random = new Random(seed);
    KvCache small = new KvCache(64 * KvCache.BLOCK_TOKENS);
    List<int[]> held = new ArrayList<>();
    Map<Integer, Integer> holders = new HashMap<>();
    for (int i = 0; i < 500; i++) {
      long hash = random.nextInt(100) + 1L;
      int known = small.find(hash);
      if (random.nextBoolean() && known >= 0) {
        small.retain(known);
        held.add(new int[] {known});
        holders.merge(known, 1, Integer::sum);
      } else if (random.nextInt(3) > 0 && small.free() > 0) {
        int block = small.take();
        assertThat(holders).doesNotContainKey(block);
        small.remember(block, hash);
        held.add(new int[] {block});
        holders.put(block, 1);
      } else if (!held.isEmpty()) {
        int[] gone = held.remove(random.nextInt(held.size()));
        small.release(gone, 1);
        holders.computeIfPresent(gone[0], (block, count) -> count == 1 ? null : count - 1);
      }
      assertThat(small.free() + holders.size()).isEqualTo(small.capacity());
      assertThat(small.remembered()).isLessThanOrEqualTo(small.capacity());
    }
  }
}
