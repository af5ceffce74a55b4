package io.turnpike.e2e;

import static io.turnpike.e2e.SuiteStack.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.turnpike.e2e.SuiteStack.Turn;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** One proxy and one replication service over two engines of role any, as real processes. */
class AnyRoleIT {

  private static final String STORY = "Tell me of the sea and of those who sail it. ".repeat(20);

  private static SuiteStack suite;
  private static URI proxy;
  private static URI replication;

  @BeforeAll
  static void start() {
    suite =
        SuiteStack.of(
            """
            engines: {any: 2}
            proxies: [{properties: {turnpike.redis.patience: 2s}}]
            replication: {properties: {turnpike.redis.patience: 2s}}
            """);
    proxy = suite.stack.url("proxy-1");
    replication = suite.stack.url("replication");
  }

  @AfterAll
  static void stop() {
    if (suite != null) {
      suite.stack.close();
    }
  }

  @Test
  void aFirstTurnIsSplitOverThem_andLaterOnesGoStraightToTheirHolder() {
    Turn one = suite.turn(proxy, chat(24, false, STORY));
    assertThat(one.header("route")).isEqualTo("disaggregated");
    String holder = one.header("decode");
    String other = holder.equals("any-1") ? "any-2" : "any-1";
    assertThat(List.of(one.header("prefill"), holder)).containsExactly(other, holder);
    assertThat(bySource(holder, "external_kv_transfer")).as("the holder pulled it").isPositive();

    double computed = bySource(other, "local_compute");
    Turn two = suite.turn(proxy, chat(24, false, STORY, one.text(), "And then?"));
    assertThat(two.header("route")).isEqualTo("decode-direct");
    assertThat(two.header("reason")).isEqualTo("cache-warm");
    assertThat(two.header("decode")).isEqualTo(holder);
    assertThat(two.cachedTokens()).isPositive();
    assertThat(bySource(other, "local_compute")).as("nobody else worked").isEqualTo(computed);
    assertThat(two.text())
        .as("what one engine says by itself")
        .isEqualTo(
            suite
                .turn(suite.stack.url(other), chat(24, false, STORY, one.text(), "And then?"))
                .text());
  }

  @Test
  void behindTheReplicationService_theyAreReplicas() {
    String talk = "Of mountains. " + STORY;
    Turn one = suite.turn(replication, chat(8, false, talk));
    Turn two = suite.turn(replication, chat(8, false, talk, one.text(), "Go on."));
    assertThat(List.of(one.header("route"), two.header("route")))
        .containsExactly("replica", "replica");
    assertThat(two.header("decode")).isEqualTo(one.header("decode"));
    assertThat(suite.get(replication, "/status").path("workers")).hasSize(2);
  }

  @Test
  void theTableSaysWhatTheyAre() {
    JsonNode status = suite.get(proxy, "/status");
    List<String> roles = new ArrayList<>();
    status.path("nodes").forEach(node -> roles.add(node.path("role").asString()));
    assertThat(roles).containsExactly("any", "any");
    assertThat(status.path("ready").toString())
        .isEqualTo("{\"prefill\":2,\"decode\":2,\"replica\":2,\"any\":2}");
  }

  @Test
  void modeAdaptive_saysWhatPathsWereExpectedToCost() {
    suite.mode(proxy, "adaptive");
    try {
      String talk = "Of rivers. " + STORY;
      Turn one = suite.turn(proxy, chat(8, false, talk));
      assertThat(one.header("route")).as("nobody is held up").isEqualTo("decode-direct");
      JsonNode first = suite.receipt(proxy, one);
      assertThat(first.path("mode").asString()).isEqualTo("adaptive");
      assertThat(first.at("/predicted/alone_ms").asDouble())
          .isPositive()
          .isLessThan(first.at("/predicted/split_ms").asDouble());
      assertThat(first.at("/predicted/stay_ms").isMissingNode()).isTrue();
      Turn two = suite.turn(proxy, chat(8, false, talk, one.text(), "Go on."));
      assertThat(two.header("decode")).isEqualTo(one.header("decode"));
      JsonNode second = suite.receipt(proxy, two);
      assertThat(second.at("/predicted/stay_ms").asDouble())
          .isPositive()
          .isLessThan(second.at("/predicted/alone_ms").asDouble());
      JsonNode prices = second.path("prices");
      assertThat(prices).hasSize(4);
      JsonNode taken = prices.path(0);
      assertThat(taken.path("path").asString()).isEqualTo("stay");
      assertThat(taken.path("taken").asBoolean()).isTrue();
      double sum = 0;
      for (JsonNode term : taken.path("terms_ms")) {
        sum += term.asDouble();
      }
      assertThat(sum).isCloseTo(taken.path("total_ms").asDouble(), within(0.01));
    } finally {
      suite.mode(proxy, "ppd");
    }
  }

  private static double bySource(String engine, String source) {
    return suite.metric(engine, "vllm:prompt_tokens_by_source_total", source);
  }
}
