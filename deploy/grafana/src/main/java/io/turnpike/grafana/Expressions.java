package io.turnpike.grafana;

import io.turnpike.grafana.Dashboard.Query;
import io.turnpike.grafana.Dashboard.Variable;

/** What the dashboards' expressions have in common. */
final class Expressions {

  /** The service, where a dashboard is about gateways. */
  static final Variable JOB =
      new Variable("job", "Service", "label_values(turnpike_turns_total, job)");

  /** What is selected where {@link #JOB} can be chosen. */
  static final String OF_JOB = "{job=~\"$job\"}";

  /** The codes of answers 429. */
  static final String OVER_LIMIT =
      "rate_limit_exceeded|too_many_turns|queue_full|queue_timeout|token_limit_exceeded";

  private Expressions() {}

  static Query quantile(String quantile, String histogram, String selector, String... by) {
    String legend = "p" + quantile.substring(2);
    String labels = "le";
    for (String label : by) {
      legend += " {{" + label + "}}";
      labels += ", " + label;
    }
    return Query.of(
        legend,
        "histogram_quantile(%s, sum by (%s) (rate(%s_bucket%s[$__rate_interval])))"
            .formatted(quantile, labels, histogram, selector));
  }

  /** The mean of what a timer measured. */
  static Query mean(String timer, String selector, String... by) {
    String labels = String.join(", ", by);
    String of = "sum by (%s) (rate(%s_%s%s[$__rate_interval]))";
    String legend = by.length == 0 ? "mean" : "{{" + String.join("}} to {{", by) + "}}";
    return Query.of(
        legend,
        of.formatted(labels, timer, "sum", selector)
            + " / "
            + of.formatted(labels, timer, "count", selector));
  }

  static Query[] quantiles(String histogram, String selector) {
    return new Query[] {
      quantile("0.50", histogram, selector),
      quantile("0.95", histogram, selector),
      quantile("0.99", histogram, selector)
    };
  }

  static Query rate(String counter, String selector, String by) {
    return Query.of(
        "{{" + by + "}}",
        "sum by (%s) (rate(%s%s[$__rate_interval]))".formatted(by, counter, selector));
  }

  static Query sum(String gauge, String selector, String by) {
    return Query.of("{{" + by + "}}", "sum by (%s) (%s%s)".formatted(by, gauge, selector));
  }

  static Query max(String gauge, String selector, String by) {
    return Query.of("{{" + by + "}}", "max by (%s) (%s%s)".formatted(by, gauge, selector));
  }

  /** Several registries know the same nodes. */
  static Query nodesByState() {
    return Query.of(
        "{{state}}",
        "sum by (state) (max by (role, state) (turnpike_registry_nodes{role=~\"$role\"}))");
  }

  /** Each node's state as a number: see {@link Dashboard.Kind#STATES}. */
  static Query stateOfNodes() {
    String is =
        "max by (node) (turnpike_registry_node_state{role=~\"$role\", node=~\"$node\","
            + " state=\"%s\"})";
    return Query.of(
        "{{node}}",
        "%s + 2 * %s + 3 * %s"
            .formatted(is.formatted("joining"), is.formatted("suspect"), is.formatted("draining")));
  }

  static String ready(String role) {
    return "max(turnpike_registry_nodes{role=\"%s\", state=\"ready\"})".formatted(role);
  }
}
