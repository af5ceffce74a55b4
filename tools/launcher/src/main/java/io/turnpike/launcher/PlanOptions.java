package io.turnpike.launcher;

import io.turnpike.launcher.plan.EngineKind;
import io.turnpike.launcher.plan.Plan;
import io.turnpike.launcher.plan.PlanDraft;
import io.turnpike.launcher.plan.PlanException;
import io.turnpike.node.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The flags that shape a plan; each overrides {@code turnpike.yaml}, which overrides defaults. */
final class PlanOptions {

  @Option(
      names = {"-f", "--file"},
      paramLabel = "YAML",
      description = "The plan. Default: turnpike.yaml in the project, if it is there.")
  private @Nullable Path file;

  @Option(
      names = "--engines",
      paramLabel = "KIND",
      description = "simulator, vllm or none. Default: simulator.")
  private @Nullable String engines;

  @Option(
      names = "--prefill",
      paramLabel = "N",
      description = "Prefill engines, ports 8100+. Default: 1.")
  private @Nullable Integer prefill;

  @Option(
      names = "--decode",
      paramLabel = "N",
      description = "Decode engines, ports 8200+. Default: 2.")
  private @Nullable Integer decode;

  @Option(
      names = "--replicas",
      paramLabel = "N",
      description = "Replica engines, ports 8300+. Default: 2.")
  private @Nullable Integer replicas;

  @Option(
      names = "--any",
      paramLabel = "N",
      description =
          "Engines of role any, ports 8400+: each may prefill, decode or do all of it. With them,"
              + " none of the others unless they are asked for. Default: 0.")
  private @Nullable Integer any;

  @Option(
      names = "--registries",
      paramLabel = "N",
      description = "Registries that know of each other. Default: 1.")
  private @Nullable Integer registries;

  @Option(
      names = "--proxies",
      paramLabel = "N",
      description = "Proxies, ports 10001, 10004, 10005, … Default: 1.")
  private @Nullable Integer proxies;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description = "The proxies' mode: pd, ppd or adaptive. Default: ppd.")
  private @Nullable String mode;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "What engines serve; needed with --engines vllm.")
  private @Nullable String model;

  @Option(
      names = "--redis",
      paramLabel = "URL",
      description =
          "embedded, none, or redis://host:port of your own. Default: embedded, on port 16379.")
  private @Nullable String redis;

  @Option(
      names = "--speed",
      paramLabel = "S",
      description =
          "The simulators' clock: 1 is real time, 2 twice as fast, 0 answers at once. Default: 1.")
  private @Nullable Double speed;

  @Option(
      names = "--vllm",
      paramLabel = "FILE",
      description = "The vllm program. Default: vllm from PATH.")
  private @Nullable String vllm;

  @Option(
      names = "--gpus",
      paramLabel = "N|none",
      description =
          "GPUs for each vllm engine, handed out in order through CUDA_VISIBLE_DEVICES;"
              + " none leaves that alone. Default: 1.")
  private @Nullable String gpus;

  @Parameters(
      paramLabel = "ENGINE-FLAGS",
      arity = "0..*",
      description = "After --: flags for every engine, as they stand.")
  private List<String> engineFlags = new ArrayList<>();

  /** Defaults, then the file, then the flags. */
  Plan plan() {
    PlanDraft draft = new PlanDraft();
    Path standard = StateOption.root().resolve("turnpike.yaml");
    if (file != null) {
      draft.read(file);
    } else if (Files.exists(standard)) {
      draft.read(standard);
    }
    applyEngines(draft);
    applyGateway(draft);
    return draft.resolve();
  }

  private void applyEngines(PlanDraft draft) {
    if (engines != null) {
      draft.kind(kind(engines));
    }
    if (prefill != null) {
      draft.engines(Role.PREFILL, prefill);
    }
    if (decode != null) {
      draft.engines(Role.DECODE, decode);
    }
    if (replicas != null) {
      draft.engines(Role.REPLICA, replicas);
    }
    if (any != null) {
      draft.engines(Role.ANY, any);
    }
    if (model != null) {
      draft.model(model);
    }
    if (speed != null) {
      draft.speed(speed);
    }
    if (vllm != null) {
      draft.vllm(vllm);
    }
    if (gpus != null) {
      draft.gpusEach(gpuCount(gpus));
    }
    draft.addFlags(engineFlags);
  }

  private void applyGateway(PlanDraft draft) {
    if (registries != null) {
      draft.registries(registries);
    }
    if (proxies != null) {
      draft.proxies(proxies);
    }
    if (mode != null) {
      draft.mode(mode);
    }
    if (redis != null) {
      draft.redis(redis);
    }
  }

  private static EngineKind kind(String word) {
    try {
      return EngineKind.valueOf(word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new PlanException("--engines: '" + word + "' (expected: simulator, vllm or none)");
    }
  }

  private static int gpuCount(String text) {
    if (text.equals("none")) {
      return 0;
    }
    try {
      int count = Integer.parseInt(text);
      if (count >= 0 && count <= 64) {
        return count;
      }
    } catch (NumberFormatException e) {
      // Said below, together with numbers out of range.
    }
    throw new PlanException("--gpus: '" + text + "' (expected: none, or a number up to 64)");
  }
}
