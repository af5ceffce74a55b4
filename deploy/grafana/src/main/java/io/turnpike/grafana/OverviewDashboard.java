package io.turnpike.grafana;

import static io.turnpike.grafana.Dashboard.Panel.lines;
import static io.turnpike.grafana.Dashboard.Panel.stat;
import static io.turnpike.grafana.Expressions.JOB;
import static io.turnpike.grafana.Expressions.OF_JOB;
import static io.turnpike.grafana.Expressions.quantile;
import static io.turnpike.grafana.Expressions.quantiles;
import static io.turnpike.grafana.Expressions.rate;
import static io.turnpike.grafana.Expressions.ready;
import static io.turnpike.grafana.Expressions.sum;

import io.turnpike.grafana.Dashboard.Query;
import io.turnpike.grafana.Dashboard.Row;
import java.util.List;

/** Is it healthy, and what do users feel? */
final class OverviewDashboard {

  private OverviewDashboard() {}

  static Dashboard dashboard() {
    return new Dashboard(
        "overview",
        "Overview",
        "Is it healthy, and what do users feel?",
        List.of(JOB),
        List.of(health(), users(), errors(), amounts()));
  }

  private static Row health() {
    return Row.of(
        "Is it healthy",
        stat(
            "Prefill engines",
            "short",
            "Engines that take prefill legs; below 1 no handoff is possible.",
            ready("prefill")),
        stat(
            "Decode engines",
            "short",
            "Engines that answer; below 1 turns are refused.",
            ready("decode")),
        stat(
            "Replicas", "short", "Engines that the replication service can use.", ready("replica")),
        stat(
            "Gateways",
            "short",
            "Proxies and replication services that answer Prometheus.",
            "sum(up{job=~\"proxy|replication\"})"),
        stat(
            "Answered",
            "percentunit",
            "Of the turns of the last five minutes that a client did not end itself; 100 % is"
                + " good.",
            "sum(rate(turnpike_turns_total{job=~\"$job\", outcome=\"answered\"}[5m]))"
                + " / sum(rate(turnpike_turns_total{job=~\"$job\","
                + " outcome=~\"answered|failed|cut\"}[5m]))"),
        stat(
            "Alerts",
            "short",
            "Alerts that fire now; the runbook says what to do.",
            "count(ALERTS{alertstate=\"firing\"}) or vector(0)"));
  }

  private static Row users() {
    return Row.of(
        "What users feel",
        lines(
            "Time to first token",
            "s",
            "From the request to the first content sent; the objective is 2.5 s for 99 of 100"
                + " turns.",
            quantiles("turnpike_ttft_seconds", OF_JOB)),
        lines(
            "Time to first token by route and turn, 95 of 100",
            "s",
            "Later turns that stay on their decode engine should be faster than those with a"
                + " handoff.",
            quantile("0.95", "turnpike_ttft_seconds", OF_JOB, "route", "turn")),
        lines(
            "Time a token",
            "s",
            "Between two tokens of an answer, as engines say; how fluent a stream is.",
            quantiles("vllm:inter_token_latency_seconds", "")),
        lines(
            "Whole turn",
            "s",
            "From the request to the end of the answer; depends on how long answers are.",
            quantiles("turnpike_turn_duration_seconds", OF_JOB)),
        lines(
            "Whole turn by route and turn, 95 of 100",
            "s",
            "As above, apart for first and later turns of a conversation.",
            quantile("0.95", "turnpike_turn_duration_seconds", OF_JOB, "route", "turn")),
        lines(
            "Late first tokens",
            "percentunit",
            "Turns that waited longer than 2.5 s; 1 % is the budget.",
            Query.of("{{job}}", "turnpike:ttft_late:ratio_rate5m" + OF_JOB)));
  }

  private static Row errors() {
    return Row.of(
        "What goes wrong",
        lines(
            "Turns that failed or broke off",
            "percentunit",
            "Of those a gateway took; 0.1 % is the budget.",
            Query.of("{{job}}", "turnpike:failed:ratio_rate5m" + OF_JOB)),
        lines(
            "Turned away by limits",
            "percentunit",
            "Of all requests: answers 429, by the gateway's limits and by callers' own.",
            Query.of("{{job}}", "turnpike:turned_away:ratio_rate5m" + OF_JOB)),
        lines(
            "Requests that did not become turns",
            "reqps",
            "By the error's code: bad input, keys, limits, draining.",
            rate("turnpike_refusals_total", OF_JOB, "code")));
  }

  private static Row amounts() {
    return Row.of(
        "How much",
        lines(
            "Turns by outcome",
            "reqps",
            "Ended turns; refused and rejected ones are the request's or the cluster's doing.",
            rate("turnpike_turns_total", OF_JOB, "outcome")),
        lines(
            "Turns under way",
            "short",
            "Turns that have begun and not ended.",
            sum("turnpike_turns_inflight", OF_JOB, "job")),
        lines(
            "Tokens",
            "short",
            "Tokens a second: prompt, the cached part of it, and completion.",
            rate("turnpike_tokens_total", OF_JOB, "kind")));
  }
}
