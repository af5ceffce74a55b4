package io.turnpike.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.e2e.ChaosClients.Gateway;
import io.turnpike.e2e.ChaosClients.Turn;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Kills, stops and disturbs every part of a suite in an order drawn from a seed, while clients hold
 * conversations, and looks from outside: answers are right or errors are honest, nothing waits
 * longer than its deadline, and nothing is left behind. {@code ./turnpike test --chaos} runs it
 * longer.
 */
class ChaosIT {

  private static final Duration TURN_WITHIN = Duration.ofSeconds(30);
  private static final Duration MARGIN = Duration.ofSeconds(5);
  private static final int WARM_TURNS = 100;
  private static final long MORE_LIVE_BYTES = 24L << 20;
  private static final long MORE_DIRECT_BYTES = 32L << 20;
  private static final int MORE_DESCRIPTORS = 16;

  private static final String PLAN =
      """
      mode: ppd
      proxies: [{properties: GATEWAY}, {properties: GATEWAY}]
      replication: {properties: GATEWAY}
      engines:
        speed: 2
        prefill: 2
        decode: 3
        replicas: [{}, {}, {name: reference, model: reference}]
      """
          .replace(
              "GATEWAY",
              "{turnpike.turn.patience: 2s, turnpike.turn.patience-alive: 3s,"
                  + " turnpike.turn.first-content-within: 20s, turnpike.turn.within: 30s,"
                  + " turnpike.turn.silence: 5s, turnpike.gateway.receipts: 100}");

  @Test
  void whateverIsKilled_answersAreRight_orErrorsHonest_andNothingIsLeft() throws Exception {
    long seed = Long.parseLong(setting("SEED", "1"));
    Duration time = Duration.ofSeconds((long) (60 * Double.parseDouble(setting("MINUTES", "2"))));
    int count = Integer.parseInt(setting("CLIENTS", "8"));
    SuiteStack suite = SuiteStack.of(PLAN);
    try {
      assertThat(models(suite, "replication")).contains(ChaosClients.REFERENCE);
      assertThat(models(suite, "proxy-1"))
          .as("what only replicas serve")
          .doesNotContain(ChaosClients.REFERENCE);
      run(suite, seed, time, count);
    } finally {
      suite.stack.close();
    }
  }

  private static List<String> models(SuiteStack suite, String gateway) {
    return suite.get(suite.stack.url(gateway), "/v1/models").path("data").findValuesAsString("id");
  }

  private static String setting(String name, String usual) {
    String set = System.getenv("TURNPIKE_CHAOS_" + name);
    return set == null || set.isBlank() ? usual : set;
  }

  private static void run(SuiteStack suite, long seed, Duration time, int count) throws Exception {
    List<Gateway> gateways =
        List.of("proxy-1", "proxy-2", "replication").stream()
            .map(name -> new Gateway(name, suite.stack.url(name)))
            .toList();
    ChaosStrikes strikes = new ChaosStrikes(suite, seed);
    ChaosClients clients = new ChaosClients(gateways, suite.stack.url("reference"), seed);
    Map<String, ChaosLeftovers> before = new LinkedHashMap<>();
    try (clients) {
      clients.start(count);
      SuiteStack.await("a warm suite", () -> clients.turns().size() >= WARM_TURNS);
      for (Gateway gateway : gateways) {
        before.put(gateway.name(), ChaosLeftovers.of(suite, gateway.name()));
      }
      strikes.rage(time);
      int soFar = clients.turns().size();
      SuiteStack.await("turns after the last strike", () -> clients.turns().size() > soFar + 20);
    }
    ChaosVerdict verdict =
        new ChaosVerdict(strikes.all(), clients.turns(), TURN_WITHIN.plus(MARGIN));
    print(seed, strikes, clients.turns(), verdict);
    System.out.printf(
        "  went on at another engine, since their gateways last began: %d%n",
        gateways.stream().mapToInt(it -> ChaosLeftovers.resumes(suite, it.name())).sum());
    assertThat(verdict.faults()).isEmpty();
    assertNothingIsLeft(suite, before);
  }

  private static void assertNothingIsLeft(SuiteStack suite, Map<String, ChaosLeftovers> before)
      throws IOException {
    for (Map.Entry<String, ChaosLeftovers> then : before.entrySet()) {
      String gateway = then.getKey();
      SuiteStack.await(
          gateway + " holds nothing of turns",
          () -> ChaosLeftovers.ofTurns(suite, gateway).isEmpty());
      int most = then.getValue().descriptors() + MORE_DESCRIPTORS;
      SuiteStack.await(gateway + " closed what it opened", () -> now(suite, gateway) <= most);
      ChaosLeftovers now = ChaosLeftovers.of(suite, gateway);
      System.out.printf("chaos: %-12s %s → %s%n", gateway, then.getValue(), now);
      assertThat(now.liveBytes()).isLessThan(then.getValue().liveBytes() + MORE_LIVE_BYTES);
      assertThat(now.directBytes()).isLessThan(then.getValue().directBytes() + MORE_DIRECT_BYTES);
    }
    assertThat(ChaosLeftovers.keysWithoutEnd(suite.stack.url("redis"))).isEmpty();
  }

  private static int now(SuiteStack suite, String gateway) {
    try {
      return ChaosLeftovers.of(suite, gateway).descriptors();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  // --- what is said of it ---

  private static void print(
      long seed, ChaosStrikes strikes, List<Turn> turns, ChaosVerdict verdict) {
    System.out.printf("chaos: seed %d, %d strikes%n", seed, strikes.all().size());
    strikes.counts().forEach((what, on) -> System.out.printf("  %-20s %s%n", what, on));
    Map<String, Integer> ends = new TreeMap<>();
    List<Long> millis = new ArrayList<>();
    for (Turn turn : turns) {
      ends.merge((turn.stream() ? "streamed " : "whole ") + turn.end(), 1, Integer::sum);
      millis.add((turn.toNanos() - turn.fromNanos()) / 1_000_000);
    }
    millis.sort(null);
    System.out.printf(
        "  %d turns: %s%n  longest %d ms, 99 %% within %d ms, half within %d ms%n",
        turns.size(),
        ends,
        millis.getLast(),
        millis.get(millis.size() * 99 / 100),
        millis.get(millis.size() / 2));
    System.out.printf("  failed: %s%n", verdict.excused());
    verdict.faults().forEach(fault -> System.out.println("  FAULT " + fault));
  }
}
