package io.turnpike.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.e2e.RealEngines.Conversation;
import io.turnpike.e2e.RealEngines.Counters;
import io.turnpike.e2e.RealEngines.Streamed;
import io.turnpike.e2e.SuiteStack.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * Turns over real vLLM engines give the text of a single engine, and engines survive us as we
 * survive them. An engine takes a minute of CPU to load, so one set serves all tests, and those
 * that kill engines come last, in an order in which no engine must be loaded again.
 */
@EnabledIfEnvironmentVariable(named = "TURNPIKE_REAL_ENGINES", matches = ".+")
@TestMethodOrder(OrderAnnotation.class)
class RealEnginesIT {

  private static final int BLOCK = 32;

  private static RealEngines engines;

  @BeforeAll
  static void start() {
    engines = RealEngines.start();
  }

  @AfterAll
  static void stop() {
    if (engines != null) {
      engines.suite.stack.close();
    }
  }

  // --- the two modes ---

  @Test
  @Order(1)
  void pd_everyTurnIsPulledFromP_andTheTextIsTheReferences() {
    engines.suite.mode(engines.proxy(), "pd");
    Conversation conversation = engines.conversation();
    for (int number = 1; number <= 3; number++) {
      Observed turn = observe(conversation);
      say("pd turn " + number, turn);
      assertThat(turn.got.header("route")).isEqualTo("disaggregated");
      assertThat(turn.onPrefill.computed()).as("P computed").isPositive();
      assertThat(turn.onDecode.pulled()).as("D pulled").isPositive();
      assertThat(turn.onDecode.computed()).as("D computed").isLessThanOrEqualTo(1);
      conversation.heard(turn.got.text()).ask(60);
    }
  }

  @Test
  @Order(2)
  void ppd_laterTurnsHitTheCacheOfD_andPHasNoPart() {
    engines.suite.mode(engines.proxy(), "ppd");
    Conversation conversation = engines.conversation();
    Observed first = observe(conversation);
    say("ppd turn 1", first);
    assertThat(first.got.header("route")).isEqualTo("disaggregated");
    assertThat(first.onDecode.pulled()).as("D pulled").isEqualTo(first.onPrefill.all());
    conversation.heard(first.got.text()).ask(60);
    long known = first.onDecode.all();
    for (int number = 2; number <= 3; number++) {
      Observed turn = observe(conversation);
      say("ppd turn " + number, turn);
      assertThat(turn.got.header("route")).isEqualTo("decode-direct");
      assertThat(turn.got.header("decode")).isEqualTo(first.got.header("decode"));
      assertThat(turn.onPrefill).as("P's counters").isEqualTo(new Counters(0, 0, 0));
      assertThat(turn.onDecode.pulled()).as("D pulled").isZero();
      assertThat(turn.onDecode.hit())
          .as("D hit all whole blocks of the turn before")
          .isGreaterThanOrEqualTo(known / BLOCK * BLOCK)
          .isEqualTo(turn.got.cachedTokens());
      known = turn.onDecode.all();
      conversation.heard(turn.got.text()).ask(60);
    }
  }

  @Test
  @Order(3)
  void streamedTurns_giveTheSameText() throws Exception {
    Conversation conversation = engines.conversation();
    for (int number = 1; number <= 2; number++) {
      String truth = conversation.truth();
      Streamed turn = engines.stream(conversation, 40, pieces -> {});
      assertThat(turn.text()).isEqualTo(truth);
      assertThat(turn.done()).isTrue();
      assertThat(turn.error()).isFalse();
      conversation.heard(turn.text()).ask(60);
    }
  }

