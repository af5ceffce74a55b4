package io.turnpike.simulator.replay;

import io.turnpike.cost.EngineProfile;
import io.turnpike.cost.HandoffCosts;
import io.turnpike.simulator.profile.Profiles;
import io.turnpike.simulator.workload.Session;
import io.turnpike.simulator.workload.SyntheticSessions;
import io.turnpike.simulator.workload.TraceReader;
import io.turnpike.simulator.workload.WorkloadSpec;
import io.turnpike.simulator.workload.WorkloadSpec.Answers;
import io.turnpike.turn.TurnRules;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code simulator replay}: a cluster in virtual time. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Runs a whole cluster in virtual time, with the gateway's own turn machine.",
    description = {
      "",
      "Takes a workload or a trace; runs it on each cluster in each mode; prints a table.",
      "The same input and seed give the same output.",
      ""
    },
    footer = {
      "",
      "  ./turnpike simulator replay --workload W4 --qps 4 --cluster 1P1D --mode pd,ppd",
      "  ./turnpike simulator replay --trace mooncake --cluster 1P3D,2P2D --mode pd,ppd"
          + " --turns-file turns.jsonl",
      "  ./turnpike simulator replay --cluster 1P2D --qps 4 --fail decode-1@10s..30s=hang",
      "",
      "A trace has one JSON object a line: timestamp (ms), input_length (whole prompt),",
      "output_length, and hash_ids of 512-token blocks (Mooncake's format), or session_id, turn,",
      "and timestamp or delay (ms)."
    })
public final class ReplayCommand implements Callable<Integer> {

