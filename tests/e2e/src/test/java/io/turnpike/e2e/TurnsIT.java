package io.turnpike.e2e;

import static io.turnpike.e2e.SuiteStack.MODEL;
import static io.turnpike.e2e.SuiteStack.await;
import static io.turnpike.e2e.SuiteStack.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.e2e.SuiteStack.Turn;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What turns do when nothing is wrong, seen from the clients and in the engines' own counters. */
class TurnsIT {

  private static final List<String> PREFILLS = List.of("prefill-1", "prefill-2");

  private SuiteStack suite;
  private URI a;
  private URI b;

  @BeforeEach
  void start() {
    suite = SuiteStack.shared();
    a = suite.proxies().get(0);
    b = suite.proxies().get(1);
  }

  @AfterEach
  void backToPpd() {
    suite.mode(a, "ppd");
    awaitMode("ppd");
  }

  @Test
  void ppd_prefillSeesTurnOneOnly_andDecodeHoldsTheRest() {
    String first = story("lighthouse");
    double prefilled = prompts(PREFILLS);
    Turn one = suite.turn(a, chat(24, false, first));
    assertThat(one.header("route")).isEqualTo("disaggregated");
    assertThat(one.header("reason")).isEqualTo("first-turn");
    String decode = one.header("decode");
    double pulled =
        suite.metric(decode, "vllm:prompt_tokens_by_source_total", "external_kv_transfer");
    assertThat(prompts(PREFILLS)).isGreaterThan(prefilled);
    assertThat(pulled).isPositive();

    double prefilledOnce = prompts(PREFILLS);
    double hits = suite.metric(decode, "vllm:prompt_tokens_by_source_total", "local_cache_hit");
    Turn two = suite.turn(a, chat(24, false, first, one.text(), "And then?"));
    assertThat(two.header("route")).isEqualTo("decode-direct");
    assertThat(two.header("reason")).isEqualTo("cache-warm");
    assertThat(two.header("turn")).isEqualTo("2");
    assertThat(two.header("decode")).isEqualTo(decode);
    assertThat(two.cachedTokens()).isGreaterThan(64);
    assertThat(prompts(PREFILLS)).isEqualTo(prefilledOnce);
    assertThat(suite.metric(decode, "vllm:prompt_tokens_by_source_total", "local_cache_hit"))
        .isGreaterThan(hits + 64);

    JsonNode receipt = suite.receipt(a, two);
    assertThat(receipt.path("outcome").asString()).isEqualTo("answered");
    assertThat(receipt.path("turn").asInt()).isEqualTo(2);
    assertThat(receipt.path("cached_tokens").asLong()).isEqualTo(two.cachedTokens());
  }

  @Test
  void pd_prefillSeesEveryTurn() {
    suite.mode(a, "pd");
    awaitMode("pd");
    String first = story("harbour");
    Turn one = suite.turn(a, chat(16, false, first));
    double prefilledOnce = prompts(PREFILLS);
    Turn two = suite.turn(b, chat(16, false, first, one.text(), "And then?"));
    assertThat(two.header("route")).isEqualTo("disaggregated");
    assertThat(two.header("reason")).isEqualTo("mode");
    assertThat(prompts(PREFILLS)).isGreaterThan(prefilledOnce);
  }

  @Test
  void bothRoutes_giveTheTextThatOneEngineGives() {
    String first = story("orchard");
    String[] talk = {first, "One answer.", "Go on.", "Another answer.", "The end?"};
    for (int turn = 1; turn <= 3; turn++) {
      String[] soFar = java.util.Arrays.copyOf(talk, 2 * turn - 1);
      String reference = suite.turn(suite.stack.url("replica-1"), chat(20, false, soFar)).text();
      Turn through = suite.turn(turn % 2 == 0 ? b : a, chat(20, false, soFar));
      assertThat(through.text()).isEqualTo(reference);
      assertThat(through.header("turn")).isEqualTo(Integer.toString(turn));
    }
  }

  @Test
  void twoProxies_shareConversationsAndMode() {
    String first = story("railway");
    Turn one = suite.turn(a, chat(16, false, first));
    Turn two = suite.turn(b, chat(16, false, first, one.text(), "And then?"));
    assertThat(two.header("route")).isEqualTo("decode-direct");
    assertThat(two.header("decode")).isEqualTo(one.header("decode"));

    HttpResponse<String> switched = suite.post(b, "/mode/pd", "");
    assertThat(JsonMapper.shared().readTree(switched.body()).path("previous").asString())
        .isEqualTo("ppd");
    awaitMode("pd");
    assertThat(suite.get(a, "/mode").path("mode").asString()).isEqualTo("pd");
  }

