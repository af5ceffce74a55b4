package io.turnpike.launcher.job;

import io.turnpike.launcher.process.Launch;
import io.turnpike.launcher.stack.Component;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What a job would start on this machine, as lines that a shell could run. */
public final class JobRender {

  /** An engine's id is another one at each start. */
  private static final Pattern FRESH =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private JobRender() {}

  /** One block a process; secrets stand there by their names. */
  public static List<String> lines(LocalJob local) {
    List<String> lines = new ArrayList<>();
    for (Component component : local.components()) {
      lines.add("# " + component.name() + ", " + component.url());
      environment(local.job(), component.launch()).forEach(line -> lines.add(line + " \\"));
      lines.add(FRESH.matcher(ShellWords.join(component.launch().command())).replaceAll("NEW"));
      lines.add("");
    }
    lines.add("# clients: " + local.gateway());
    return lines;
  }

  private static List<String> environment(JobFile job, Launch launch) {
    List<String> lines = new ArrayList<>();
    if (launch.folder() != null) {
      lines.add("cd " + ShellWords.quote(launch.folder().toString()) + " && env");
    } else if (!launch.environment().isEmpty()) {
      lines.add("env");
    }
    for (Map.Entry<String, String> entry : launch.environment().entrySet()) {
      boolean secret = job.secrets().contains(entry.getKey()) || entry.getValue().contains("@");
      lines.add(
          "  "
              + entry.getKey()
              + "="
              + (secret ? "$" + entry.getKey() : ShellWords.quote(entry.getValue())));
    }
    return lines;
  }
}
