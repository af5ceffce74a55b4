package io.turnpike.launcher;

import io.turnpike.launcher.job.RunningJob;
import io.turnpike.launcher.plan.PlanException;
import io.turnpike.node.Role;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Changes how many workers a job has. */
@Command(
    name = "scale",
    header = "Give a job that is up another number of workers.",
    mixinStandardHelpOptions = true,
    description =
        "New workers get turns as soon as they are healthy. Those that go, the last ones, get no"
            + " new turns, end those that they have, and are ended then.",
    footer = {
      "",
      "For example:",
      "  ./turnpike job scale ID decode=4",
      "  ./turnpike job scale ID prefill=2 decode=6"
    })
final class JobScaleCommand implements Callable<Integer> {

  private static final int MOST = 512;

  @Mixin private JobIdOption job = new JobIdOption();

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "ROLE=N",
      description = "For example decode=4.")
  private List<String> wishes = List.of();

  private final Console console;

  JobScaleCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    Map<Role, Integer> sizes = new LinkedHashMap<>();
    wishes.forEach(wish -> sizes.put(role(wish), size(wish)));
    RunningJob running = BackEnds.running(job.entry());
    for (Map.Entry<Role, Integer> size : sizes.entrySet()) {
      running.scale(size.getKey(), size.getValue(), console::line);
    }
    return 0;
  }

  private static Role role(String wish) {
    return Arrays.stream(Role.values())
        .filter(role -> wish.startsWith(role.word() + "="))
        .findFirst()
        .orElseThrow(() -> mistake(wish));
  }

  private static int size(String wish) {
    String number = wish.substring(wish.indexOf('=') + 1);
    if (!number.matches("[1-9][0-9]{0,2}") || Integer.parseInt(number) > MOST) {
      throw mistake(wish);
    }
    return Integer.parseInt(number);
  }

  private static PlanException mistake(String wish) {
    String roles = Arrays.stream(Role.values()).map(Role::word).collect(Collectors.joining(", "));
    return new PlanException(
        "'%s' (expected: ROLE=N, a role of %s, and a number from 1 to %d)"
            .formatted(wish, roles, MOST));
  }
}
