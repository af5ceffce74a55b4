package io.turnpike.launcher.engine;

import io.turnpike.connector.Connectors;
import io.turnpike.launcher.plan.EnginesPlan;
import io.turnpike.node.Connector;
import io.turnpike.node.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How engines are told to hand KV over: what {@code kv-transfer} in the plan says, and what each
 * connector needs besides. NIXL gets a side channel port of its own and an engine id that is new at
 * every start (an engine that comes back under an old id breaks its pairs for good); P2pNccl gets a
 * port for its own socket, and the registry's address for its pings.
 */
final class KvTransfer {

  /** The connector's own settings in a {@code --kv-transfer-config}. */
  static final String EXTRA = "kv_connector_extra_config";

  private KvTransfer() {}

  /** The whole {@code --kv-transfer-config} of an engine that is no replica. */
  static Map<String, Object> config(Engine engine, EnginePlace place) {
    boolean p2p = engine.kvConnector().equals(EnginesPlan.P2P_NCCL);
    Map<String, Object> config = new LinkedHashMap<>();
    config.put(EnginesPlan.KV_CONNECTOR, EnginesPlan.NIXL);
    config.put("kv_role", kvRole(engine.role()));
    if (place.engineId() != null) {
      config.put("engine_id", place.engineId());
    }
    if (p2p) {
      config.put("kv_port", number(place.sidePort()));
    }
    config.putAll(engine.kvTransfer());
    Map<String, Object> extra = extra(engine.kvTransfer());
    if (p2p) {
      pingDefaults(place).forEach(extra::putIfAbsent);
    }
    if (!extra.isEmpty()) {
      config.put(EXTRA, extra);
    }
    return config;
  }

  private static String kvRole(Role role) {
    return switch (role) {
      case PREFILL -> "kv_producer";
      case DECODE -> "kv_consumer";
      case ANY, REPLICA -> "kv_both";
    };
  }

  /** The connector's own settings; a map that may be changed. */
  static Map<String, Object> extra(Map<String, Object> config) {
    Map<String, Object> extra = new LinkedHashMap<>();
    if (config.get(EXTRA) instanceof Map<?, ?> map) {
      map.forEach((key, value) -> extra.put(String.valueOf(key), value));
    }
    return extra;
  }

  /** A number as such; a word that stands for one stays a text, which vLLM reads too. */
  private static Object number(String port) {
    return port.matches("[0-9]{1,5}") ? Integer.valueOf(port) : port;
  }

  /** vLLM concatenates the first two, so that they must be strings (vLLM 0.11 to 0.23). */
  private static Map<String, Object> pingDefaults(EnginePlace place) {
    Map<String, Object> extra = new LinkedHashMap<>();
    extra.put("proxy_ip", place.registryHost());
    extra.put("proxy_port", place.registryPort());
    extra.put("http_port", place.port());
    extra.put("send_type", "PUT_ASYNC");
    return extra;
  }

  /**
   * Environment that the engine's connector needs. P2pNccl announces the address of {@code
   * VLLM_HOST_IP}, and from vLLM 0.14 on P and D agree on ids only without their random suffix; its
   * own communicators are made without NCCL's cuMem allocator, and so must be all else.
   */
  static Map<String, String> environment(Engine engine, EnginePlace place) {
    Connector connector = engine.served();
    Map<String, String> environment = new LinkedHashMap<>();
    if (connector.equals(Connectors.P2P_NCCL)) {
      environment.put("VLLM_HOST_IP", place.host());
      environment.put("VLLM_DISABLE_REQUEST_ID_RANDOMIZATION", "1");
      environment.put("NCCL_CUMEM_ENABLE", "0");
    } else if (connector.equals(Connectors.NIXL)) {
      environment.put("VLLM_NIXL_SIDE_CHANNEL_HOST", place.host());
      environment.put("VLLM_NIXL_SIDE_CHANNEL_PORT", place.sidePort());
    }
    return environment;
  }

  /** The same for a simulated engine, as flags. */
  static List<String> simulatorFlags(Engine engine, EnginePlace place) {
    if (engine.role() == Role.REPLICA) {
      return List.of();
    }
    Connector connector = engine.served();
    List<String> flags = new ArrayList<>(List.of("--connector", connector.word()));
    if (engine.kvConnector().equals(EnginesPlan.P2P_NCCL)) {
      flags.addAll(List.of("--kv-port", place.sidePort()));
      flags.addAll(
          List.of("--registry", "tcp://" + place.registryHost() + ":" + place.registryPort()));
    }
    Object folder = extra(engine.kvTransfer()).get("shared_storage_path");
    if (connector.equals(Connectors.SHARED_STORAGE) && folder != null) {
      flags.addAll(List.of("--shared-storage", folder.toString()));
    }
    return flags;
  }
}
