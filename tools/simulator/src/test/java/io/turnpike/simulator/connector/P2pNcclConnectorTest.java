package io.turnpike.simulator.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.simulator.connector.P2pNcclConnector.End;
import io.turnpike.simulator.handoff.Handoff;
import io.turnpike.simulator.handoff.KvSource;
import io.turnpike.simulator.live.EngineDriver;
import io.turnpike.simulator.wire.GenerateRequest;
import io.turnpike.simulator.wire.RequestReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What request ids say to P2pNccl engines, and which ones kill them. */
class P2pNcclConnectorTest {

  private static final String PAIRED =
      "cmpl-___prefill_addr_127.0.0.1:21001___decode_addr_127.0.0.1:22001_0123";

  private final List<String> told = new ArrayList<>();
  private final HandoffEvents events =
      new HandoffEvents() {
        @Override
        public void onHandoffFailed() {
          told.add("failed");
        }

        @Override
        public void onEngineKilled() {
          told.add("killed");
        }
      };

  @Test
  void aPrefillLeg_keepsItsBlocks() {
    assertThat(plan(End.PRODUCER, PAIRED, 1).handoff()).isEqualTo(Handoff.PRODUCE);
    assertThat(told).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"cmpl-plain,1", "cmpl-___prefill_addr_a:1___,1", PAIRED + ",2"})
  void aPrefillEngine_diesOfOtherIds_andOfMoreThanOneToken(String id, int tokens) {
    assertThat(plan(End.PRODUCER, id, tokens)).isSameAs(Leg.LOCAL);
    assertThat(told).containsExactly("killed");
  }

  @Test
  void aDecodeLeg_asksForAllButTheLastToken() {
    assertThat(plan(End.CONSUMER, PAIRED, 50).handoff())
        .isInstanceOfSatisfying(
            Handoff.Consume.class, consume -> assertThat(consume.remoteTokens()).isEqualTo(99));
  }

  @Test
  void aDecodeLeg_waitsForItsKv() {
    Handoff.Consume consume = (Handoff.Consume) plan(End.CONSUMER, PAIRED, 50).handoff();
    assertThat(consume.source().arrivalNanos(99, 0)).isEqualTo(KvSource.LATER);
    assertThat(told).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"cmpl-plain", "cmpl-___decode_addr_127.0.0.1:22001_0123"})
  void aDecodeEngine_diesOfOtherIds_whenItReads(String id) {
    Handoff.Consume consume = (Handoff.Consume) plan(End.CONSUMER, id, 50).handoff();
    assertThat(told).isEmpty();
    consume.source().arrivalNanos(99, 0);
    assertThat(told).containsExactly("killed");
  }

  @Test
  void aPatchedDecodeEngine_computesAlone_whatNamesNoPair() {
    assertThat(plan(End.PATCHED_CONSUMER, "cmpl-d_direct_0123", 50)).isSameAs(Leg.LOCAL);
    assertThat(plan(End.PATCHED_CONSUMER, PAIRED, 50).handoff())
        .isInstanceOf(Handoff.Consume.class);
    assertThat(told).isEmpty();
  }

  private Leg plan(End end, String id, int maxTokens) {
    P2pNcclConnector connector =
        new P2pNcclConnector(end, P2pNcclConnectorTest::noEngine, P2pNcclConnectorTest::noPort);
    KvContent content = new KvContent(List.of(1L, 2L));
    return connector.plan(
        new KvConnector.Sequence(request(), id, id, content, 100, maxTokens), events);
  }

  private static GenerateRequest request() {
    byte[] body = "{\"prompt\":\"hello\"}".getBytes(StandardCharsets.UTF_8);
    return new RequestReader("demo", 100)
        .read(GenerateRequest.Api.COMPLETION, body, "application/json", null);
  }

  private static EngineDriver noEngine() {
    throw new AssertionError("the engine is not asked while a leg is planned");
  }

  private static KvPort noPort() {
    throw new AssertionError("nothing is sent while a leg is planned");
  }
}