  @Test
  @Order(4)
  void eightConversationsAtOnce_areAllRight() throws Exception {
    List<Callable<List<String>>> clients = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Conversation conversation = engines.conversation();
      clients.add(() -> threeTurns(conversation));
    }
    List<String> routes = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(clients.size())) {
      for (Future<List<String>> client : threads.invokeAll(clients)) {
        routes.addAll(client.get());
      }
    }
    System.out.println("eight at once: " + routes);
    assertThat(routes).hasSize(24);
    assertThat(routes.stream().filter("decode-direct"::equals)).hasSize(16);
  }

  private static List<String> threeTurns(Conversation conversation) {
    List<String> routes = new ArrayList<>();
    for (int number = 1; number <= 3; number++) {
      Turn turn = conversation.turn();
      assertRight(turn, conversation.truth());
      routes.add(turn.header("route"));
      conversation.heard(turn.text()).ask(60);
    }
    return routes;
  }

  // --- hostile clients ---

  @Test
  @Order(5)
  void poisonOfClients_reachesNoEngine() {
    List<Map<String, Object>> poisons =
        List.of(
            Map.of("do_remote_prefill", true),
            Map.of("do_remote_prefill", true, "remote_block_ids", List.of(1, 2, 3)),
            Map.of("do_remote_decode", true));
    for (Map<String, Object> poison : poisons) {
      Conversation conversation = engines.conversation();
      for (int number = 1; number <= 2; number++) {
        String truth = conversation.truth();
        Turn turn =
            conversation.turn(
                Map.of("kv_transfer_params", poison),
                "X-Request-Id",
                "___prefill_addr_10.0.0.1:1___decode_addr_10.0.0.2:2_forged");
        assertRight(turn, truth);
        assertThat(turn.answer().body()).doesNotContain("remote_engine_id");
        conversation.heard(turn.text()).ask(60);
      }
    }
    assertThat(engines.names()).allMatch(engines::isHealthy);
  }

  // --- killed engines ---

  @Test
  @Order(6)
  void decodeKilledMidStream_isAnErrorEvent_andTheNextTurnWorksElsewhere() throws Exception {
    Conversation conversation = engines.conversation();
    Turn first = conversation.turn();
    String decode = first.header("decode");
    conversation.heard(first.text()).ask(60);
    Streamed broken =
        engines.stream(
            conversation,
            2000,
            pieces -> {
              if (pieces == 20) {
                engines.suite.stack.kill(decode);
              }
            });
    assertThat(broken.decode()).isEqualTo(decode);
    assertThat(broken.error()).as("an error event").isTrue();
    assertThat(broken.text().length()).isBetween(20, 1999);

    conversation.heard(broken.text()).ask(60);
    String truth = conversation.truth();
    Turn next = conversation.turn();
    System.out.println(
        "D killed after " + broken.text().length() + " characters; next turn: " + headers(next));
    assertRight(next, truth);
    assertThat(next.header("decode")).isIn(RealEngines.DECODES).isNotEqualTo(decode);
  }

  /** D's core is stopped, so that P answers its leg and is dead when D begins to read from it. */
  @Test
  @Order(7)
  void prefillKilledBetweenTheLegs_isHealed() throws Exception {
    String decode =
        RealEngines.DECODES.stream().filter(engines.suite.stack::isAlive).findFirst().orElseThrow();
    Conversation conversation = engines.conversation();
    String truth = conversation.truth();
    long before = engines.answered(RealEngines.PREFILL);
    Counters counted = engines.counters(decode);
    engines.signalCore("STOP", decode);
    CompletableFuture<Turn> turn = CompletableFuture.supplyAsync(conversation::turn);
    try {
      SuiteStack.await("P has ended its leg", () -> engines.answered(RealEngines.PREFILL) > before);
      engines.suite.stack.kill(RealEngines.PREFILL);
    } finally {
      engines.signalCore("CONT", decode);
    }
    Turn healed = turn.get();
    System.out.println(
        "P killed between the legs: "
            + headers(healed)
            + ", D "
            + engines.counters(decode).since(counted)
            + "\n  receipt "
            + engines.suite.receipt(engines.proxy(), healed));
    assertRight(healed, truth);
    assertThat(engines.isHealthy(decode)).isTrue();
    assertThat(engines.suite.receipt(engines.proxy(), healed).path("lost_handoffs").asInt())
        .isPositive();
  }

  @Test
  @Order(8)
  void withPGone_turnsAreStillRight() {
    Conversation conversation = engines.conversation();
    for (int number = 1; number <= 2; number++) {
      String truth = conversation.truth();
      Turn turn = conversation.turn();
      System.out.println("without P, turn " + number + ": " + headers(turn));
      assertRight(turn, truth);
      conversation.heard(turn.text()).ask(60);
    }
  }

  // --- looking ---

  private record Observed(Turn got, Counters onPrefill, Counters onDecode) {}

  /**
   * One turn that must be right, with what it did to the counters of P and of the D that took it.
   */
  private static Observed observe(Conversation conversation) {
    String truth = conversation.truth();
    Counters prefill = engines.counters(RealEngines.PREFILL);
    Map<String, Counters> decodes = new java.util.HashMap<>();
    RealEngines.DECODES.forEach(name -> decodes.put(name, engines.counters(name)));
    Turn turn = conversation.turn();
    assertRight(turn, truth);
    String decode = turn.header("decode");
    return new Observed(
        turn,
        engines.counters(RealEngines.PREFILL).since(prefill),
        engines.counters(decode).since(decodes.get(decode)));
  }

  private static void assertRight(Turn turn, String truth) {
    assertThat(turn.status()).as(turn.answer().body()).isEqualTo(200);
    assertThat(turn.text()).as(headers(turn)).isEqualTo(truth);
  }

  private static void say(String what, Observed turn) {
    System.out.println(
        what + ": " + headers(turn.got) + ", P " + turn.onPrefill + ", D " + turn.onDecode);
  }

  private static String headers(Turn turn) {
    return turn.header("route")
        + " ("
        + turn.header("reason")
        + ") "
        + turn.header("prefill")
        + "→"
        + turn.header("decode");
  }
}
