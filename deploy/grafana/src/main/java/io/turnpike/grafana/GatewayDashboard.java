package io.turnpike.grafana;

import static io.turnpike.grafana.Dashboard.Panel.lines;
import static io.turnpike.grafana.Expressions.JOB;
import static io.turnpike.grafana.Expressions.OF_JOB;
import static io.turnpike.grafana.Expressions.OVER_LIMIT;
import static io.turnpike.grafana.Expressions.max;
import static io.turnpike.grafana.Expressions.mean;
import static io.turnpike.grafana.Expressions.rate;
import static io.turnpike.grafana.Expressions.sum;

import io.turnpike.grafana.Dashboard.Query;
import io.turnpike.grafana.Dashboard.Row;
import java.util.List;

/** The gateways themselves, and what they share. */
final class GatewayDashboard {

  private GatewayDashboard() {}

  static Dashboard dashboard() {
    return new Dashboard(
        "gateway",
        "Gateway",
        "Are the gateways, Redis, the registry and the balancer well themselves?",
        List.of(JOB),
        List.of(limits(), loops(), processes(), redis(), registry(), balancer()));
  }

  private static Row limits() {
    return Row.of(
        "Limits",
        lines(
            "Turns under way, and how many may be",
            "short",
            "At the limit more of them wait, or are answered 429.",
            max("turnpike_turns_inflight", OF_JOB, "instance"),
            Query.of("limit", "min(turnpike_turns_limit{job=~\"$job\"})")),
        lines(
            "Turns that wait",
            "short",
            "For a place or a rate; for long, it is too small for its load.",
            max("turnpike_turns_waiting", OF_JOB, "instance")),
        lines(
            "Turned away by a limit",
            "reqps",
            "Answers 429 by code, of the gateway's limits and of callers' own; receipts of refused"
                + " requests name the callers.",
            rate(
                "turnpike_refusals_total",
                "{job=~\"$job\", code=~\"" + OVER_LIMIT + "\"}",
                "code")),
        lines(
            "Memory of request bodies, and how much may be",
            "bytes",
            "What legs may need, and what is kept in case that answers break off; the latter makes"
                + " room, and what finds none is answered 429.",
            Query.of(
                "needed {{instance}}", "max by (instance) (turnpike_bodies_bytes{job=~\"$job\"})"),
            Query.of(
                "kept {{instance}}",
                "max by (instance) (turnpike_bodies_kept_bytes{job=~\"$job\"})"),
            Query.of("limit", "min(turnpike_bodies_limit_bytes{job=~\"$job\"})")),
        lines(
            "Kept bodies that made room",
            "short",
            "Bodies a second; their answers do not go on elsewhere if they break off. Zero is"
                + " good.",
            rate("turnpike_bodies_given_up_total", OF_JOB, "instance")),
        lines(
            "Bodies on their way",
            "short",
            "Requests whose body is not whole yet; many are slow clients, or an attack.",
            max("turnpike_uploads", OF_JOB, "instance")));
  }

  private static Row loops() {
    return Row.of(
        "Event loops and connections",
        lines(
            "Delay",
            "s",
            "How late the latest loop came to a task; every stream it carries waits as long.",
            max("turnpike_loop_delay_seconds_max", OF_JOB, "instance")),
        lines(
            "Connections to engines",
            "short",
            "One for each leg under way; idle ones are kept for a moment.",
            sum("turnpike_engine_connections", OF_JOB, "state")),
        lines(
            "Legs that wait for a connection",
            "short",
            "Zero is good; else connections to an engine are limited too tightly.",
            max("turnpike_legs_waiting", OF_JOB, "instance")));
  }

  private static Row processes() {
    return Row.of(
        "Processes",
        lines(
            "CPU",
            "percentunit",
            "Of what the process may use; near 100 % streams stutter.",
            max("process_cpu_usage", OF_JOB, "instance")),
        lines(
            "Heap in use",
            "bytes",
            "Rises until it is collected.",
            sum("jvm_memory_used_bytes", "{job=~\"$job\", area=\"heap\"}", "instance")),
        lines(
            "Heap after collecting",
            "percentunit",
            "What cannot be freed; above 85 % it is near its limit.",
            max("jvm_memory_usage_after_gc", OF_JOB, "instance")),
        lines(
            "Time spent collecting",
            "percentunit",
            "Share of time; turns wait meanwhile.",
            rate("jvm_gc_pause_seconds_sum", OF_JOB, "instance")),
        lines(
            "Open files",
            "short",
            "Connections, mostly.",
            max("process_files_open_files", OF_JOB, "instance")),
        lines(
            "Warnings and errors logged",
            "short",
            "Lines a second.",
            rate("logback_events_total", "{job=~\"$job\", level=~\"warn|error\"}", "level")),
        lines(
            "Builds",
            "short",
            "Services by version and revision; more than one outside an update is a mistake.",
            Query.of("{{version}} {{revision}}", "count by (version, revision) (turnpike_build)")));
  }

  private static Row redis() {
    return Row.of(
        "Redis",
        lines(
            "Connected",
            "short",
            "1: yes; 0: turns go on with what each process knows.",
            Query.of("{{job}} {{instance}}", "turnpike_redis_connected")),
        lines(
            "Conversation store",
            "reqps",
            "Calls by what came of them; late and failed ones miss caches.",
            rate("turnpike_conversations_total", OF_JOB, "event")),
        lines(
            "Time of a command",
            "s",
            "Of control calls, on average, by command; a PING every second is among them.",
            mean("lettuce_command_completion_seconds", "", "command")),
        lines(
            "Table written",
            "reqps",
            "By the registry, so that gateways can start without it.",
            rate("turnpike_registry_mirror_writes_total", "", "outcome")));
  }

  private static Row registry() {
    return Row.of(
        "Registry",
        lines(
            "Watches",
            "short",
            "One a gateway; one that has none routes on an old table.",
            Query.of("watches", "sum(turnpike_registry_watchers)"),
            Query.of("gateways", "count(up{job=~\"proxy|replication\"} == 1)")),
        lines(
            "Other registries",
            "short",
            "That each registry knows of, by whether they answer; none is silent when all is"
                + " well.",
            sum("turnpike_registry_peers", "", "state")),
        lines(
            "Table is complete",
            "short",
            "1: yes; 0, soon after a start: gateways do not forget whom it does not know yet.",
            max("turnpike_registry_complete", "", "instance")),
        lines(
            "Packets on the ZMQ socket",
            "pps",
            "Pings that were taken, and why others were not.",
            rate("turnpike_registry_pings_total", "", "outcome")));
  }

  private static Row balancer() {
    return Row.of(
        "Balancer",
        lines(
            "Proxies in use",
            "short",
            "That passed their health check.",
            Query.of("servers", "sum(haproxy_backend_active_servers{proxy=\"proxies\"})")),
        lines(
            "Turns under way",
            "short",
            "Sessions between the balancer and the proxies.",
            Query.of("sessions", "sum(haproxy_backend_current_sessions{proxy=\"proxies\"})")),
        lines(
            "Sent again",
            "reqps",
            "Turns that another proxy got because the first one refused, drained or died.",
            Query.of(
                "retries",
                "sum(rate(haproxy_backend_retry_warnings_total{proxy=\"proxies\"}[$__rate_interval]))"),
            Query.of(
                "to another one",
                "sum(rate(haproxy_backend_redispatch_warnings_total{proxy=\"proxies\"}[$__rate_interval]))")));
  }
}
