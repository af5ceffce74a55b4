package io.turnpike.launcher.plan;

import io.turnpike.node.Role;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All engines that are started, and what they have in common.
 *
 * @param kind simulated, real or none
 * @param speed the simulators' clock: 1 real time, 0 answer at once
 * @param vllm the command for real engines
 * @param flags extra flags of every engine, before its own
 * @param environment extra environment of every engine, its own entries win
 * @param kvTransfer additions to every {@code --kv-transfer-config}, its own entries win
 * @param engines the processes, prefill first
 */
public record EnginesPlan(
    EngineKind kind,
    double speed,
    String vllm,
    List<String> flags,
    Map<String, String> environment,
    Map<String, Object> kvTransfer,
    List<EnginePlan> engines) {

  /** vLLM's name of the connector that is taken where nothing is said. */
  public static final String NIXL = "NixlConnector";

  /** vLLM's name of the connector that pings the registry. */
  public static final String P2P_NCCL = "P2pNcclConnector";

  /** The key under which a {@code --kv-transfer-config} names its connector. */
  public static final String KV_CONNECTOR = "kv_connector";

  public EnginesPlan {
    flags = List.copyOf(flags);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    kvTransfer = Collections.unmodifiableMap(new LinkedHashMap<>(kvTransfer));
    engines = List.copyOf(engines);
  }

  /** vLLM's name of the connector by which an engine hands KV over, as the plan has it. */
  public String kvConnector(EnginePlan engine) {
    Object own = engine.kvTransfer().get(KV_CONNECTOR);
    Object named = own == null ? kvTransfer.get(KV_CONNECTOR) : own;
    return named == null ? NIXL : named.toString();
  }

  /** Whether an engine listens on a port of its own beside HTTP. */
  public boolean usesSidePort(EnginePlan engine) {
    boolean hands = engine.role() != Role.REPLICA;
    return hands && (kind == EngineKind.VLLM || kvConnector(engine).equals(P2P_NCCL));
  }

  /** Whether any engine does the work of that role. */
  public boolean doing(Role role) {
    return engines.stream().anyMatch(engine -> engine.role().does(role));
  }

  /** Engines of that role, in order. */
  public List<EnginePlan> of(Role role) {
    return engines.stream().filter(engine -> engine.role() == role).toList();
  }
}
