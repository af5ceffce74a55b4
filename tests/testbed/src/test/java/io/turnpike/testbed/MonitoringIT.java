package io.turnpike.testbed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.fixtures.gateway.ChatLoad;
import io.turnpike.fixtures.gateway.ChatLoad.Answers;
import io.turnpike.fixtures.gateway.ChatLoad.Chats;
import io.turnpike.testbed.Expressions.Expression;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the testbed's Prometheus says to every dashboard, rule and alert, under load. */
class MonitoringIT {

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int SOME_TURNS = 24;
  private static final int TOKENS_A_SECOND = 100;

  /** When an expression has something to give. */
  private enum When {
    UNDER_LOAD,
    IN_TROUBLE
  }

  private ComposeStack stack;
  private URI turns;

  @BeforeEach
  void start() {
    stack = ComposeStack.shared();
    turns = stack.url("PROXY_PORT").resolve("/v1/chat/completions");
  }

  @Test
  void everyExpression_hasData_underLoad() throws IOException {
    Map<String, String> asked = asked(When.UNDER_LOAD);
    assertThat(asked).hasSizeGreaterThan(120);
    for (Expression rule : Expressions.ofRules()) {
      stack.query(rule.text()); // each is understood
    }
    try (ChatLoad proxies = ChatLoad.start(turns, Chats.of(Answers.STREAMED));
        ChatLoad replicas = ChatLoad.start(stack.url("REPLICATION_PORT"), Chats.of(Answers.WHOLE));
        ChatLoad cut =
            ChatLoad.start(turns, Chats.of(Answers.STREAMED).with(4, 4 * TOKENS_A_SECOND))) {
      proxies.awaitTurns(SOME_TURNS);
      replicas.awaitTurns(SOME_TURNS);
      for (int i = 0; i < 3; i++) { // a counter that grows from nothing has no rate yet
        stack.post(turns, "{");
        proxies.awaitTurns(SOME_TURNS);
      }
      cut.awaitTurns(1);
      String engine = stack.containers("decode").getFirst();
      stack.run("docker kill " + engine); // streams go on elsewhere
      stack.run("docker start " + engine);
      awaitData(asked);
    }
  }

  /** Panels, and what panels, variables and rules select, by where it stands. */
  private static Map<String, String> asked(When when) throws IOException {
    Map<String, String> asked = new LinkedHashMap<>();
    List<Expression> all = new ArrayList<>(Expressions.ofPanels());
    all.forEach(panel -> asked.put(panel.place() + ": " + panel.text(), panel.text()));
    all.addAll(Expressions.ofRules());
    for (Expression each : all) {
      Expressions.selectors(each.text()).forEach(selector -> asked.put(selector, selector));
    }
    Expressions.ofVariables().forEach(values -> asked.put(values, values));
    boolean inTrouble = when == When.IN_TROUBLE;
    asked.values().removeIf(text -> Expressions.isOnlyInTrouble(text) != inTrouble);
    return asked;
  }

  private void awaitData(Map<String, String> asked) {
    int count = asked.size();
    try {
      ComposeStack.await(
          "data for every expression",
          PATIENCE,
          () -> {
            asked.values().removeIf(this::hasData);
            return asked.isEmpty();
          });
    } catch (AssertionError late) {
      throw new AssertionError("no data for " + String.join("\n  ", asked.keySet()), late);
    }
    System.out.printf("compose: %d expressions have data%n", count);
  }

  private boolean hasData(String expression) {
    for (JsonNode series : stack.query(expression)) {
      if (!series.at("/value/1").asString().equals("NaN")) {
        return true;
      }
    }
    return false;
  }

  @Test
  void rules_areEvaluated_andTheirTestsPass() {
    String promtool = "exec -T prometheus promtool ";
    stack.compose(promtool + "check config /etc/prometheus/prometheus.yml");
    assertThat(stack.compose(promtool + "test rules /etc/prometheus/tests/alerts.test.yml"))
        .contains("SUCCESS");
    for (JsonNode group :
        stack.get(stack.url("PROMETHEUS_PORT").resolve("/api/v1/rules")).at("/data/groups")) {
      for (JsonNode rule : group.path("rules")) {
        assertThat(rule.path("lastError").asString("")).as(rule.path("name").asString()).isEmpty();
      }
    }
  }

  @Test
  void everyAlert_hasATest_aSeverity_andASectionOfTheRunbook() throws IOException {
    String runbook = Files.readString(ComposeStack.root().resolve("docs/runbook.md"), UTF_8);
    String tests =
        Files.readString(
            ComposeStack.root().resolve("deploy/prometheus/tests/alerts.test.yml"), UTF_8);
    for (JsonNode rule : Expressions.rules()) {
      String name = rule.path("alert").asString("");
      if (!name.isEmpty()) {
        assertThat(runbook).contains("\n## " + name + "\n");
        assertThat(tests).contains("alertname: " + name + "}", "alertname=\"" + name + "\"");
        assertThat(rule.at("/annotations/runbook").asString())
            .isEqualTo("docs/runbook.md#" + name.toLowerCase(Locale.ROOT));
        assertThat(rule.at("/labels/severity").asString()).isIn("page", "ticket");
      }
    }
  }

  @Test
  void trouble_isSeen_andFiresItsAlerts_untilItIsOver() throws IOException {
    Set<String> troubles = Set.of("TurnpikeNoPair", "TurnpikeRedisGone", "TurnpikeQueueFull");
    Map<String, String> asked = asked(When.IN_TROUBLE);
    assertThat(asked).isNotEmpty();
    assertThat(firing()).doesNotContainAnyElementsOf(troubles);
    URI replicas = stack.url("REPLICATION_PORT").resolve("/v1/chat/completions");
    String parts =
        stack.containers("prefill").getFirst() + " " + stack.containers("redis").getFirst();
    try (ChatLoad _ =
        ChatLoad.start(
            replicas, Chats.of(Answers.WHOLE).with(ComposeStack.PLACES, 30 * TOKENS_A_SECOND))) {
      stack.run("docker stop -t 40 " + parts);
      ComposeStack.await(
          "the alerts " + troubles,
          PATIENCE,
          () -> {
            stack.post(replicas, ChatLoad.chat(ChatLoad.MODEL, 1, false, "One more"));
            return firing().containsAll(troubles);
          });
      awaitData(asked);
    }
    stack.run("docker start " + parts);
    ComposeStack.await(
        "the end of those that look at no past",
        PATIENCE,
        () -> {
          Set<String> still = firing();
          return !still.contains("TurnpikeNoPair") && !still.contains("TurnpikeRedisGone");
        });
  }

  private Set<String> firing() {
    Set<String> names = new HashSet<>();
    for (JsonNode series : stack.query("ALERTS{alertstate=\"firing\"}")) {
      names.add(series.at("/metric/alertname").asString());
    }
    return names;
  }
}
