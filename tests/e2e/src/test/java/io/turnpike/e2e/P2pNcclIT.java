package io.turnpike.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.e2e.SuiteStack.Turn;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Turns over P2pNccl engines: stock ones, which die of a turn without a handoff, and ones with the
 * patch, which know it by the form of its request id.
 */
class P2pNcclIT {

  private static final String PLAN =
      """
      mode: ppd
      proxies: [{properties: {turnpike.engine.patched-p2p: %b}}]
      replication: none
      engines:
        speed: 0
        kv-transfer: {kv_connector: P2pNcclConnector}
        flags: %s
        prefill: 1
        decode: 1
        replicas: 0
      """;

  private SuiteStack suite;

  @AfterEach
  void stop() {
    if (suite != null) {
      suite.stack.close();
    }
  }

  @Test
  void stockEngines_getEveryTurnThroughP_andTheModeSaysThatItDoesNothing() {
    suite = SuiteStack.of(PLAN.formatted(false, "[]"));
    URI proxy = suite.stack.url("proxy-1");
    assertThat(turn(proxy, 1).header("route")).isEqualTo("disaggregated");
    Turn second = turn(proxy, 2);
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.header("route")).isEqualTo("disaggregated");
    assertThat(second.header("reason")).isEqualTo("connector");
    JsonNode mode = suite.get(proxy, "/mode");
    assertThat(mode.path("mode").asString()).isEqualTo("ppd");
    assertThat(mode.path("note").asString())
        .contains("ppd has no effect here", "p2p-nccl", "turnpike.engine.patched-p2p");
    assertThat(suite.get(proxy, "/status").path("mode_note")).isEqualTo(mode.path("note"));
    assertThat(suite.stack.lastLines("proxy-1", 1000))
        .filteredOn(line -> line.contains("mode without effect"))
        .hasSize(1);
  }

  @Test
  void patchedEngines_serveLaterTurnsAlone_underTheirFormOfId() {
    suite = SuiteStack.of(PLAN.formatted(true, "[--patched-p2p]"));
    URI proxy = suite.stack.url("proxy-1");
    Turn first = turn(proxy, 1);
    assertThat(first.header("route")).isEqualTo("disaggregated");
    assertThat(lastId("decode-1")).startsWith("___prefill_addr_127.0.0.1:");
    Turn second = turn(proxy, 2);
    assertThat(second.status()).as(second.answer().body()).isEqualTo(200);
    assertThat(second.header("route")).isEqualTo("decode-direct");
    assertThat(second.cachedTokens()).isPositive();
    assertThat(lastId("decode-1")).matches("d_direct_[0-9a-f]{32}");
    assertThat(suite.get(proxy, "/mode").has("note")).isFalse();
    assertThat(suite.stack.isAlive("decode-1")).isTrue();
  }

  private Turn turn(URI proxy, int number) {
    String opening =
        "Tell me of toll roads, their gates, their keepers and their prices. ".repeat(8);
    String body =
        number == 1
            ? SuiteStack.chat(8, false, opening)
            : SuiteStack.chat(8, false, opening, "They had gates.", "And then?");
    return suite.turn(proxy, body);
  }

  private String lastId(String engine) {
    JsonNode seen = suite.state(engine).path("requests");
    return seen.get(seen.size() - 1).path("headers").path("x-request-id").asString();
  }
}
