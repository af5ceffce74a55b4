package io.turnpike.launcher.stack;

import io.turnpike.connector.Connectors;
import io.turnpike.launcher.plan.EnginePlan;
import io.turnpike.launcher.plan.EnginesPlan;
import io.turnpike.launcher.plan.Plan;
import io.turnpike.node.Connector;
import io.turnpike.node.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * How prefill and decode engines are told to hand KV over: what {@code kv-transfer} in the plan
 * says, and what each connector needs besides. NIXL gets a side channel port of its own and an
 * engine id that is new at every start (an engine that comes back under an old id breaks its pairs
 * for good); P2pNccl gets a port for its own socket, and the registry's address for its pings.
 */
final class KvTransfer {

  private static final String HOST = "127.0.0.1";
  private static final String EXTRA = "kv_connector_extra_config";

  private KvTransfer() {}

  /**
   * How this engine hands KV over, as the registry is told.
   *
   * @throws StackException naming the vLLM connectors that are spoken here
   */
  static Connector connector(EnginesPlan engines, EnginePlan engine) {
    if (engine.role() == Role.REPLICA) {
      return Connectors.NONE;
    }
    return spoken(engines, engine)
        .orElseThrow(
            () ->
                new StackException(
                    "kv_connector: \"%s\" of %s is not spoken here (expected: one of %s)"
                        .formatted(
                            engines.kvConnector(engine),
                            engine.name(),
                            String.join(", ", KvConnectors.spokenNames()))));
  }

  /** Empty for replicas, connectors that hand nothing over, and those that nobody knows. */
  private static Optional<Connector> spoken(EnginesPlan engines, EnginePlan engine) {
    Map<String, Object> said = new LinkedHashMap<>(engines.kvTransfer());
    said.putAll(engine.kvTransfer());
    said.putIfAbsent("kv_connector", EnginesPlan.NIXL);
    return engine.role() == Role.REPLICA ? Optional.empty() : KvConnectors.spoken(said);
  }

  /** The whole {@code --kv-transfer-config} of a prefill or decode engine. */
  static Map<String, Object> config(Plan plan, EnginePlan engine) {
    EnginesPlan engines = plan.engines();
    boolean p2p = engines.kvConnector(engine).equals(EnginesPlan.P2P_NCCL);
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("kv_connector", EnginesPlan.NIXL);
    config.put("kv_role", engine.role() == Role.PREFILL ? "kv_producer" : "kv_consumer");
    config.put("engine_id", engine.name() + "-" + UUID.randomUUID());
    if (p2p) {
      config.put("kv_port", engine.sidePort());
    }
    config.putAll(engines.kvTransfer());
    config.putAll(engine.kvTransfer());
    Map<String, Object> extra = extra(engines, engine);
    if (p2p) {
      pingDefaults(plan, engine).forEach(extra::putIfAbsent);
    }
    if (!extra.isEmpty()) {
      config.put(EXTRA, extra);
    }
    return config;
  }

  /** What is said of all engines, then what is said of this one. */
  private static Map<String, Object> extra(EnginesPlan engines, EnginePlan engine) {
    Map<String, Object> extra = new LinkedHashMap<>();
    for (Map<String, Object> said : List.of(engines.kvTransfer(), engine.kvTransfer())) {
      if (said.get(EXTRA) instanceof Map<?, ?> map) {
        map.forEach((key, value) -> extra.put(String.valueOf(key), value));
      }
    }
    return extra;
  }

  /** vLLM concatenates the first two, so that they must be strings (vLLM 0.11 to 0.23). */
  private static Map<String, Object> pingDefaults(Plan plan, EnginePlan engine) {
    Map<String, Object> extra = new LinkedHashMap<>();
    extra.put("proxy_ip", HOST);
    extra.put("proxy_port", Integer.toString(plan.registry().zmqPort()));
    extra.put("http_port", Integer.toString(engine.port()));
    extra.put("send_type", "PUT_ASYNC");
    return extra;
  }

  /**
   * Environment that the engine's connector needs. P2pNccl announces the address of {@code
   * VLLM_HOST_IP}, and from vLLM 0.14 on P and D agree on ids only without their random suffix; its
   * own communicators are made without NCCL's cuMem allocator, and so must be all else.
   */
  static Map<String, String> environment(Plan plan, EnginePlan engine) {
    Connector connector = spoken(plan.engines(), engine).orElse(Connectors.NONE);
    Map<String, String> environment = new LinkedHashMap<>();
    if (connector.equals(Connectors.P2P_NCCL)) {
      environment.put("VLLM_HOST_IP", HOST);
      environment.put("VLLM_DISABLE_REQUEST_ID_RANDOMIZATION", "1");
      environment.put("NCCL_CUMEM_ENABLE", "0");
    } else if (connector.equals(Connectors.NIXL)) {
      environment.put("VLLM_NIXL_SIDE_CHANNEL_HOST", HOST);
      environment.put("VLLM_NIXL_SIDE_CHANNEL_PORT", Integer.toString(engine.sidePort()));
    }
    return environment;
  }

  /** The same for a simulated engine, as flags. */
  static List<String> simulatorFlags(Plan plan, EnginePlan engine) {
    if (engine.role() == Role.REPLICA) {
      return List.of();
    }
    EnginesPlan engines = plan.engines();
    Connector connector = spoken(engines, engine).orElse(Connectors.NONE);
    List<String> flags = new ArrayList<>(List.of("--connector", connector.word()));
    if (engines.usesSidePort(engine)) {
      flags.addAll(List.of("--kv-port", Integer.toString(engine.sidePort())));
      flags.addAll(List.of("--registry", "tcp://" + HOST + ":" + plan.registry().zmqPort()));
    }
    Object folder = extra(engines, engine).get("shared_storage_path");
    if (connector.equals(Connectors.SHARED_STORAGE) && folder != null) {
      flags.addAll(List.of("--shared-storage", folder.toString()));
    }
    return flags;
  }
}
