package io.turnpike.launcher;

import io.turnpike.launcher.job.JobFolder;
import io.turnpike.launcher.job.JobFolder.Condition;
import io.turnpike.launcher.plan.Plan;
import io.turnpike.launcher.stack.StateFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How a job is. */
@Command(
    name = "status",
    header = "Show how a job is: condition, URL, processes, nodes.",
    mixinStandardHelpOptions = true,
    description =
        "Exit code 0: it is up and everything that it has started runs; 1: it is not, or something"
            + " has ended.",
    footer = {
      "",
      "For example:",
      "  ./turnpike job status ID",
      "  ./turnpike job status ID --json | jq .condition"
    })
final class JobStatusCommand implements Callable<Integer> {

  @Mixin private JobIdOption job = new JobIdOption();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  private final Console console;

  JobStatusCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    JobFolder.Entry entry = job.entry();
    Condition condition = entry.condition();
    ObjectNode status = status(entry, condition);
    if (json) {
      console.line(status.toPrettyString());
    } else {
      show(status);
    }
    boolean allAlive = true;
    for (JsonNode process : status.path("processes")) {
      allAlive &= process.path("alive").asBoolean(false);
    }
    return condition == Condition.UP && allAlive ? 0 : 1;
  }

  private static ObjectNode status(JobFolder.Entry entry, Condition condition)
      throws InterruptedException {
    StateFolder state = entry.state();
    ObjectNode status =
        JsonMapper.shared()
            .createObjectNode()
            .put("id", entry.id())
            .put("condition", condition.word())
            .put("url", entry.url());
    String yaml = state.readPlan();
    if (yaml == null) {
      status.putArray("processes");
      return status;
    }
    status.setAll(new StackStatus(Plan.parse(state.plan().toString(), yaml), state).ask());
    return status;
  }

  private void show(JsonNode status) {
    String url = status.path("url").asString("");
    console.line(
        status.path("id").asString()
            + ": "
            + console.bold(status.path("condition").asString())
            + (url.isEmpty() ? "" : ", " + url));
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode process : status.path("processes")) {
      rows.add(
          List.of(
              process.path("name").asString(),
              process.path("pid").asString(""),
              process.path("alive").asBoolean(false) ? "runs" : "has ended"));
    }
    console.table(List.of("PROCESS", "PID", ""), rows);
    if (status.path("nodes").isArray()) {
      console.line("");
      new NodeTable(console).show(status.path("nodes"));
    }
  }
}
