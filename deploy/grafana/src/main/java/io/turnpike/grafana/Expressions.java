package io.turnpike.grafana;

import io.turnpike.grafana.Dashboard.Query;
import io.turnpike.grafana.Dashboard.Variable;

/** What the dashboards' expressions have in common. */
final class Expressions {

  /** The service, where a dashboard is about gateways. */
  static final Variable JOB =
      new Variable("job", "Service", "label_values(turnpike_turns_total, job)");

  private Expressions() {}

  static Query quantile(String quantile, String histogram, String selector, String by) {
    String labels = by.isEmpty() ? "le" : "le, " + by;
    String legend = "p" + quantile.substring(2) + (by.isEmpty() ? "" : " {{" + by + "}}");
    return Query.of(
        legend,
        "histogram_quantile(%s, sum by (%s) (rate(%s_bucket%s[$__rate_interval])))"
            .formatted(quantile, labels, histogram, selector));
  }

  static Query[] quantiles(String histogram, String selector) {
    return new Query[] {
      quantile("0.50", histogram, selector, ""),
      quantile("0.95", histogram, selector, ""),
      quantile("0.99", histogram, selector, "")
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

  static String ready(String role) {
    return "max(turnpike_registry_nodes{role=\"%s\", state=\"ready\"})".formatted(role);
  }
}
