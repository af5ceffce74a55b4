package io.turnpike.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnpike.fixtures.gateway.Eventually;
import io.turnpike.fixtures.gateway.ScriptedEngine;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.gateway.Wire.Answer;
import io.turnpike.fixtures.redis.ClusteredRedis;
import io.turnpike.fixtures.redis.RedisProcess;
import io.turnpike.fixtures.redis.WatchedRedis;
import io.turnpike.fixtures.running.RunningGateway;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Two proxies under load, and the Redis between them loses a master. */
class RedisFailoverIT {

  private static final int CONVERSATIONS = 30;
  private static final int CLIENTS = 4;
  private static final int TURNS_THAT_TELL = 60;

  private final AtomicInteger turns = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicBoolean enough = new AtomicBoolean();

  @Test
  void masterThatSentinelsReplace_costsNoTurn_andNoConversation() throws Exception {
    try (WatchedRedis redis = WatchedRedis.start()) {
      survives(
          () -> redis.master().hasReplicasInStep(),
          () -> {
            RedisProcess master = redis.master();
            master.kill();
            redis.masterAfter(master);
          },
          "spring.data.redis.sentinel.master=" + WatchedRedis.MASTER,
          "spring.data.redis.sentinel.nodes=" + redis.sentinels());
    }
  }

  @Test
  void masterOfACluster_costsNoTurn_andNoConversation() throws Exception {
    try (ClusteredRedis redis = ClusteredRedis.start()) {
      survives(
          () -> redis.members().subList(0, 3).stream().allMatch(RedisProcess::hasReplicasInStep),
          () -> {
            redis.members().getFirst().kill();
            Eventually.until(
                "its replica is master", () -> redis.replicaOf(0).say("ROLE").startsWith("master"));
          },
          "spring.data.redis.cluster.nodes=" + redis.nodes());
    }
  }

  private void survives(BooleanSupplier settled, Runnable failover, String... where)
      throws Exception {
    try (ScriptedEngine p = ScriptedEngine.start("p", "tiny");
        ScriptedEngine d1 = ScriptedEngine.start("d1", "tiny");
        ScriptedEngine d2 = ScriptedEngine.start("d2", "tiny");
        RunningGateway one = proxy(p, List.of(d1, d2), where);
        RunningGateway other = proxy(p, List.of(d1, d2), where)) {
      List<RunningGateway> proxies = List.of(one, other);
      Eventually.until(
          "every loop has its connection",
          () -> proxies.stream().allMatch(RedisFailoverIT::isConnected));
      List<String> holders = new ArrayList<>();
      for (int i = 0; i < CONVERSATIONS; i++) {
        holders.add(answered(turn(one, "c" + i, 1)).header("x-turnpike-decode"));
      }
      String there = "{\"count\":" + CONVERSATIONS + ",";
      Eventually.until(
          "all are written", () -> Wire.get(one.port(), "/conversations").body().startsWith(there));
      assertThat(Wire.post(one.port(), "/mode/pd", "").status()).isEqualTo(200);
      assertThat(Wire.post(one.port(), "/mode/ppd", "").status()).isEqualTo(200);
      Eventually.until("replicas have it all", settled);
      underLoad(proxies, failover);
      for (int i = 0; i < CONVERSATIONS; i++) {
        Answer second = answered(turn(other, "c" + i, 2));
        assertThat(second.header("x-turnpike-turn")).as("conversation %s", i).isEqualTo("2");
        assertThat(second.header("x-turnpike-decode")).isEqualTo(holders.get(i));
      }
      assertThat(proxies).extracting(RedisFailoverIT::mode).containsOnly("ppd");
      Eventually.until(
          "the mode can be switched", () -> Wire.post(one.port(), "/mode/pd", "").status() == 200);
      Eventually.until("for all", () -> mode(other).equals("pd"));
    }
  }

  private void underLoad(List<RunningGateway> proxies, Runnable failover) throws Exception {
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        String name = "client " + i;
        all.add(clients.submit(() -> chat(proxies, name)));
      }
      try {
        Eventually.until("there is load", () -> turns.get() > 50);
        failover.run();
        for (RunningGateway proxy : proxies) {
          Eventually.until("every turn is looked up again", () -> isAnsweredAlways(proxy));
        }
      } finally {
        enough.set(true);
      }
      for (Future<?> client : all) {
        client.get();
      }
    }
    System.out.printf("%d turns during a failover, %d failed%n", turns.get(), failed.get());
    assertThat(failed.get()).isZero();
  }

  /** Whether no lookup fails while so many turns are served that all servers were asked. */
  private boolean isAnsweredAlways(RunningGateway proxy) {
    double failedBefore = lookups(proxy, "lookup-failed") + lookups(proxy, "lookup-late");
    double enoughTurns = lookups(proxy, "lookup-answered") + TURNS_THAT_TELL;
    Eventually.until(
        "turns go on",
        () ->
            lookups(proxy, "lookup-answered") >= enoughTurns
                || lookups(proxy, "lookup-failed") > failedBefore);
    return lookups(proxy, "lookup-failed") + lookups(proxy, "lookup-late") == failedBefore;
  }

  private static double lookups(RunningGateway proxy, String event) {
    return proxy
        .bean(MeterRegistry.class)
        .get("turnpike.conversations")
        .tag("event", event)
        .counter()
        .count();
  }

  private void chat(List<RunningGateway> proxies, String name) {
    for (int i = 0; !enough.get(); i++) {
      RunningGateway proxy = proxies.get(i % proxies.size());
      if (turn(proxy, name + "." + i / 4, 1 + i % 4).status() != 200) {
        failed.incrementAndGet();
      }
      turns.incrementAndGet();
    }
  }

  private static Answer turn(RunningGateway proxy, String conversation, int number) {
    StringBuilder messages = new StringBuilder();
    for (int i = 1; i <= number; i++) {
      messages.append(i == 1 ? "" : ",{\"role\":\"assistant\",\"content\":\"Yes\"},");
      messages
          .append("{\"role\":\"user\",\"content\":\"")
          .append(conversation)
          .append(' ')
          .append(i)
          .append("\"}");
    }
    return Wire.post(
        proxy.port(), OnePair.CHAT, "{\"model\":\"tiny\",\"messages\":[" + messages + "]}");
  }

  private static Answer answered(Answer answer) {
    assertThat(answer.status()).isEqualTo(200);
    return answer;
  }

  private static RunningGateway proxy(
      ScriptedEngine p, List<ScriptedEngine> decodes, String... where) {
    List<String> properties = new ArrayList<>(List.of(where));
    properties.add("turnpike.cluster.prefill-urls=" + p.listed());
    properties.add(
        "turnpike.cluster.decode-urls="
            + RunningGateway.list(decodes.toArray(ScriptedEngine[]::new)));
    properties.add("turnpike.redis.patience=500ms");
    return RunningGateway.startReady(ProxyApplication.class, properties.toArray(String[]::new));
  }

  private static boolean isConnected(RunningGateway proxy) {
    return proxy.bean(MeterRegistry.class).get("turnpike.redis.connected").gauge().value() == 1;
  }

  private static String mode(RunningGateway proxy) {
    return field(proxy, "/mode", "mode");
  }

  private static String field(RunningGateway proxy, String path, String name) {
    return JsonMapper.shared().readTree(Wire.get(proxy.port(), path).body()).path(name).asString();
  }
}
