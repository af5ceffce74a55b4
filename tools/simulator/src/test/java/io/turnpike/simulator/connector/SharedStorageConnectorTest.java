package io.turnpike.simulator.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.simulator.engine.EngineRequest;
import io.turnpike.simulator.engine.Finished;
import io.turnpike.simulator.engine.Prompt;
import io.turnpike.simulator.handoff.Handoff;
import io.turnpike.simulator.wire.GenerateRequest;
import io.turnpike.simulator.wire.RequestReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What engines over a shared store read and write: full blocks of prompts, by content. */
class SharedStorageConnectorTest {

  private static final HandoffEvents NOTHING =
      new HandoffEvents() {
        @Override
        public void onHandoffFailed() {}

        @Override
        public void onEngineKilled() {}
      };

  @TempDir private Path folder;
  private SharedStore store = new SharedStore.InMemory();

  @BeforeEach
  void open() {
    store = SharedStore.folder(folder.resolve("kv"));
  }

  @Test
  void aNewPrompt_isComputed_andItsFullBlocksAreStored() {
    Leg leg = plan(40, 1L, 2L, 3L);
    assertThat(leg.handoff()).isEqualTo(Handoff.NONE);
    leg.handover(finished(40));
    assertThat(store.contains(1)).isTrue();
    assertThat(store.contains(2)).isTrue();
    assertThat(store.contains(3)).isFalse();
  }

  @Test
  void aKnownBeginning_isRead() {
    store.add(1);
    store.add(2);
    assertThat(plan(60, 1L, 2L, 3L, 4L).handoff())
        .isInstanceOfSatisfying(
            Handoff.Consume.class,
            consume -> {
              assertThat(consume.remoteTokens()).isEqualTo(32);
              assertThat(consume.source().arrivalNanos(32, 7)).isEqualTo(7);
            });
  }

  @Test
  void blocksBehindAGap_areNot() {
    store.add(2);
    assertThat(plan(40, 1L, 2L, 3L).handoff()).isEqualTo(Handoff.NONE);
  }

  @Test
  void theLastToken_isAlwaysComputed() {
    store.add(1);
    store.add(2);
    assertThat(plan(32, 1L, 2L).handoff())
        .isInstanceOfSatisfying(
            Handoff.Consume.class, consume -> assertThat(consume.remoteTokens()).isEqualTo(31));
  }

  @Test
  void aFolder_isOneStoreForAll_andABlockMayComeTwice() {
    store.add(5);
    store.add(5);
    assertThat(SharedStore.folder(folder.resolve("kv")).contains(5)).isTrue();
    assertThat(store.contains(6)).isFalse();
  }

  private Leg plan(int tokens, Long... blocks) {
    return new SharedStorageConnector(store)
        .plan(
            new KvConnector.Sequence(
                request(), "r", "r", new KvContent(List.of(blocks)), tokens, 8),
            NOTHING);
  }

  private static Finished finished(int tokens) {
    Prompt prompt = new Prompt(tokens, new long[tokens / 16]);
    EngineRequest request = new EngineRequest("r", prompt, 1, Handoff.NONE);
    return new Finished(request, Finished.Reason.LENGTH, 1, 0, 0, 0, null);
  }

  private static GenerateRequest request() {
    byte[] body = "{\"prompt\":\"hello\"}".getBytes(StandardCharsets.UTF_8);
    return new RequestReader("demo", 100)
        .read(GenerateRequest.Api.COMPLETION, body, "application/json", null);
  }
}
