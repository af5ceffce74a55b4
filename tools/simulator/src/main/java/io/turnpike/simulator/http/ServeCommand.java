package io.turnpike.simulator.http;

import io.turnpike.simulator.connector.NixlConnector.LoadFailurePolicy;
import io.turnpike.simulator.http.SimulatorOptions.ConnectorKind;
import io.turnpike.simulator.http.SimulatorOptions.EngineRole;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code simulator serve}: one engine as a process. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpWidth = 110,
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
      "  simulator serve --port 8100 --role prefill --model demo &",
      "  simulator serve --port 8200 --role decode  --model demo &",
      "  curl -s localhost:8100/v1/completions -H 'content-type: application/json' -d \\",
      "    '{\"prompt\":\"hello"
          + " there\",\"max_tokens\":1,\"kv_transfer_params\":{\"do_remote_decode\":true}}'",
      "  (send the kv_transfer_params of the answer with the same prompt to 8200)",
      "",
      "Break it:  curl -XPOST localhost:8200/sim/fault -d '{\"kind\":\"die\",\"after_chunks\":5}'",
      "           kinds: refuse hang status slow die error-event drop-kv engine-dead exit;",
      "           also: path, status, delay_ms, count (0: until DELETE /sim/fault)",
      "See it:    curl localhost:8200/sim/state;  curl localhost:8200/metrics"
    })
public final class ServeCommand implements Callable<Integer> {

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      description = "address to bind [${DEFAULT-VALUE}]")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      defaultValue = "8000",
      description = "0 takes a free one and prints it [${DEFAULT-VALUE}]")
  private int port;

  @Option(
      names = "--role",
      defaultValue = "replica",
      description = "prefill, decode or replica [${DEFAULT-VALUE}]")
  private EngineRole role = EngineRole.REPLICA;

  @Option(
      names = "--model",
      defaultValue = "simulated",
      description = "name of the served model [${DEFAULT-VALUE}]")
  private String model = "simulated";

  @Option(
      names = "--speed",
      defaultValue = "1",
      description = "engine time per wall time; 0 answers at once [${DEFAULT-VALUE}]")
  private double speed;

  @Option(
      names = "--connector",
      defaultValue = "nixl",
      description = "nixl, p2p-nccl, shared-storage or none [${DEFAULT-VALUE}]")
  private ConnectorKind connector = ConnectorKind.NIXL;

  @Option(
      names = "--engine-id",
      defaultValue = "",
      description = "the connector's id of this engine [random]")
  private String engineId = "";

  @Option(
      names = "--kv-port",
      defaultValue = "0",
      description = "side channel between engines [a free one]")
  private int kvPort;

  @Option(
      names = "--registry",
      description =
          "ping this ZMQ address every 3 s, as P2pNccl does; for example tcp://127.0.0.1:30001")
  private @Nullable String registry;

  @Option(
      names = "--profile",
      defaultValue = "h100-llama-3.1-8b",
      description = "hardware and model to imitate, a name or a YAML file [${DEFAULT-VALUE}]")
  private String profile = "h100-llama-3.1-8b";

  @Option(
      names = "--max-model-len",
      defaultValue = "32768",
      description = "most tokens of prompt and answer [${DEFAULT-VALUE}]")
  private int maxModelLen;

  @Option(
      names = "--kv-tokens",
      defaultValue = "0",
      description = "tokens that fit into KV memory [the profile's]")
  private long kvTokens;

  @Option(
      names = "--kv-load-failure-policy",
      defaultValue = "fail",
      description = "what a failed read of KV does: fail or recompute [${DEFAULT-VALUE}]")
  private LoadFailurePolicy policy = LoadFailurePolicy.FAIL;

  @Option(
      names = "--lease",
      defaultValue = "30s",
      converter = Durations.class,
      description = "how long unread KV is kept, such as 500ms or 30s [${DEFAULT-VALUE}]")
  private Duration lease = Duration.ofSeconds(30);

  @Option(names = "--api-key", description = "demanded of clients as a bearer token [none]")
  private @Nullable String apiKey;

  @Option(names = "--shared-storage", description = "folder of the shared-storage connector")
  private @Nullable Path sharedStorage;

  @Override
  public Integer call() throws Exception {
    SimulatedEngine engine =
        SimulatedEngine.start(
            new SimulatorOptions(
                host,
                port,
                role,
                model,
                speed,
                connector,
                engineId,
                kvPort,
                registry,
                profile,
                maxModelLen,
                kvTokens,
                policy,
                lease,
                apiKey,
                sharedStorage));
    Runtime.getRuntime().addShutdownHook(new Thread(engine::close, "shutdown"));
    System.out.println("listening on " + host + ":" + engine.port());
    return engine.end().get();
  }

  /** Reads {@code 500ms}, {@code 30s}, {@code 2m}. */
  static final class Durations implements ITypeConverter<Duration> {

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m)");

    @Override
    public Duration convert(String value) {
      Matcher matcher = FORM.matcher(value);
      if (!matcher.matches()) {
        throw new TypeConversionException(value + " (expected: for example 500ms, 30s or 2m)");
      }
      long number = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2)) {
        case "ms" -> Duration.ofMillis(number);
        case "s" -> Duration.ofSeconds(number);
        default -> Duration.ofMinutes(number);
      };
    }
  }
}