  @Option(
      names = "--cluster",
      paramLabel = "SHAPE",
      split = ",",
      defaultValue = "1P1D",
      description =
          "counts of P, D, R and A (any) engines; several: one run each [${DEFAULT-VALUE}]")
  private List<String> clusters = List.of("1P1D");

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      split = ",",
      defaultValue = "pd,ppd",
      description = "pd, ppd or adaptive; several: one run each [${DEFAULT-VALUE}]")
  private List<String> modes = List.of("pd", "ppd");

  @Option(
      names = "--profile",
      defaultValue = Profiles.DEFAULT,
      description = "engine profile: a built-in name or a YAML file [${DEFAULT-VALUE}]")
  private String profile = Profiles.DEFAULT;

  @Option(
      names = "--connector",
      defaultValue = "nixl",
      description = "nixl or p2p-nccl: what a handoff costs the engines [${DEFAULT-VALUE}]")
  private String connector = "nixl";

  @Option(
      names = "--network",
      defaultValue = "nvlink",
      description =
          "what KV moves over: nvlink, ndr, roce200, 100gbe, 25gbe, 10gbe [${DEFAULT-VALUE}]")
  private String network = "nvlink";

  @Option(
      names = "--trace",
      description = "replay this trace instead of a workload; mooncake: the one that comes along")
  private @Nullable Path trace;

  @Option(names = "--stretch", defaultValue = "1", description = "trace: times this factor [1]")
  private double stretch;

  @Option(
      names = "--workload",
      defaultValue = "W1",
      description = "W1 to W4 of the vllm-ppd study, or own [${DEFAULT-VALUE}]")
  private String workload = "W1";

  @Option(
      names = "--input",
      defaultValue = "512",
      description = "own: new tokens of each turn [512]")
  private int input;

  @Option(
      names = "--output",
      defaultValue = "128",
      description = "own: tokens of each answer [128]")
  private int output;

  @Option(names = "--turns", defaultValue = "2", description = "turns of each conversation [2]")
  private int turns;

  @Option(names = "--shared", defaultValue = "0", description = "tokens all prompts begin with [0]")
  private int shared;

  @Option(names = "--think", defaultValue = "0", description = "pause between turns, seconds [0]")
  private double thinkSeconds;

  @Option(names = "--answers-hit", description = "answers' blocks are found by later turns")
  private boolean answersHit;

  @Option(
      names = "--qps",
      defaultValue = "1",
      description = "conversations started in a second [1]")
  private double qps;

  @Option(names = "--sessions", description = "how many in all [60 seconds' worth]")
  private @Nullable Integer sessions;

  @Option(
      names = "--connections",
      description = "requests all clients have under way at most [no limit]")
  private int connections = ClusterSpec.UNLIMITED;

  @Option(
      names = "--gateway-ms",
      defaultValue = "1",
      description = "what the gateway adds to each turn, ms [1]")
  private double gatewayMillis;

  @Option(
      names = "--deadlines",
      paramLabel = "WHOSE",
      defaultValue = "gateway",
      description =
          "gateway: an engine's patience, first content within 2 min and a turn within 10 min;"
              + " none: all wait for ever [${DEFAULT-VALUE}]")
  private String deadlines = "gateway";

  @Option(
      names = "--fail",
      paramLabel = "FAILURE",
      split = ",",
      description =
          "an engine fails for a while: ENGINE@FROMs..TOs=KIND, like decode-1@10s..30s=hang; KIND:"
              + " refuse (dead), hang (stands still), error (500), busy (503); several: separated"
              + " by commas")
  private List<String> failures = List.of();

  @Option(names = "--seed", defaultValue = "1", description = "of arrivals and choices [1]")
  private long seed;

  @Option(names = "--turns-file", description = "write each turn, JSON lines")
  private @Nullable Path turnsFile;

  @Option(names = "--summary-file", description = "write the summary, JSON")
  private @Nullable Path summaryFile;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    EngineProfile engine = Profiles.find(profile);
    List<Session> traced = trace == null ? null : traced(trace);
    List<Summary.Report> reports = new ArrayList<>();
    try (TurnWriter writer = TurnWriter.to(turnsFile)) {
      for (String shape : clusters) {
        for (String word : modes) {
          reports.add(run(shape, word, engine, traced, writer));
        }
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(Summary.table(reports));
    out.flush();
    if (summaryFile != null) {
      JsonMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
      Files.writeString(summaryFile, json.writeValueAsString(reports) + "\n");
    }
    return 0;
  }

  private Summary.Report run(
      String shape,
      String word,
      EngineProfile engine,
      @Nullable List<Session> traced,
      TurnWriter writer) {
    ClusterSpec cluster =
        ClusterSpec.of(shape, engine, word)
            .with(HandoffCosts.of(connector), NetworkProfile.of(network))
            .withConnections(connections)
            .withGatewayNanos(Math.round(gatewayMillis * 1e6))
            .withRules(rules())
            .withFailures(failures.stream().map(EngineFailure::parse).toList());
    Iterator<Session> all = traced == null ? synthetic() : traced.iterator();
    Summary summary = new Summary();
    String name = shape + " " + word;
    try (ReplayProgress progress =
        new ReplayProgress(spec.commandLine().getErr(), name, turnCount(traced))) {
      Consumer<TurnResult> each =
          summary.andThen(result -> writer.write(name, result)).andThen(progress);
      return summary.report(name, new Replay(cluster, all, seed, each).run());
    }
  }

  private TurnRules rules() {
    return switch (deadlines) {
      case "gateway" -> TurnRules.DEFAULT;
      case "none" -> ClusterSpec.NO_DEADLINES;
      default ->
          throw new IllegalArgumentException(
              "deadlines: \"%s\" (expected: one of gateway, none)".formatted(deadlines));
    };
  }

  private List<Session> traced(Path file) throws IOException {
    if (!(stretch > 0)) {
      throw new IllegalArgumentException("stretch: %s (expected: above 0)".formatted(stretch));
    }
    List<Session> all =
        file.toString().equals("mooncake") ? TraceReader.mooncake() : TraceReader.read(file);
    return all.stream().map(session -> session.stretched(stretch)).toList();
  }

  private Iterator<Session> synthetic() {
    WorkloadSpec named =
        workload.equals("own")
            ? WorkloadSpec.conversation("own", input, output, turns)
            : WorkloadSpec.study(workload);
    WorkloadSpec asked =
        new WorkloadSpec(
            named.name(),
            named.inputTokens(),
            named.outputTokens(),
            turns,
            0,
            Math.round(thinkSeconds * 1e9),
            shared,
            answersHit ? Answers.HIT : Answers.MISS);
    return new SyntheticSessions(asked, qps, sessionCount(), new SplittableRandom(seed));
  }

  private int sessionCount() {
    return sessions == null ? Math.max(1, (int) Math.round(qps * 60)) : sessions;
  }

  private long turnCount(@Nullable List<Session> traced) {
    return traced == null
        ? (long) sessionCount() * turns
        : traced.stream().mapToLong(session -> session.turns().size()).sum();
  }
}
