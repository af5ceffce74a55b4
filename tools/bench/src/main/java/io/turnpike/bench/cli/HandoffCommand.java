package io.turnpike.bench.cli;

import io.turnpike.bench.cli.option.Checks;
import io.turnpike.bench.cli.option.KvBytes;
import io.turnpike.bench.cli.option.OutOptions;
import io.turnpike.bench.cli.option.TargetOptions;
import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.handoff.HandoffConfig;
import io.turnpike.bench.handoff.HandoffProbe;
import io.turnpike.bench.handoff.HandoffRun;
import io.turnpike.bench.prompt.Bodies;
import io.turnpike.bench.prompt.Prompts;
import io.turnpike.bench.run.ModeSwitch;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What moving KV caches costs. */
@Command(
    name = "handoff",
    header = "Measure what handing KV from P to D costs, by prompt length.",
    mixinStandardHelpOptions = true,
    description = {
      "Sends fresh prompts of growing length both ways: P computes and D takes over, or D computes"
          + " alone. The ways take turns, one request at a time; medians are compared. What the"
          + " handoff takes longer, and how that grows, gives the implied cost and rate.",
      "With Turnpike both ways go through the proxy in mode ppd: fresh words behind an opening that"
          + " D holds go to D alone, behind one that nobody has seen P→D. Its receipts separate P,"
          + " D and the gateway. The mode is put back at the end.",
      "With another gateway, name a decode engine with --direct-url; the gateway's own time is"
          + " then part of the extra time.",
      "Writes NAME.json and NAME.csv (every request)."
    },
    footer = {
      "",
      "For example, with a stack started by ./turnpike up:",
      "  ./turnpike bench handoff",
      "  ./turnpike bench handoff --prompt-tokens 1024,4096,16384 --repeats 15",
      "  ./turnpike bench handoff --url http://router:8000 --direct-url http://decode:8200"
    })
final class HandoffCommand implements Callable<Integer> {

  @Mixin private TargetOptions target = new TargetOptions();
  @Mixin private OutOptions files = new OutOptions();
  @Mixin private KvBytes kv = new KvBytes();

  @Option(
      names = "--prompt-tokens",
      split = ",",
      paramLabel = "N",
      defaultValue = "256,512,1024,2048,4096,8192,16384",
      description = "The ladder. Default: ${DEFAULT-VALUE}.")
  private List<Integer> promptTokens = List.of();

  @Option(
      names = "--repeats",
      paramLabel = "N",
      defaultValue = "7",
      description = "Of each length, both ways. Default: ${DEFAULT-VALUE}.")
  private int repeats = 7;

  @Option(
      names = "--direct-url",
      paramLabel = "URL",
      description = "A decode engine to ask directly. Default: through the proxy.")
  private @Nullable URI directUrl;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "2",
      description = "Repeats of the shortest prompt before it, not counted. Default: 2.")
  private int warmUp = 2;

  @Option(
      names = "--out",
      paramLabel = "NAME",
      defaultValue = "bench-handoff",
      description = "Of the files. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("bench-handoff");

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    promptTokens.forEach(tokens -> Checks.atLeastOne("prompt-tokens", tokens));
    Checks.atLeastOne("repeats", repeats);
    Checks.atLeast("warm-up", warmUp, 0);
    List<Integer> ladder = promptTokens.stream().distinct().sorted().toList();
    Call call = Call.of(spec);
    Bodies bodies = target.bodies(true, "");
    Path name = files.free(out, List.of(".json", ".csv"), call.terminal().err());
    URI alone = directUrl == null ? target.url() : directUrl;
    boolean switched = directUrl == null;
    try (ModeSwitch servers = new ModeSwitch(target.endpoint(), target.url(), switched);
        Endpoint direct = new Endpoint(target.endpoint().withUrl(alone))) {
      HandoffProbe probe =
          new HandoffProbe(
              servers.to("ppd"),
              direct,
              bodies,
              new Prompts(seed(), target.lengths(bodies, call.terminal().err())),
              switched);
      HandoffRun run =
          new HandoffRun(
              probe,
              new HandoffRun.Plan(ladder, repeats, warmUp, kv.size(), config(ladder)),
              servers::putBack,
              call.terminal());
      return run.run(name, target.environment(call.arguments())).code();
    }
  }

  /** Prompts must be new to all caches; without cache_salt only other words are. */
  private long seed() {
    return target.isPlain() ? target.seed() + System.nanoTime() : target.seed();
  }

  private HandoffConfig config(List<Integer> ladder) {
    return new HandoffConfig(
        target.url().toString(),
        directUrl == null ? "through the proxy" : directUrl.toString(),
        ladder,
        repeats,
        kv.size().bytesPerToken());
  }
}
