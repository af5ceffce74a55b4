package io.turnpike.launcher.stack;

import io.turnpike.launcher.plan.EnginePlan;
import io.turnpike.launcher.plan.EnginesPlan;
import io.turnpike.launcher.plan.Plan;
import io.turnpike.launcher.process.Programs;
import io.turnpike.node.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** {@code vllm serve} for one engine, as vLLM 0.32 wants it. */
final class VllmCommand {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private VllmCommand() {}

  static List<String> command(Plan plan, EnginePlan engine) {
    EnginesPlan engines = plan.engines();
    List<String> command = new ArrayList<>();
    Path program = Programs.find(engines.vllm());
    command.add(program == null ? engines.vllm() : program.toString());
    command.add("serve");
    command.add(engine.model() == null ? plan.model() : engine.model());
    command.addAll(List.of("--host", "127.0.0.1", "--port", Integer.toString(engine.port())));
    // Without it usage has no cached_tokens.
    command.add("--enable-prompt-tokens-details");
    if (engine.role() != Role.REPLICA) {
      command.add("--kv-transfer-config");
      command.add(JSON.writeValueAsString(KvTransfer.config(plan, engine)));
    }
    command.addAll(engines.flags());
    command.addAll(engine.flags());
    return command;
  }

  static Map<String, String> environment(Plan plan, EnginePlan engine) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.putAll(KvTransfer.environment(plan, engine));
    if (engine.gpus() != null) {
      environment.put("CUDA_VISIBLE_DEVICES", engine.gpus());
    }
    environment.putAll(plan.engines().environment());
    environment.putAll(engine.environment());
    return environment;
  }

  /** Refuses a program that is not there, and says where it was looked for. */
  static void require(String vllm) {
    if (Programs.find(vllm) == null) {
      throw new StackException(
          vllm.contains("/")
              ? "vllm: %s is no program (expected: the vllm script of a Python environment)"
                  .formatted(vllm)
              : ("'%s' is not on PATH (%s). Install vLLM, activate its environment, or say where"
                      + " it is: --vllm FILE")
                  .formatted(vllm, Programs.searchPath()));
    }
  }
}
