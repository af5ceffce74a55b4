package io.turnpike.bench.cli;

import io.turnpike.bench.cli.option.OutOptions;
import io.turnpike.bench.cli.option.SwitchOptions;
import io.turnpike.bench.cli.option.TargetOptions;
import io.turnpike.bench.engine.ServerFacts;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.prompt.Bodies;
import io.turnpike.bench.prompt.PromptLengths;
import io.turnpike.bench.report.BlockLog;
import io.turnpike.bench.report.Environment;
import io.turnpike.bench.run.ModeSwitch;
import io.turnpike.bench.study.Cell;
import io.turnpike.bench.study.Cells;
import io.turnpike.bench.study.LiveCells;
import io.turnpike.bench.study.LiveTarget;
import io.turnpike.bench.study.QpsStudy;
import io.turnpike.bench.study.StudyConfig;
import io.turnpike.bench.study.StudyFile;
import io.turnpike.bench.study.VirtualCells;
import io.turnpike.bench.study.VirtualCells.History;
import io.turnpike.bench.study.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The study: modes compared over workloads and rates. */
@Command(
    name = "qps",
    header = "Compare modes over workloads and rates: the study.",
    mixinStandardHelpOptions = true,
    description = {
      "Each cell (workload, rate, run) is measured in every mode with the same arrivals and the"
          + " same prompts. Each turn is an open loop with Poisson arrivals.",
      "Finished cells are kept in NAME.cells.jsonl, the result in NAME.json, and a block like that"
          + " of vllm bench serve for each turn of each cell in NAME.log."
    },
    footer = {
      "",
      "For example:",
      "  ./turnpike bench qps --workload W1 --qps 0.5,1,2 --duration 20 --modes pd,ppd",
      "  ./turnpike bench qps --workload all --qps 0.1,0.5,1,2,4,8,16 --modes pd,ppd,replication"
          + " \\",
      "      --virtual --connector p2p-nccl --runs 3 --client-pool 100 --out study"
    })
final class QpsCommand implements Callable<Integer> {

  private static final List<String> ENDINGS = List.of(".json", ".cells.jsonl", ".log");

  @Mixin private TargetOptions target = new TargetOptions();
  @Mixin private OutOptions files = new OutOptions();
  @Mixin private SwitchOptions gateways = new SwitchOptions();

  @Option(
      names = "--workload",
      defaultValue = "W1",
      description = "W1 to W4, all, or input/output tokens like 512/256; several with commas.")
  private String workload = "W1";

  @Option(
      names = "--qps",
      split = ",",
      paramLabel = "R",
      defaultValue = "0.5,1,2",
      description = "Turns a second. Default: ${DEFAULT-VALUE}.")
  private List<Double> qps = List.of();

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "Of arrivals, for each turn of a cell. Default: 60.")
  private double seconds = 60;

  @Option(names = "--runs", paramLabel = "N", defaultValue = "1", description = "Default: 1.")
  private int runs = 1;

  @Option(names = "--turns", paramLabel = "N", defaultValue = "2", description = "Default: 2.")
  private int turns = 2;

  @Option(
      names = "--modes",
      split = ",",
      paramLabel = "MODE",
      defaultValue = "pd,ppd",
      description = "Of pd, ppd, adaptive, replication. Default: pd,ppd.")
  private List<String> modes = List.of();

  @Option(names = "--virtual", description = "Measure simulated engines in virtual time.")
  private boolean virtual;

  @Option(
      names = "--history",
      paramLabel = "KIND",
      description =
          "With --virtual: ${COMPLETION-CANDIDATES}. A later turn's prompt is new to all caches, as"
              + " in the measured study, or begins with all that was said, as it does on servers."
              + " Default: fresh up to 2 turns, grows beyond.")
  private @Nullable History history;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "2",
      description = "Conversations in each mode before it, not counted. Default: 2.")
  private int warmUp = 2;

  @Option(
      names = "--profile",
      defaultValue = "h100-llama-3.1-8b",
      description = "Of simulated engines. Default: ${DEFAULT-VALUE}.")
  private String profile = "h100-llama-3.1-8b";

  @Option(
      names = "--connector",
      defaultValue = "nixl",
      description = "With --virtual: nixl or p2p-nccl. Default: ${DEFAULT-VALUE}.")
  private String connector = "nixl";

  @Option(
      names = "--network",
      defaultValue = "nvlink",
      description =
          "With --virtual, what KV moves over: nvlink, ndr, roce200, 100gbe, 25gbe, 10gbe."
              + " Default: ${DEFAULT-VALUE}.")
  private String network = "nvlink";

  @Option(
      names = "--goodput",
      paramLabel = "SLO",
      description = "For example ttft:500,tpot:50 (ms). Exit code 3 if a request misses it.")
  private @Nullable String slo;

  @Option(names = "--resume", description = "Go on where an interrupted run of this study ended.")
  private boolean resume;

  @Option(names = "--no-raw", description = "Leave the single requests out of NAME.json.")
  private boolean noRaw;

  @Option(
      names = "--out",
      paramLabel = "NAME",
      defaultValue = "bench-qps",
      description = "Of the files. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("bench-qps");

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (virtual) {
      VirtualCells.Model model =
          new VirtualCells.Model(
              profile, connector, network, target.clientPool(), historyOfCells());
      try (Cells cells = new VirtualCells(model, target.seed())) {
        return study(cells);
      }
    }
    Bodies bodies = target.bodies(true, "");
    PromptLengths lengths = target.lengths(bodies, Call.of(spec).terminal().err());
    LiveTarget server =
        target.live(bodies, lengths, gateways.replicationUrl(), ServerFacts.of(target.url()));
    try (ModeSwitch servers = gateways.servers(target.endpoint());
        Cells cells =
            new LiveCells(servers::to, bodies, lengths, target.seed(), server.conditions())) {
      return study(cells);
    }
  }

  private int study(Cells cells) throws IOException, InterruptedException {
    Goodput goodput = slo == null ? Goodput.ANY : Goodput.parse(slo);
    Call call = Call.of(spec);
    Path name = resume ? out : files.free(out, ENDINGS, call.terminal().err());
    QpsStudy study =
        new QpsStudy(
            cells,
            new StudyFile(name, config(cells), Environment.of(call.arguments())),
            new BlockLog(Path.of(name + ".log"), goodput),
            new QpsStudy.Settings(goodput, slo != null, warmUp, !noRaw, target.clientPool()),
            call.terminal());
    return study.run(cells(), resume).code();
  }

  private History historyOfCells() {
    return history != null ? history : turns > 2 ? History.GROWS : History.FRESH;
  }

  /** Modes of a cell follow each other, so that drift of the machine hits all alike. */
  private List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (Workload one : Workload.parse(workload)) {
      for (double rate : qps) {
        for (int run = 1; run <= runs; run++) {
          for (String mode : modes) {
            cells.add(new Cell(one, rate, mode, run, seconds, turns));
          }
        }
      }
    }
    return cells;
  }

  private StudyConfig config(Cells cells) {
    return new StudyConfig(
        Workload.parse(workload).stream()
            .map(one -> StudyConfig.Named.of(one, cells.conditions()))
            .toList(),
        qps,
        seconds,
        turns,
        virtual ? historyOfCells().name().toLowerCase(Locale.ROOT) : "grows",
        target.seed(),
        cells.conditions(),
        target.clientPool(),
        slo == null ? "" : slo,
        virtual ? 0 : warmUp);
  }
}
