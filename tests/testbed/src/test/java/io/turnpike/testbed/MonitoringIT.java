package io.turnpike.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.e2e.ChatLoad.Answers;
import io.turnpike.e2e.Expressions.Expression;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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

  private ComposeStack stack;

  @BeforeEach
  void start() {
    stack = ComposeStack.shared();
  }

  @Test
  void everyExpression_hasData_underLoad() throws IOException {
    List<Expression> panels = Expressions.ofPanels();
    Set<String> selectors = new LinkedHashSet<>(Expressions.ofVariables());
    panels.forEach(panel -> selectors.addAll(Expressions.selectors(panel.text())));
    List<Expression> rules = Expressions.ofRules();
    rules.forEach(rule -> selectors.addAll(Expressions.selectors(rule.text())));
    assertThat(panels).hasSizeGreaterThan(40);
    assertThat(selectors).hasSizeGreaterThan(40);
    rules.forEach(rule -> stack.query(rule.text())); // each is understood
    try (ChatLoad turns = ChatLoad.start(stack.url("PROXY_PORT"), Answers.STREAMED);
        ChatLoad replicas = ChatLoad.start(stack.url("REPLICATION_PORT"), Answers.WHOLE)) {
      turns.awaitTurns(SOME_TURNS);
      replicas.awaitTurns(SOME_TURNS);
      for (int i = 0; i < 3; i++) { // a counter that grows from nothing has no rate yet
        stack.post(stack.url("PROXY_PORT").resolve("/v1/chat/completions"), "{");
        turns.awaitTurns(SOME_TURNS);
      }
      awaitData(panels, selectors);
    }
    System.out.printf(
        "compose: %d expressions and %d selectors have data, %d rules are understood%n",
        panels.size(), selectors.size(), rules.size());
  }

  private void awaitData(List<Expression> panels, Set<String> selectors) {
    Map<String, String> silent = new LinkedHashMap<>();
    selectors.forEach(selector -> silent.put(selector, selector));
    panels.forEach(panel -> silent.put(panel.place() + ": " + panel.text(), panel.text()));
    try {
      ComposeStack.await(
          "data for every expression",
          PATIENCE,
          () -> {
            silent.values().removeIf(this::hasData);
            return silent.isEmpty();
          });
    } catch (AssertionError late) {
      throw new AssertionError("no data for " + String.join("\n  ", silent.keySet()), late);
    }
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
    String runbook = Files.readString(SuiteStack.root().resolve("docs/runbook.md"), UTF_8);
    String tests =
        Files.readString(
            SuiteStack.root().resolve("deploy/prometheus/tests/alerts.test.yml"), UTF_8);
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
  void noPrefillEngine_firesTheAlert_untilThereIsOne() {
    String firing = "ALERTS{alertname=\"TurnpikeNoPair\", alertstate=\"firing\"}";
    String engine = stack.containers("prefill").getFirst();
    assertThat(stack.query(firing)).isEmpty();
    stack.run("docker stop -t 40 " + engine);
    ComposeStack.await("the alert", PATIENCE, () -> !stack.query(firing).isEmpty());
    stack.run("docker start " + engine);
    ComposeStack.await("its end", PATIENCE, () -> stack.query(firing).isEmpty());
  }
}
