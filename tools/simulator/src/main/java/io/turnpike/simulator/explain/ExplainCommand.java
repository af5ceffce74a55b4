package io.turnpike.simulator.explain;

import io.turnpike.cost.EngineCosts;
import io.turnpike.cost.HandoffCosts;
import io.turnpike.cost.Term;
import io.turnpike.simulator.explain.TurnCosts.Question;
import io.turnpike.simulator.profile.Profiles;
import io.turnpike.simulator.replay.NetworkProfile;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code simulator explain}: one turn, both paths. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "What one turn would cost each path, step by step.",
    description = {
      "",
      "A request is described by name=value pairs:",
      "  prompt     tokens of the whole prompt (needed)",
      "  answer     tokens of the answer, and of those that run beside it [256]",
      "  new        of those, not in D's cache [all]",
      "  p-new      of those, not in P's cache [as new]",
      "  decodes    requests running on D [0]",
      "  d-backlog  prompt tokens waiting at D [0]",
      "  p-backlog  prompt tokens waiting at P [0]",
      ""
    },
    footer = {
      "",
      "  ./turnpike simulator explain --request prompt=6000,new=300,decodes=20,p-backlog=4000"
    })
public final class ExplainCommand implements Callable<Integer> {

  private static final Set<String> NAMES =
      Set.of("prompt", "answer", "new", "p-new", "decodes", "d-backlog", "p-backlog");

  @Option(names = "--request", required = true, split = ",", description = "name=value,...")
  private Map<String, Double> request = new LinkedHashMap<>();

  @Option(
      names = "--profile",
      defaultValue = Profiles.DEFAULT,
      description = "engine profile [${DEFAULT-VALUE}]")
  private String profile = Profiles.DEFAULT;

  @Option(
      names = "--connector",
      defaultValue = "p2p-nccl",
      description = "p2p-nccl or nixl [${DEFAULT-VALUE}]")
  private String connector = "p2p-nccl";

  @Option(
      names = "--network",
      defaultValue = "nvlink",
      description = "what KV moves over, as in replay [${DEFAULT-VALUE}]")
  private String network = "nvlink";

  @Option(
      names = "--engine-time",
      defaultValue = "0",
      description =
          "what a millisecond of an engine costs that could do other work: 0 where roles are given,"
              + " 3 where every engine does all of it [${DEFAULT-VALUE}]")
  private double engineTime;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    NetworkProfile links = NetworkProfile.of(network);
    EngineCosts costs =
        EngineCosts.of(
            Profiles.find(profile),
            HandoffCosts.of(connector),
            links.gigabytesPerSecond(),
            links.setUpMillis());
    print(TurnCosts.of(question(), costs, engineTime), spec.commandLine().getOut());
    return 0;
  }

  private Question question() {
    for (Map.Entry<String, Double> pair : request.entrySet()) {
      if (!NAMES.contains(pair.getKey()) || !(pair.getValue() >= 0)) {
        throw new IllegalArgumentException(
            "request: %s=%s (expected: one of %s, 0 or more)"
                .formatted(pair.getKey(), pair.getValue(), NAMES.stream().sorted().toList()));
      }
    }
    int prompt = value("prompt", 0);
    if (prompt < 1) {
      throw new IllegalArgumentException("request: no prompt (expected: prompt=tokens)");
    }
    int fresh = Math.min(prompt, value("new", prompt));
    return new Question(
        prompt,
        Math.max(1, value("answer", 256)),
        fresh,
        Math.min(prompt, value("p-new", fresh)),
        value("decodes", 0),
        value("d-backlog", 0),
        value("p-backlog", 0));
  }

  private int value(String name, int otherwise) {
    return (int) Math.round(request.getOrDefault(name, (double) otherwise));
  }

  private static void print(TurnCosts costs, PrintWriter out) {
    double direct = costs.direct().total();
    double via = costs.viaPrefill().total();
    out.printf("%-62s %14s %14s%n", "", "decode-direct", "disaggregated");
    for (Term term : Term.values()) {
      print(out, meaning(term), costs.direct().of(term), costs.viaPrefill().of(term));
    }
    print(
        out,
        "time to first token: the first three",
        costs.direct().firstTokenMillis(),
        costs.viaPrefill().firstTokenMillis());
    print(out, "price", direct, via);
    boolean stays = direct <= via;
    Term decides =
        stays
            ? costs.direct().decides(costs.viaPrefill())
            : costs.viaPrefill().decides(costs.direct());
    out.printf("%n%s, reason %s%n", stays ? "decode-direct" : "disaggregated", decides.word());
    out.flush();
  }

  private static String meaning(Term term) {
    return switch (term) {
      case QUEUE -> "queue: prompts ahead of it, or the step under way";
      case COMPUTE -> "compute: way in, its own prompt, way out";
      case HANDOFF -> "handoff: D's way in, KV on its way, load, D's step, way out";
      case PACE -> "pace: the rest of the answer, among those beside it";
      case NEIGHBOURS -> "neighbours: what others wait longer";
      case ENGINE_TIME -> "engine time: taken from other work";
      case MEMORY -> "memory: KV of others that has to go";
    };
  }

  private static void print(PrintWriter out, String what, double direct, double via) {
    out.printf("%-62s %11.1f ms %11.1f ms%n", what, direct, via);
  }
}
