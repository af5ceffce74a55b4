package io.turnpike.simulator.http;

import io.turnpike.simulator.log.EngineLog;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code simulator serve}: one engine as a process. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Runs one simulated vLLM engine (no GPU, no model files).",
    description = {
      "",
      "Answers /v1/chat/completions and /v1/completions like vLLM 0.32.0: same status codes,"
          + " headers,",
      "JSON, streams, metrics, prefix cache and KV handoffs, with made-up words.",
      ""
    },
    footer = {
      "",
      "A pair that hands KV over by NIXL, then both legs of a turn:",
      "  ./turnpike simulator serve --port 8100 --role prefill --model demo &",
      "  ./turnpike simulator serve --port 8200 --role decode  --model demo &",
      "  curl -s localhost:8100/v1/completions -H 'content-type: application/json' -d \\",
      "    '{\"prompt\":\"hello"
          + " there\",\"max_tokens\":1,\"kv_transfer_params\":{\"do_remote_decode\":true}}'",
      "  (send the kv_transfer_params of the answer with the same prompt to 8200)",
      "",
      "Break it:  curl -XPOST localhost:8200/sim/fault -d '{\"kind\":\"die\",\"after_chunks\":5}'",
      "           kinds: refuse hang status slow late die error-event abort silent truncate",
      "           return-params drop-kv engine-dead exit;",
      "           also: path, status, delay_ms, count (0: until DELETE /sim/fault)",
      "See it:    curl localhost:8200/sim/state;  curl localhost:8200/metrics"
    })
public final class ServeCommand implements Callable<Integer> {

  @Mixin private SimulatorOptions options = new SimulatorOptions();

  @Option(
      names = "--disable-uvicorn-access-log",
      description = "no line a request (probes and metrics never have one)")
  private boolean quiet;

  @Override
  public Integer call() throws Exception {
    EngineLog log =
        new EngineLog(System.out::println, InstantSource.system(), ZoneId.systemDefault());
    SimulatedEngine engine = SimulatedEngine.start(options, log, quiet ? EngineLog.NONE : log);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(engine), "shutdown"));
    System.out.println("listening on " + options.host() + ":" + engine.port());
    return engine.end().get();
  }

  /** As vLLM at SIGTERM; a process that waits for its clients is ended by SIGKILL only. */
  private static void end(SimulatedEngine engine) {
    engine.terminate();
    engine.end().join();
  }
}
