package io.turnpike.grafana;

import static io.turnpike.grafana.Dashboard.Panel.lines;
import static io.turnpike.grafana.Dashboard.Panel.states;
import static io.turnpike.grafana.Expressions.max;
import static io.turnpike.grafana.Expressions.mean;
import static io.turnpike.grafana.Expressions.nodesByState;
import static io.turnpike.grafana.Expressions.quantile;
import static io.turnpike.grafana.Expressions.rate;
import static io.turnpike.grafana.Expressions.stateOfNodes;
import static io.turnpike.grafana.Expressions.sum;

import io.turnpike.grafana.Dashboard.Query;
import io.turnpike.grafana.Dashboard.Row;
import io.turnpike.grafana.Dashboard.Variable;
import java.util.List;

/** Each engine: state, load, speed, failures. */
final class NodesDashboard {

  private static final List<Variable> NODE =
      List.of(
          new Variable("model", "Model", "label_values(vllm:num_requests_running, model_name)"),
          new Variable(
              "role",
              "Role",
              "label_values(vllm:num_requests_running{model_name=~\"$model\"}, role)"),
          new Variable(
              "node",
              "Node",
              "label_values(vllm:num_requests_running{model_name=~\"$model\", role=~\"$role\"},"
                  + " instance)"));

  private static final String ENGINE =
      "{model_name=~\"$model\", role=~\"$role\", instance=~\"$node\"}";

  /** As gateways and the registry call it. */
  private static final String OF_NODE = "{role=~\"$role\", node=~\"$node\"}";

  private NodesDashboard() {}

  static Dashboard dashboard() {
    return new Dashboard(
        "nodes",
        "Nodes",
        "How is each engine, and which one is the trouble?",
        NODE,
        List.of(state(), load(), speed(), failures()));
  }

  private static Row state() {
    return Row.of(
        "State",
        states(
            "State of each node",
            "As the registry sees it; only a ready one gets new turns.",
            stateOfNodes()),
        lines(
            "Nodes by state",
            "short",
            "One that goes back and forth loses its conversations each time.",
            nodesByState()),
        lines(
            "Changes of the table",
            "short",
            "Changes a second by kind; many of state are flapping.",
            rate("turnpike_registry_changes_total", "", "kind")),
        lines(
            "Scraped",
            "short",
            "1 while an engine answers Prometheus.",
            sum("up", "{job=\"engine\", role=~\"$role\", instance=~\"$node\"}", "instance")),
        lines(
            "Probes",
            "reqps",
            "Of the registry, by what came of them; an engine that is not answered is not ready.",
            rate("turnpike_registry_probe_seconds_count", "", "outcome")),
        lines(
            "Probe time",
            "s",
            "How long an answered probe takes, on average; late engines become suspect.",
            mean("turnpike_registry_probe_seconds", "{outcome=\"answered\"}")));
  }

  private static Row load() {
    return Row.of(
        "Load",
        lines(
            "Requests running",
            "short",
            "In the batch of each engine.",
            sum("vllm:num_requests_running", ENGINE, "instance")),
        lines(
            "Requests waiting",
            "short",
            "Before the batch; zero is good.",
            sum("vllm:num_requests_waiting", ENGINE, "instance")),
        lines(
            "KV memory",
            "percentunit",
            "In use; near 100 % conversations lose their caches.",
            max("vllm:kv_cache_usage_perc", ENGINE, "instance")),
        lines(
            "Turns under way",
            "short",
            "Of all gateways: turns that have a place on the node.",
            sum("turnpike_node_inflight_turns", OF_NODE, "node")),
        lines(
            "Tokens under way",
            "short",
            "Of all gateways, as their decisions see them: prompts and expected answers.",
            sum("turnpike_node_inflight_tokens", OF_NODE, "node")),
        lines(
            "Prompt tokens",
            "short",
            "Tokens a second that came in, cached ones included.",
            rate("vllm:prompt_tokens_total", ENGINE, "instance")),
        lines(
            "Generated tokens",
            "short",
            "Tokens a second.",
            rate("vllm:generation_tokens_total", ENGINE, "instance")),
        lines(
            "Prefix cache hits",
            "percentunit",
            "Of the prompt tokens that were looked up.",
            Query.of(
                "{{instance}}",
                "sum by (instance) (rate(vllm:prefix_cache_hits_total"
                    + ENGINE
                    + "[$__rate_interval])) / sum by (instance)"
                    + " (rate(vllm:prefix_cache_queries_total"
                    + ENGINE
                    + "[$__rate_interval]))")));
  }

  private static Row speed() {
    return Row.of(
        "Speed",
        lines(
            "Time to first token, 95 of 100",
            "s",
            "As the engine sees it, without the way to it.",
            quantile("0.95", "vllm:time_to_first_token_seconds", ENGINE, "instance")),
        lines(
            "Time a token, 95 of 100",
            "s",
            "Between two tokens of one answer.",
            quantile("0.95", "vllm:inter_token_latency_seconds", ENGINE, "instance")));
  }

  private static Row failures() {
    return Row.of(
        "Failures",
        lines(
            "Requests that ended early",
            "reqps",
            "Aborted, also when their client left, or failed; as the engine says.",
            rate(
                "vllm:request_success_total",
                "{model_name=~\"$model\", role=~\"$role\", instance=~\"$node\","
                    + " finished_reason=~\"abort|error\"}",
                "instance")),
        lines(
            "Preemptions",
            "reqps",
            "Requests thrown out of the batch for want of KV memory; zero is good.",
            rate("vllm:num_preemptions_total", ENGINE, "instance")),
        lines(
            "Transfers of KV that failed",
            "reqps",
            "At the decode engine that asked for them; zero is good.",
            rate("vllm:nixl_num_failed_transfers_total", ENGINE, "instance")));
  }
}