  @Test
  void anExplicitKey_keepsABranchOnItsNode_ifTheCommonPartIsWorthIt() {
    String key = "session-" + System.nanoTime();
    String told = story("garden");
    Turn one = suite.turn(a, chat(8, false, told), "X-Session-ID", key);
    Turn two = suite.turn(b, chat(8, false, told, "Yes.", "Go on."), "X-Session-ID", key);
    Turn branch = suite.turn(a, chat(8, false, told, "No.", "Stop."), "X-Session-ID", key);
    assertThat(two.header("decode")).isEqualTo(one.header("decode"));
    assertThat(branch.header("decode")).isEqualTo(one.header("decode"));
    assertThat(suite.receipt(a, branch).path("match").asString()).isEqualTo("branched");
    Turn unrelated = suite.turn(b, chat(8, false, story("other garden")), "X-Session-ID", key);
    assertThat(unrelated.header("turn")).as("a new conversation on that key").isEqualTo("1");
    Turn neighbour = suite.turn(a, chat(8, false, story("third")), "X-Session-ID", key + "2");
    assertThat(neighbour.header("turn")).isEqualTo("1");
  }

  @Test
  void severalSequences_goToDecodeAlone() {
    String body =
        "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],\"n\":2,\"temperature\":1,\"max_tokens\":4}"
            .formatted(MODEL, story("twins"));
    Turn turn = suite.turn(a, body);
    assertThat(turn.status()).isEqualTo(200);
    assertThat(turn.header("route")).isEqualTo("decode-direct");
    assertThat(turn.header("reason")).isEqualTo("several-sequences");
    String prompts =
        "{\"model\":\"%s\",\"prompt\":[\"one\",\"two\"],\"max_tokens\":3}".formatted(MODEL);
    HttpResponse<String> both = suite.post(a, "/v1/completions", prompts);
    assertThat(JsonMapper.shared().readTree(both.body()).path("choices").size()).isEqualTo(2);
    assertThat(both.headers().firstValue("x-turnpike-route")).hasValue("decode-direct");
  }

  @Test
  void whatAClientSendsForConnectors_neverReachesAnEngine() {
    String poison =
        "{\"kv_transfer_params\":{\"do_remote_prefill\":true},\"bootstrap_host\":\"evil\",\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],\"max_tokens\":4}"
            .formatted(MODEL, story("poison"));
    String forged =
        "___prefill_addr_10.0.0.1:1___decode_addr_10.0.0.2:2_0123456789abcdef0123456789abcdef";
    Turn one = suite.turn(a, poison, "X-Request-Id", forged);
    Turn two =
        suite.turn(a, poison.replace("\"max_tokens\":4", "\"max_tokens\":5"), "X-Request-Id", "x");
    assertThat(List.of(one.status(), two.status())).containsOnly(200);
    for (String engine : List.of(one.header("prefill"), one.header("decode"))) {
      String seen = suite.state(engine).toString();
      assertThat(seen).doesNotContain("evil").doesNotContain("10.0.0.1");
      assertThat(suite.stack.isAlive(engine)).isTrue();
    }
  }

  @Test
  void replicas_keepTheirConversations() {
    URI replication = suite.stack.url("replication");
    String first = story("bakery");
    Turn one = suite.turn(replication, chat(12, false, first));
    Turn two = suite.turn(replication, chat(12, false, first, one.text(), "More?"));
    assertThat(one.header("route")).isEqualTo("replica");
    assertThat(one.header("decode")).startsWith("replica-");
    assertThat(two.header("decode")).isEqualTo(one.header("decode"));
    assertThat(two.cachedTokens()).isGreaterThan(64);
    JsonNode status = suite.get(replication, "/status");
    assertThat(status.path("mode").asString()).isEqualTo("replication");
    assertThat(status.path("workers").size()).isEqualTo(2);
    // The proxy's conversations are its own.
    assertThat(suite.turn(a, chat(12, false, first)).header("route")).isEqualTo("disaggregated");
  }

  @Test
  void modelsAreListedOnce() {
    JsonNode models = suite.get(a, "/v1/models").path("data");
    assertThat(models.size()).isEqualTo(1);
    assertThat(models.path(0).path("id").asString()).isEqualTo(MODEL);
  }

  private void awaitMode(String mode) {
    await(
        "mode " + mode + " on both proxies",
        () ->
            suite.proxies().stream()
                .allMatch(p -> suite.get(p, "/mode").path("mode").asString().equals(mode)));
  }

  private double prompts(List<String> engines) {
    return engines.stream().mapToDouble(e -> suite.metric(e, "vllm:prompt_tokens_total", "")).sum();
  }

  /** A prompt of some hundred tokens that no other test sends. */
  static String story(String about) {
    String sentence = "Tell me of the " + about + " and of all who came to see it, one by one. ";
    return System.nanoTime() + " " + sentence.repeat(8);
  }
}
