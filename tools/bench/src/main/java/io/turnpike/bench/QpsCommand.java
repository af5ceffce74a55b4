package io.turnpike.bench;

import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.report.BlockLog;
import io.turnpike.bench.report.Environment;
import io.turnpike.bench.study.Cell;
import io.turnpike.bench.study.Cells;
import io.turnpike.bench.study.LiveCells;
import io.turnpike.bench.study.StudyFile;
import io.turnpike.bench.study.VirtualCells;
import io.turnpike.bench.study.VirtualCells.History;
import io.turnpike.bench.study.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
      "      --virtual --runs 3 --client-pool 100 --out study"
    })
final class QpsCommand implements Callable<Integer> {

  @Mixin private TargetOptions target = new TargetOptions();
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
      try (Cells cells =
          new VirtualCells(profile, target.clientPool, target.seed, historyOfCells())) {
        return study(cells);
      }
    }
    try (ModeSwitch servers = gateways.servers(target.endpoint());
        Cells cells =
            new LiveCells(
                servers,
                target.bodies(true, ""),
                target.charactersPerToken,
                target.seed,
                "server at " + target.url)) {
      return study(cells);
    }
  }

  private int study(Cells cells) throws IOException, InterruptedException {
    Goodput goodput = slo == null ? Goodput.ANY : Goodput.parse(slo);
    QpsStudy study =
        new QpsStudy(
            cells,
            new StudyFile(out, config(cells), Environment.of(Terminal.arguments(spec))),
            new BlockLog(Path.of(out + ".log"), goodput),
            new QpsStudy.Settings(goodput, slo != null, warmUp, !noRaw, target.clientPool),
            Terminal.out(spec),
            Terminal.err(spec));
    return study.run(cells(), resume);
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

  private Map<String, Object> config(Cells cells) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("workloads", Workload.parse(workload).stream().map(QpsCommand::json).toList());
    config.put("qps_sweep", qps);
    config.put("duration_s", seconds);
    config.put("turns", turns);
    config.put("history", virtual ? historyOfCells().name().toLowerCase(Locale.ROOT) : "grows");
    config.put("seed", target.seed);
    config.put("what", cells.what());
    config.put("client_pool", target.clientPool);
    config.put("goodput", slo == null ? "" : slo);
    config.put("warm_up", virtual ? 0 : warmUp);
    return config;
  }

  private static Map<String, Object> json(Workload w) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", w.name());
    json.put("description", w.description());
    json.put("input_tokens", w.inputTokens());
    json.put("output_tokens", w.outputTokens());
    json.put("expected_winner", w.expectedWinner());
    return json;
  }
}
