package io.turnpike.launcher;

import io.turnpike.launcher.plan.Plan;
import io.turnpike.launcher.stack.StackStatus;
import io.turnpike.launcher.stack.StateFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Shows how a running stack is. */
@Command(
    name = "status",
    header = "Nodes, roles, states, load, mode, conversations.",
    mixinStandardHelpOptions = true,
    description =
        "Asks processes, registry and gateways how they are. Exit code 0: everything that was"
            + " started runs; 1: something has ended, or nothing was started.",
    footer = {
      "",
      "For example:",
      "  ./turnpike status",
      "  ./turnpike status --json | jq '.nodes[] | {id, state}'",
      "Environment: TURNPIKE_ADMIN_KEY is sent as a bearer token, if control endpoints need one."
          + " Default: the key that gateways made in the state folder, if they did."
    })
final class StatusCommand implements Callable<Integer> {

  static final String UNKNOWN = "-";

  @Mixin private StateOption stateOption = new StateOption();

  @Option(names = "--json", description = "Print JSON, as the services gave it.")
  private boolean json;

  private final Console console;

  StatusCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    StateFolder state = stateOption.folder();
    String yaml = state.readPlan();
    if (yaml == null || state.processes().isEmpty()) {
      if (json) {
        console.line("{\"processes\":[]}");
      }
      console.fault("nothing was started in " + state.path() + " (start it: ./turnpike up)");
      return 1;
    }
    JsonNode status = new StackStatus(Plan.parse(state.plan().toString(), yaml), state).ask();
    if (json) {
      console.line(status.toPrettyString());
    } else {
      show(status);
    }
    return dead(status).isEmpty() ? 0 : 1;
  }

  private void show(JsonNode status) {
    List<String> dead = dead(status);
    console.line(
        dead.isEmpty()
            ? console.green("All " + status.path("processes").size() + " processes run.")
            : console.red("Ended: " + String.join(", ", dead) + " (see ./turnpike logs NAME)"));
    console.line("");
    gateways(status);
    console.line("");
    if (status.path("nodes").isArray()) {
      new NodeTable(console).show(status.path("nodes"));
    } else {
      console.line("The registry does not answer, so nothing is known about nodes.");
    }
  }

  private static List<String> dead(JsonNode status) {
    List<String> dead = new ArrayList<>();
    for (JsonNode process : status.path("processes")) {
      if (!process.path("alive").asBoolean(false)) {
        dead.add(process.path("name").asString());
      }
    }
    return dead;
  }

  private void gateways(JsonNode status) {
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode proxy : status.path("proxies")) {
      rows.add(gateway(proxy));
    }
    if (status.path("replication").isObject()) {
      rows.add(gateway(status.path("replication")));
    }
    console.table(List.of("GATEWAY", "URL", "MODE", "CONVERSATIONS"), rows);
    for (JsonNode proxy : status.path("proxies")) {
      JsonNode note = proxy.path("status").path("mode_note");
      if (note.isString()) {
        console.line(text(proxy, "name") + ": " + note.asString());
      }
    }
  }

  private static List<String> gateway(JsonNode gateway) {
    return List.of(
        text(gateway, "name"),
        text(gateway, "url"),
        gateway.path("mode").isNull() && gateway.path("status").isNull()
            ? "no answer"
            : text(gateway, "mode"),
        text(gateway, "conversations"));
  }

  /** A value as it is shown; what is not known is a dash. */
  static String text(JsonNode node, String key) {
    JsonNode value = node.path(key);
    return value.isMissingNode() || value.isNull() ? UNKNOWN : value.asString(value.toString());
  }
}
