package io.turnpike.grafana;

import static io.turnpike.grafana.Dashboard.Panel.lines;
import static io.turnpike.grafana.Expressions.JOB;
import static io.turnpike.grafana.Expressions.max;
import static io.turnpike.grafana.Expressions.rate;
import static io.turnpike.grafana.Expressions.sum;

import io.turnpike.grafana.Dashboard.Query;
import io.turnpike.grafana.Dashboard.Row;
import java.util.List;

/** The gateways themselves, and what they share. */
final class GatewayDashboard {

  private GatewayDashboard() {}

  static Dashboard dashboard() {
    String job = "{job=~\"$job\"}";
    return new Dashboard(
        "gateway",
        "Gateway",
        "Are the gateways, Redis, the registry and the balancer well themselves?",
        List.of(JOB),
        List.of(
            Row.of(
                "Processes",
                lines(
                    "CPU",
                    "percentunit",
                    "Of what the process may use; near 100 % streams stutter.",
                    max("process_cpu_usage", job, "instance")),
                lines(
                    "Heap in use",
                    "bytes",
                    "Rises until it is collected.",
                    sum("jvm_memory_used_bytes", "{job=~\"$job\", area=\"heap\"}", "instance")),
                lines(
                    "Heap after collecting",
                    "percentunit",
                    "What cannot be freed; above 85 % it is near its limit.",
                    max("jvm_memory_usage_after_gc", job, "instance")),
                lines(
                    "Time spent collecting",
                    "percentunit",
                    "Share of time; turns wait meanwhile.",
                    Query.of(
                        "{{instance}}",
                        "sum by (instance)"
                            + " (rate(jvm_gc_pause_seconds_sum{job=~\"$job\"}[$__rate_interval]))")),
                lines(
                    "Open files",
                    "short",
                    "Connections, mostly.",
                    max("process_files_open_files", job, "instance")),
                lines(
                    "Warnings and errors logged",
                    "short",
                    "Lines a second.",
                    rate(
                        "logback_events_total",
                        "{job=~\"$job\", level=~\"warn|error\"}",
                        "level"))),
            Row.of(
                "Event loops",
                lines(
                    "Delay",
                    "s",
                    "How late the latest loop came to a task; every stream it carries waits as"
                        + " long.",
                    max("turnpike_loop_delay_seconds_max", job, "instance")),
                lines(
                    "Turns under way, and how many may be",
                    "short",
                    "At the limit turns are answered 429.",
                    max("turnpike_turns_inflight", job, "instance"),
                    Query.of("limit", "min(turnpike_turns_limit{job=~\"$job\"})")),
                lines(
                    "Connections to engines",
                    "short",
                    "One for each leg under way; idle ones are kept for a moment.",
                    sum("turnpike_engine_connections", job, "state"),
                    Query.of("legs that wait", "sum(turnpike_legs_waiting{job=~\"$job\"})"))),
            Row.of(
                "What they share",
                lines(
                    "Conversation store",
                    "reqps",
                    "Calls to Redis by what came of them; late and failed ones miss caches.",
                    rate("turnpike_conversations_total", job, "event")),
                lines(
                    "Connected to Redis",
                    "short",
                    "1: yes; 0: turns go on with what each process knows.",
                    Query.of("{{job}} {{instance}}", "turnpike_redis_connected")),
                lines(
                    "Builds",
                    "short",
                    "Services by version and revision; more than one outside an update is a"
                        + " mistake.",
                    Query.of(
                        "{{version}} {{revision}}",
                        "count by (version, revision) (turnpike_build)")),
                lines(
                    "Watches of the registry",
                    "short",
                    "One a gateway.",
                    Query.of("watches", "sum(turnpike_registry_watchers)"),
                    Query.of("gateways", "count(up{job=~\"proxy|replication\"} == 1)")),
                lines(
                    "Table written to Redis",
                    "reqps",
                    "By the registry, so that gateways can start without it.",
                    rate("turnpike_registry_mirror_writes_total", "", "outcome"))),
            Row.of(
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
                    Query.of(
                        "sessions", "sum(haproxy_backend_current_sessions{proxy=\"proxies\"})")),
                lines(
                    "Sent again",
                    "reqps",
                    "Turns that another proxy got because the first one refused, drained or died.",
                    Query.of(
                        "retries",
                        "sum(rate(haproxy_backend_retry_warnings_total{proxy=\"proxies\"}[$__rate_interval]))"),
                    Query.of(
                        "to another one",
                        "sum(rate(haproxy_backend_redispatch_warnings_total{proxy=\"proxies\"}[$__rate_interval]))")))));
  }
}
