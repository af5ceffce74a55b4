package io.turnpike.grafana;

import static io.turnpike.grafana.Dashboard.Panel.lines;
import static io.turnpike.grafana.Expressions.JOB;
import static io.turnpike.grafana.Expressions.OF_JOB;
import static io.turnpike.grafana.Expressions.mean;
import static io.turnpike.grafana.Expressions.quantile;
import static io.turnpike.grafana.Expressions.quantiles;
import static io.turnpike.grafana.Expressions.rate;

import io.turnpike.grafana.Dashboard.Query;
import io.turnpike.grafana.Dashboard.Row;
import java.util.List;

/** Where turns go, why, and what that saves. */
final class RoutingDashboard {

  private RoutingDashboard() {}

  static Dashboard dashboard() {
    return new Dashboard(
        "routing",
        "Routing",
        "Where do turns go, why, and what does that save?",
        List.of(JOB),
        List.of(where(), costs(), saves(), goesWrong()));
  }

  private static Row where() {
    return Row.of(
        "Where turns go",
        lines(
            "Turns by route",
            "reqps",
            "With a handoff, straight to the decode engine, to a replica, or nowhere.",
            rate("turnpike_turns_total", OF_JOB, "route")),
        lines(
            "Reasons",
            "reqps",
            "Why turns went where they went; decode-gone, decode-restarted and store-unavailable"
                + " are lost caches.",
            rate("turnpike_reasons_total", OF_JOB, "reason")),
        lines(
            "Recognised",
            "reqps",
            "Turns by how they relate to what was known; continued ones can keep their cache.",
            rate("turnpike_recognitions_total", OF_JOB, "match")),
        lines(
            "Share without a handoff",
            "percentunit",
            "Turns that stayed on the decode engine that holds their conversation; high in mode"
                + " ppd.",
            Query.of(
                "decode-direct",
                "sum(rate(turnpike_turns_total{job=~\"$job\","
                    + " route=\"decode-direct\"}[$__rate_interval])) /"
                    + " sum(rate(turnpike_turns_total{job=~\"$job\","
                    + " route=~\"decode-direct|disaggregated\"}[$__rate_interval]))")));
  }

  private static Row costs() {
    return Row.of(
        "What it costs",
        lines(
            "Time to first token, middle, by route and turn",
            "s",
            "Later turns with a handoff against those without one: what mode ppd is for.",
            quantile("0.50", "turnpike_ttft_seconds", OF_JOB, "route", "turn")),
        lines(
            "Prefill leg",
            "s",
            "From the request to P's answer: queueing at P and prefill.",
            quantiles("turnpike_prefill_duration_seconds", OF_JOB)),
        lines(
            "Handoff by pair",
            "s",
            "From P's answer to D's first content, on average; one slow pair is a bad link between"
                + " both.",
            mean("turnpike_handoff_seconds", OF_JOB, "prefill", "decode")),
        lines(
            "Decode leg until its first content",
            "s",
            "Queueing at D, the transfer of KV, and the first token.",
            quantiles("turnpike_decode_first_seconds", OF_JOB)));
  }

  private static Row saves() {
    return Row.of(
        "What it saves",
        lines(
            "Cached share of prompts",
            "percentunit",
            "Prompt tokens that nobody computed again; falls when conversations change engines.",
            Query.of("{{job}}", "turnpike:cached:ratio_rate5m" + OF_JOB)),
        lines(
            "Prompt tokens, and how many of them were cached",
            "short",
            "Tokens a second.",
            rate("turnpike_tokens_total", "{job=~\"$job\", kind=~\"prompt|cached\"}", "kind")),
        lines(
            "Cache expected and seen",
            "short",
            "Tokens a second of turns that stayed; where less is seen, engines forget sooner than"
                + " conversations go on.",
            rate("turnpike_cache_tokens_total", OF_JOB, "kind")),
        lines(
            "Tokens handed over by pair",
            "short",
            "Prompt tokens a second whose KV went from P to D.",
            Query.of(
                "{{prefill}} to {{decode}}",
                "sum by (prefill, decode)"
                    + " (rate(turnpike_handoff_tokens_total{job=~\"$job\"}[$__rate_interval]))")),
        lines(
            "KV moved",
            "Bps",
            "Bytes a second that decode engines read from prefill engines.",
            rate("vllm:nixl_bytes_transferred_sum", "", "instance")));
  }

  private static Row goesWrong() {
    return Row.of(
        "What goes wrong",
        lines(
            "Lost handoffs and further tries",
            "reqps",
            "Run again unseen; clients pay with latency. Zero is good.",
            Query.of(
                "handoffs lost",
                "sum(rate(turnpike_handoffs_lost_total{job=~\"$job\"}[$__rate_interval]))"),
            Query.of(
                "tries beyond the first",
                "sum(rate(turnpike_tries_extra_total{job=~\"$job\"}[$__rate_interval]))")),
        lines(
            "Answers that broke off",
            "reqps",
            "Streams whose engine died or fell silent: gone on elsewhere unseen, or cut for the"
                + " client. Zero is good.",
            Query.of(
                "went on elsewhere",
                "sum(rate(turnpike_resumes_total{job=~\"$job\"}[$__rate_interval]))"),
            Query.of(
                "cut",
                "sum(rate(turnpike_turns_total{job=~\"$job\","
                    + " outcome=\"cut\"}[$__rate_interval]))")),
        lines(
            "Pause of answers that went on elsewhere",
            "s",
            "From the last byte before the break to the next content: what clients noticed.",
            quantiles("turnpike_resume_gap_seconds", OF_JOB)),
        lines(
            "Transfer time",
            "s",
            "How long one read of KV takes, on average.",
            mean("vllm:nixl_xfer_time_seconds", "")),
        lines(
            "Transfers that failed or came too late",
            "reqps",
            "As engines say; too late is after the lease of 30 s.",
            Query.of("failed", "sum(rate(vllm:nixl_num_failed_transfers_total[$__rate_interval]))"),
            Query.of(
                "expired", "sum(rate(vllm:nixl_num_kv_expired_reqs_total[$__rate_interval]))")));
  }
}
