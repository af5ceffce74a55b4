package io.turnpike.launcher;

import io.turnpike.launcher.job.JobFolder;
import io.turnpike.launcher.job.JobStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
    JobStatus status = BackEnds.running(entry).status();
    if (json) {
      console.line(status.json(entry.id()).toPrettyString());
    } else {
      show(entry.id(), status);
    }
    return status.isWell() ? 0 : 1;
  }

  private void show(String id, JobStatus status) {
    String url = status.url();
    String condition = console.bold(status.condition().word());
    console.line(id + ": " + condition + (url.isEmpty() ? "" : ", " + url));
    List<List<String>> rows = new ArrayList<>();
    for (JobStatus.Member process : status.processes()) {
      rows.add(List.of(process.name(), process.place(), process.says()));
    }
    console.table(List.of("PROCESS", "PLACE", ""), rows);
    if (status.more().path("nodes").isArray()) {
      console.line("");
      new NodeTable(console).show(status.more().path("nodes"));
    }
  }
}
