package io.turnpike.simulator.explain;

import io.turnpike.simulator.explain.TurnCosts.Question;
import io.turnpike.simulator.explain.TurnCosts.Term;
import io.turnpike.simulator.handoff.HandoffCosts;
import io.turnpike.simulator.profile.Profiles;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
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
      "  new        of those, not in D's cache [all]",
      "  p-new      of those, not in P's cache [as new]",
      "  decodes    requests running on D [0]",
      "  d-backlog  prompt tokens waiting at D [0]",
      "  p-backlog  prompt tokens waiting at P [0]",
      "  sender     ms P is still busy sending earlier prompts [0]",
      ""
    },
    footer = {
      "",
      "  ./turnpike simulator explain --request prompt=6000,new=300,decodes=20,p-backlog=4000"
    })
public final class ExplainCommand implements Callable<Integer> {

  private static final Set<String> NAMES =
      Set.of("prompt", "new", "p-new", "decodes", "d-backlog", "p-backlog", "sender");

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
      names = "--weight",
      defaultValue = "2",
      description = "w: how much the harm to others counts [${DEFAULT-VALUE}]")
  private double weight;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    HandoffCosts handoff = HandoffCosts.of(connector);
    TurnCosts costs = TurnCosts.of(question(), Profiles.find(profile), handoff);
    print(costs, spec.commandLine().getOut());
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
        fresh,
        Math.min(prompt, value("p-new", fresh)),
        value("decodes", 0),
        value("d-backlog", 0),
        value("p-backlog", 0),
        request.getOrDefault("sender", 0.0),
        weight);
  }

  private int value(String name, int otherwise) {
    return (int) Math.round(request.getOrDefault(name, (double) otherwise));
  }

  private static void print(TurnCosts costs, PrintWriter out) {
    double direct = TurnCosts.sum(costs.direct());
    double via = TurnCosts.sum(costs.viaPrefill());
    print(out, "decode-direct", costs.direct(), direct);
    print(out, "disaggregated (via P)", costs.viaPrefill(), via);
    Term harm = costs.harm();
    out.printf("%-38s %-44s %9.1f ms%n%n", harm.what(), harm.how().get(), harm.millis());
    double weighed = costs.directMillis();
    out.printf(
        "decode-direct with harm %.1f ms, via P %.1f ms: %s%n",
        weighed, via, weighed <= via ? "decode-direct" : "disaggregated");
    out.flush();
  }

  private static void print(PrintWriter out, String path, List<Term> terms, double sum) {
    out.println(path);
    for (Term term : terms) {
      out.printf("  %-36s %-44s %9.1f ms%n", term.what(), term.how().get(), term.millis());
    }
    out.printf("  %-36s %-44s %9.1f ms%n%n", "time to first token", "", sum);
  }
}
