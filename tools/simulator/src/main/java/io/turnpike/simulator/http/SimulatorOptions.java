package io.turnpike.simulator.http;

import io.turnpike.connector.Connectors;
import io.turnpike.node.Connector;
import io.turnpike.node.Role;
import io.turnpike.simulator.connector.NixlConnector.LoadFailurePolicy;
import io.turnpike.simulator.generation.Endings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * How one simulated engine is set up: the options of {@code simulator serve}. Programs start from
 * {@link #DEFAULT} and change what differs; each change gives a copy.
 */
public final class SimulatorOptions {

  /** A replica on any port of loopback that answers at once. */
  public static final SimulatorOptions DEFAULT = new SimulatorOptions();

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
      description = "prefill, decode, replica or any [${DEFAULT-VALUE}]")
  private Role role = Role.REPLICA;

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
      converter = ConnectorName.class,
      description = "nixl, p2p-nccl, shared-storage or none [${DEFAULT-VALUE}]")
  private Connector connector = Connectors.NIXL;

  @Option(
      names = "--patched-p2p",
      description = "p2p-nccl decode engines serve a prompt alone, as those with the patch do")
  private boolean patchedP2p;

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
  private int maxModelLen = 32_768;

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

  @Option(
      names = "--shutdown-timeout",
      defaultValue = "0",
      description = "seconds that answers under way may take after SIGTERM [${DEFAULT-VALUE}]")
  private int shutdownTimeoutSeconds;

  @Option(
      names = "--on-terminate",
      defaultValue = "error",
      description =
          "how answers end at SIGTERM without a timeout: error, abort, silent, or drawn, as"
              + " vLLM's do [${DEFAULT-VALUE}]")
  private Endings.Kind onTerminate = Endings.Kind.ERROR;

  @Option(
      names = "--terminate-seed",
      defaultValue = "1",
      description = "for --on-terminate drawn: the same seed draws the same [${DEFAULT-VALUE}]")
  private long terminateSeed = 1;

  @Option(names = "--api-key", description = "demanded of clients as a bearer token [none]")
  private @Nullable String apiKey;

  @Option(names = "--shared-storage", description = "folder of the shared-storage connector")
  private @Nullable Path sharedStorage;

  /** As {@link #DEFAULT}, to be filled in by a command line. */
  SimulatorOptions() {}

  private SimulatorOptions(SimulatorOptions from) {
    host = from.host;
    port = from.port;
    role = from.role;
    model = from.model;
    speed = from.speed;
    connector = from.connector;
    patchedP2p = from.patchedP2p;
    engineId = from.engineId;
    kvPort = from.kvPort;
    registry = from.registry;
    profile = from.profile;
    maxModelLen = from.maxModelLen;
    kvTokens = from.kvTokens;
    policy = from.policy;
    lease = from.lease;
    shutdownTimeoutSeconds = from.shutdownTimeoutSeconds;
    onTerminate = from.onTerminate;
    terminateSeed = from.terminateSeed;
    apiKey = from.apiKey;
    sharedStorage = from.sharedStorage;
  }

  private SimulatorOptions with(Consumer<SimulatorOptions> change) {
    SimulatorOptions copy = new SimulatorOptions(this);
    change.accept(copy);
    return copy;
  }

  /**
   * Looks whether an engine can be made of them.
   *
   * @throws IllegalArgumentException naming the option, its value and what was expected
   */
  void check() {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
    }
    if (!(speed >= 0)) {
      throw new IllegalArgumentException("speed: " + speed + " (expected: 0 or more)");
    }
    if (maxModelLen < 16) {
      throw new IllegalArgumentException(
          "max-model-len: " + maxModelLen + " (expected: 16 or more)");
    }
    if (shutdownTimeoutSeconds < 0) {
      throw new IllegalArgumentException(
          "shutdown-timeout: " + shutdownTimeoutSeconds + " (expected: 0 or more)");
    }
    if (registry != null && role == Role.REPLICA) {
      throw new IllegalArgumentException(
          "registry: replicas do not ping (expected: role prefill or decode)");
    }
  }

  public String host() {
    return host;
  }

  public int port() {
    return port;
  }

  public Role role() {
    return role;
  }

  public String model() {
    return model;
  }

  public double speed() {
    return speed;
  }

  public Connector connector() {
    return connector;
  }

  public boolean patchedP2p() {
    return patchedP2p;
  }

  public String engineId() {
    return engineId;
  }

  public int kvPort() {
    return kvPort;
  }

  public @Nullable String registry() {
    return registry;
  }

  public String profile() {
    return profile;
  }

  public int maxModelLen() {
    return maxModelLen;
  }

  public long kvTokens() {
    return kvTokens;
  }

  public LoadFailurePolicy policy() {
    return policy;
  }

  public Duration lease() {
    return lease;
  }

  public Duration shutdownTimeout() {
    return Duration.ofSeconds(shutdownTimeoutSeconds);
  }

  public Endings.Kind onTerminate() {
    return onTerminate;
  }

  public long terminateSeed() {
    return terminateSeed;
  }

  public @Nullable String apiKey() {
    return apiKey;
  }

  public @Nullable Path sharedStorage() {
    return sharedStorage;
  }

  public SimulatorOptions withRole(Role value) {
    return with(copy -> copy.role = value);
  }

  public SimulatorOptions withModel(String value) {
    return with(copy -> copy.model = value);
  }

  public SimulatorOptions withSpeed(double value) {
    return with(copy -> copy.speed = value);
  }

  public SimulatorOptions withConnector(Connector value) {
    return with(copy -> copy.connector = value);
  }

  public SimulatorOptions withPatchedP2p() {
    return with(copy -> copy.patchedP2p = true);
  }

  public SimulatorOptions withEngineId(String value) {
    return with(copy -> copy.engineId = value);
  }

  public SimulatorOptions withKvPort(int value) {
    return with(copy -> copy.kvPort = value);
  }

  public SimulatorOptions withRegistry(String value) {
    return with(copy -> copy.registry = value);
  }

  public SimulatorOptions withMaxModelLen(int value) {
    return with(copy -> copy.maxModelLen = value);
  }

  public SimulatorOptions withKvTokens(long value) {
    return with(copy -> copy.kvTokens = value);
  }

  public SimulatorOptions withPolicy(LoadFailurePolicy value) {
    return with(copy -> copy.policy = value);
  }

  public SimulatorOptions withLease(Duration value) {
    return with(copy -> copy.lease = value);
  }

  public SimulatorOptions withShutdownTimeoutSeconds(int value) {
    return with(copy -> copy.shutdownTimeoutSeconds = value);
  }

  public SimulatorOptions withOnTerminate(Endings.Kind value) {
    return with(copy -> copy.onTerminate = value);
  }

  public SimulatorOptions withApiKey(String value) {
    return with(copy -> copy.apiKey = value);
  }

  public SimulatorOptions withSharedStorage(Path value) {
    return with(copy -> copy.sharedStorage = value);
  }
}
