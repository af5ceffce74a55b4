package io.turnpike.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Strikes parts of a suite, drawn from a seed: what, whom, when and for how long. A part is struck
 * by one thing at a time, several parts at once. What is struck comes back by itself.
 */
final class ChaosStrikes {

  private static final List<String> ENGINES =
      List.of(
          "prefill-1", "prefill-2", "decode-1", "decode-2", "decode-3", "replica-1", "replica-2");
  private static final List<String> GATEWAYS = List.of("proxy-1", "proxy-2", "replication");
  private static final List<String> FAULTS =
      List.of(
          "{\"kind\":\"status\",\"status\":503,\"count\":0}",
          "{\"kind\":\"status\",\"status\":500,\"count\":0}",
          "{\"kind\":\"hang\",\"count\":0}",
          "{\"kind\":\"refuse\",\"count\":0}",
          "{\"kind\":\"slow\",\"delay_ms\":300,\"count\":0}",
          "{\"kind\":\"drop-kv\",\"count\":0}",
          "{\"kind\":\"die\",\"after_chunks\":3,\"count\":0}",
          "{\"kind\":\"error-event\",\"after_chunks\":3,\"count\":0}",
          "{\"kind\":\"abort\",\"after_chunks\":3,\"count\":0}",
          "{\"kind\":\"silent\",\"after_chunks\":3,\"count\":0}",
          "{\"kind\":\"truncate\",\"after_chunks\":3,\"count\":0}",
          "{\"kind\":\"engine-dead\",\"count\":1}");

  private final SuiteStack suite;
  private final Random random;
  private final CountDownLatch over = new CountDownLatch(1);
  private final Set<String> struck = ConcurrentHashMap.newKeySet();
  private final List<ChaosStrike> strikes = new ArrayList<>();
  private final List<Thread> hands = new ArrayList<>();

  ChaosStrikes(SuiteStack suite, long seed) {
    this.suite = suite;
    this.random = new Random(seed);
  }

  /** What is done to whom; how it is undone is part of it. */
  private record Plan(String what, String target, Deed deed) {}

  private interface Deed {
    void run() throws Exception;
  }

  /** Strikes every one to four seconds, and returns when all parts are as before. */
  void rage(Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      strike(draw());
      over.await(1000 + random.nextInt(3000), TimeUnit.MILLISECONDS);
    }
    for (Thread hand : hands) {
      hand.join();
    }
  }

  private void strike(Plan plan) {
    if (!struck.add(plan.target)) {
      return;
    }
    int place = begun(new ChaosStrike(plan.what, plan.target, System.nanoTime(), Long.MAX_VALUE));
    hands.add(
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    plan.deed.run();
                  } catch (Exception e) {
                    throw new IllegalStateException(plan.what + " of " + plan.target, e);
                  } finally {
                    ended(place);
                    struck.remove(plan.target);
                  }
                }));
  }

  private synchronized int begun(ChaosStrike strike) {
    strikes.add(strike);
    return strikes.size() - 1;
  }

  private synchronized void ended(int place) {
    strikes.set(place, strikes.get(place).ended(System.nanoTime()));
  }

  /** All of them so far. */
  synchronized List<ChaosStrike> all() {
    return List.copyOf(strikes);
  }

  /** How often each kind was done, to whom. */
  Map<String, Map<String, Integer>> counts() {
    Map<String, Map<String, Integer>> counts = new TreeMap<>();
    for (ChaosStrike strike : all()) {
      counts
          .computeIfAbsent(strike.what(), _ -> new TreeMap<>())
          .merge(strike.target(), 1, Integer::sum);
    }
    return counts;
  }

  // --- drawing ---

  private Plan draw() {
    Duration time = Duration.ofMillis(1000 + random.nextInt(4000));
    return switch (random.nextInt(12)) {
      case 0, 1 -> kill(one(ENGINES), time);
      case 2 -> kill(one(GATEWAYS), time);
      case 3 -> pause(one(ENGINES), time);
      case 4 -> pause(one(GATEWAYS), time);
      case 5 -> random.nextBoolean() ? kill("registry", time) : pause("registry", time);
      case 6 -> random.nextBoolean() ? kill("redis", time) : pause("redis", time);
      case 7 -> new Plan("flush", "redis", this::flush);
      case 8 -> switchMode(random.nextBoolean() ? "pd" : "ppd");
      case 9 -> drain(one(ENGINES), time);
      default -> fault(one(ENGINES), FAULTS.get(random.nextInt(FAULTS.size())), time);
    };
  }

  private String one(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }

  private Plan kill(String target, Duration time) {
    return new Plan(
        "kill -9",
        target,
        () -> {
          suite.stack.kill(target);
          rest(time);
          suite.restart(target);
        });
  }

  private Plan pause(String target, Duration time) {
    return new Plan(
        "SIGSTOP",
        target,
        () -> {
          signal("STOP", target);
          rest(time);
          signal("CONT", target);
        });
  }

  private Plan fault(String target, String fault, Duration time) {
    String kind = fault.replaceAll(".*\"kind\":\"([^\"]+)\".*", "$1");
    return new Plan(
        "fault " + kind,
        target,
        () -> {
          tried(() -> suite.fault(target, fault));
          rest(time);
          // An engine that is dead ends its server, as vLLM does: somebody has to start it.
          if (!tried(() -> suite.noFault(target)) || kind.equals("engine-dead")) {
            suite.stack.kill(target);
            suite.restart(target);
          }
        });
  }

  private Plan drain(String target, Duration time) {
    return new Plan(
        "drain",
        target,
        () -> {
          URI registry = suite.stack.url("registry");
          tried(() -> suite.post(registry, "/v1/nodes/" + target + "/drain", "{}"));
          rest(time);
          tried(() -> suite.post(registry, "/v1/nodes/" + target + "/undrain", "{}"));
        });
  }

  private Plan switchMode(String mode) {
    String proxy = one(List.of("proxy-1", "proxy-2"));
    return new Plan(
        "mode " + mode,
        "the mode",
        () -> tried(() -> suite.post(suite.stack.url(proxy), "/mode/" + mode, "")));
  }

  /** Whether somebody answered: what is asked may be down itself. */
  private static boolean tried(Runnable call) {
    try {
      call.run();
      return true;
    } catch (UncheckedIOException down) {
      System.out.println("chaos: nobody took it: " + down.getMessage());
      return false;
    }
  }

  private void rest(Duration time) throws InterruptedException {
    over.await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void signal(String name, String target) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(suite.stack.pid(target)))
        .inheritIO()
        .start()
        .waitFor();
  }

  private void flush() throws IOException {
    URI redis = suite.stack.url("redis");
    try (Socket socket = new Socket(redis.getHost(), redis.getPort())) {
      socket.getOutputStream().write("FLUSHALL\r\n".getBytes(UTF_8));
      int _ = socket.getInputStream().read();
    }
  }
}
