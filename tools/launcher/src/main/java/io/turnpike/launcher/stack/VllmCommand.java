package io.turnpike.launcher.stack;

import io.turnpike.connector.Connectors;
import io.turnpike.launcher.plan.EnginePlan;
import io.turnpike.launcher.plan.EnginesPlan;
import io.turnpike.launcher.plan.Plan;
import io.turnpike.node.Connector;
import io.turnpike.node.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code vllm serve} for one engine, as vLLM 0.32 wants it: prefill and decode engines get the NIXL
 * connector with a side channel port of their own and an engine id that is new at every start (an
 * engine that comes back under an old id breaks its pairs for good).
 */
final class VllmCommand {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** vLLM's own names (vLLM 0.11 to 0.32), in the order in which they are named to people. */
  private static final Map<String, Connector> SPOKEN = new LinkedHashMap<>();

  static {
    SPOKEN.put("NixlConnector", Connectors.NIXL);
    SPOKEN.put("NixlPullConnector", Connectors.NIXL);
    SPOKEN.put("P2pNcclConnector", Connectors.P2P_NCCL);
    SPOKEN.put("ExampleConnector", Connectors.SHARED_STORAGE);
    SPOKEN.put("SharedStorageConnector", Connectors.SHARED_STORAGE); // its name before vLLM 0.13
    SPOKEN.put("LMCacheConnectorV1", Connectors.SHARED_STORAGE);
    SPOKEN.put("LMCacheMPConnector", Connectors.SHARED_STORAGE);
  }

  private VllmCommand() {}

  static List<String> command(Plan plan, EnginePlan engine) {
    EnginesPlan engines = plan.engines();
    List<String> command = new ArrayList<>();
    command.add(find(engines.vllm(), System.getenv("PATH")).toString());
    command.add("serve");
    command.add(engine.model() == null ? plan.model() : engine.model());
    command.addAll(List.of("--host", "127.0.0.1", "--port", Integer.toString(engine.port())));
    // Without it usage has no cached_tokens.
    command.add("--enable-prompt-tokens-details");
    if (engine.role() != Role.REPLICA) {
      command.add("--kv-transfer-config");
      command.add(JSON.writeValueAsString(kvTransfer(engines, engine)));
    }
    command.addAll(engines.flags());
    command.addAll(engine.flags());
    return command;
  }

  static Map<String, String> environment(Plan plan, EnginePlan engine) {
    Map<String, String> environment = new LinkedHashMap<>();
    if (engine.role() != Role.REPLICA) {
      environment.put("VLLM_NIXL_SIDE_CHANNEL_HOST", "127.0.0.1");
      environment.put("VLLM_NIXL_SIDE_CHANNEL_PORT", Integer.toString(engine.sidePort()));
    }
    if (engine.gpus() != null) {
      environment.put("CUDA_VISIBLE_DEVICES", engine.gpus());
    }
    environment.putAll(plan.engines().environment());
    environment.putAll(engine.environment());
    return environment;
  }

  /**
   * How this engine hands KV over, as the registry is told. Never guessed: under a wrong connector
   * P and D are paired, and what P computes is thrown away without a word.
   *
   * @throws StackException naming the vLLM connectors that are spoken here
   */
  static Connector connector(EnginesPlan engines, EnginePlan engine) {
    if (engine.role() == Role.REPLICA) {
      return Connectors.NONE;
    }
    String name = String.valueOf(kvTransfer(engines, engine).get("kv_connector"));
    Connector spoken = SPOKEN.get(name);
    if (spoken == null) {
      throw new StackException(
          "kv_connector: \"%s\" of %s is not spoken here (expected: one of %s)"
              .formatted(name, engine.name(), String.join(", ", SPOKEN.keySet())));
    }
    return spoken;
  }

  private static Map<String, Object> kvTransfer(EnginesPlan engines, EnginePlan engine) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("kv_connector", "NixlConnector");
    config.put("kv_role", engine.role() == Role.PREFILL ? "kv_producer" : "kv_consumer");
    config.put("engine_id", engine.name() + "-" + UUID.randomUUID());
    config.putAll(engines.kvTransfer());
    config.putAll(engine.kvTransfer());
    return config;
  }

  /** The program: a path as it stands, a bare name in the folders of PATH. */
  static Path find(String vllm, String path) {
    if (vllm.contains("/")) {
      Path file = Path.of(vllm);
      if (Files.isExecutable(file) && Files.isRegularFile(file)) {
        return file.toAbsolutePath();
      }
      throw new StackException(
          "vllm: " + vllm + " is no program (expected: the vllm script of a Python environment)");
    }
    for (String folder : path.split(":", -1)) {
      Path file = Path.of(folder.isEmpty() ? "." : folder, vllm);
      if (Files.isExecutable(file) && Files.isRegularFile(file)) {
        return file.toAbsolutePath();
      }
    }
    throw new StackException(
        "'"
            + vllm
            + "' is not on PATH ("
            + path
            + "). Install vLLM, activate its environment, or say where it is: --vllm FILE");
  }
}
