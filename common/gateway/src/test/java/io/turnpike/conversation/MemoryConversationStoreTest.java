package io.turnpike.conversation;

import static io.turnpike.conversation.Chains.placement;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MemoryConversationStoreTest extends ConversationStoreContract {

  private final AtomicLong nanos = new AtomicLong();
  private final MemoryConversationStore store =
      new MemoryConversationStore(100, Duration.ofHours(1), nanos::get);

  @Override
  ConversationStore store() {
    return store;
  }

  @Test
  void lookup_forgetsAfterTheTimeToLive() {
    PrefixChain chain = Chains.of("a");
    get(store.save(null, chain, placement("d1", 1, chain, 0)));
    nanos.addAndGet(Duration.ofMinutes(59).toNanos());
    assertThat(store.find(null, chain).links()).isEqualTo(1);
    nanos.addAndGet(Duration.ofMinutes(2).toNanos());
    assertThat(store.find(null, chain).links()).isZero();
  }

  @Test
  void save_staysWithinItsBound() {
    for (int i = 0; i < 1_000; i++) {
      PrefixChain chain = Chains.of("m" + i);
      get(store.save(null, chain, placement("d1", 1, chain, 0)));
    }
    assertThat(count(store)).isLessThanOrEqualTo(100);
  }
}
