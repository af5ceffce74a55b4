package io.turnpike.simulator.http;

import io.turnpike.simulator.connector.NixlConnector.LoadFailurePolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How one simulated engine is set up. Immutable; start from {@link #DEFAULT} and change what
 * differs.
 *
 * @param host address to bind
 * @param port 0 for any free one
 * @param role prefill, decode or replica
 * @param model the served model's name
 * @param speed engine time per wall time; 0 answers at once
 * @param connector how KV moves
 * @param engineId the connector's id of this engine, empty for a random one at each start
 * @param kvPort port of the side channel, 0 for any free one
 * @param registry ZMQ address to ping, null for none
 * @param profile a built-in engine profile or a YAML file
 * @param maxModelLen most tokens of prompt and answer together
 * @param kvTokens tokens that fit into KV memory, 0 for the profile's
 * @param policy what a failed KV read does
 * @param lease how long P keeps unread KV, in wall time
 * @param apiKey demanded of clients, null for none
 * @param sharedStorage folder of the shared-storage connector, null for one inside this process
 */
public record SimulatorOptions(
    String host,
    int port,
    EngineRole role,
    String model,
    double speed,
    ConnectorKind connector,
    String engineId,
    int kvPort,
    @Nullable String registry,
    String profile,
    int maxModelLen,
    long kvTokens,
    LoadFailurePolicy policy,
    Duration lease,
    @Nullable String apiKey,
    @Nullable Path sharedStorage) {

  /** A replica on any port of loopback that answers at once. */
  public static final SimulatorOptions DEFAULT =
      new SimulatorOptions(
          "127.0.0.1",
          0,
          EngineRole.REPLICA,
          "simulated",
          0,
          ConnectorKind.NIXL,
          "",
          0,
          null,
          "h100-llama-3.1-8b",
          32_768,
          0,
          LoadFailurePolicy.FAIL,
          Duration.ofSeconds(30),
          null,
          null);

  public SimulatorOptions {
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
    if (registry != null && role == EngineRole.REPLICA) {
      throw new IllegalArgumentException(
          "registry: replicas do not ping (expected: role prefill or decode)");
    }
  }

  /** What an engine is there for. */
  public enum EngineRole {
    PREFILL,
    DECODE,
    REPLICA
  }

  /** The connectors that are simulated. */
  public enum ConnectorKind {
    NIXL,
    P2P_NCCL,
    SHARED_STORAGE,
    NONE;

    /** The name on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public SimulatorOptions withPort(int value) {
    return new SimulatorOptions(
        host,
        value,
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
        sharedStorage);
  }

  public SimulatorOptions withRole(EngineRole value) {
    return new SimulatorOptions(
        host,
        port,
        value,
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
        sharedStorage);
  }

  public SimulatorOptions withModel(String value) {
    return new SimulatorOptions(
        host,
        port,
        role,
        value,
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
        sharedStorage);
  }

  public SimulatorOptions withSpeed(double value) {
    return new SimulatorOptions(
        host,
        port,
        role,
        model,
        value,
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
        sharedStorage);
  }

  public SimulatorOptions withConnector(ConnectorKind value) {
    return new SimulatorOptions(
        host,
        port,
        role,
        model,
        speed,
        value,
        engineId,
        kvPort,
        registry,
        profile,
        maxModelLen,
        kvTokens,
        policy,
        lease,
        apiKey,
        sharedStorage);
  }

  public SimulatorOptions withEngineId(String value) {
    return new SimulatorOptions(
        host,
        port,
        role,
        model,
        speed,
        connector,
        value,
        kvPort,
        registry,
        profile,
        maxModelLen,
        kvTokens,
        policy,
        lease,
        apiKey,
        sharedStorage);
  }

  public SimulatorOptions withKvPort(int value) {
    return new SimulatorOptions(
        host,
        port,
        role,
        model,
        speed,
        connector,
        engineId,
        value,
        registry,
        profile,
        maxModelLen,
        kvTokens,
        policy,
        lease,
        apiKey,
        sharedStorage);
  }

  public SimulatorOptions withRegistry(String value) {
    return new SimulatorOptions(
        host,
        port,
        role,
        model,
        speed,
        connector,
        engineId,
        kvPort,
        value,
        profile,
        maxModelLen,
        kvTokens,
        policy,
        lease,
        apiKey,
        sharedStorage);
  }

  public SimulatorOptions withMaxModelLen(int value) {
    return new SimulatorOptions(
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
        value,
        kvTokens,
        policy,
        lease,
        apiKey,
        sharedStorage);
  }

  public SimulatorOptions withKvTokens(long value) {
    return new SimulatorOptions(
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
        value,
        policy,
        lease,
        apiKey,
        sharedStorage);
  }

  public SimulatorOptions withPolicy(LoadFailurePolicy value) {
    return new SimulatorOptions(
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
        value,
        lease,
        apiKey,
        sharedStorage);
  }

  public SimulatorOptions withLease(Duration value) {
    return new SimulatorOptions(
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
        value,
        apiKey,
        sharedStorage);
  }

  public SimulatorOptions withApiKey(String value) {
    return new SimulatorOptions(
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
        value,
        sharedStorage);
  }

  public SimulatorOptions withSharedStorage(Path value) {
    return new SimulatorOptions(
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
        value);
  }
}
