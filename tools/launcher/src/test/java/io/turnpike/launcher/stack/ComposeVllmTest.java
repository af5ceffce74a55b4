package io.turnpike.launcher.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.launcher.engine.Engine;
import io.turnpike.launcher.engine.EnginePlace;
import io.turnpike.launcher.engine.VllmCommand;
import io.turnpike.launcher.plan.EnginePlan;
import io.turnpike.launcher.plan.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The engines of {@code deploy/compose/compose.vllm.yaml} start as the launcher starts them. */
class ComposeVllmTest {

  /** The second decode engine is the first one but for its GPU. */
  private static final Map<String, String> SERVICES =
      Map.of("vllm-prefill", "prefill-1", "vllm-decode-1", "decode-1");

  /** What a container's address changes. */
  private static final List<String> OF_THE_PLACE = List.of("--host", "--port");

  @TempDir private Path folder;

  @Test
  void commandLines_areTheLaunchers() throws IOException {
    JsonNode compose = compose();
    Plan plan = plan();
    for (Map.Entry<String, String> service : SERVICES.entrySet()) {
      List<String> ours = words(plan, service.getValue());
      JsonNode its = compose.at("/services/" + service.getKey() + "/command");
      List<String> theirs = new ArrayList<>();
      its.forEach(word -> theirs.add(word.asString()));
      // The program and its subcommand are the image's.
      assertThat(comparable(theirs))
          .as(service.getKey())
          .isEqualTo(comparable(ours.subList(2, ours.size())));
    }
  }

  @Test
  void theSideChannel_isSetAsTheLauncherSetsIt() throws IOException {
    Plan plan = plan();
    JsonNode service = compose().at("/x-vllm");
    String entrypoint = service.at("/entrypoint").toString();
    for (String key : environment(plan, "prefill-1").keySet()) {
      assertThat(service.at("/environment").has(key) || entrypoint.contains(key)).as(key).isTrue();
    }
  }

  private static JsonNode compose() throws IOException {
    // Tests run in their module's folder.
    return new YAMLMapper()
        .readTree(Files.readString(Path.of("../../deploy/compose/compose.vllm.yaml")));
  }

  private Plan plan() throws IOException {
    Path vllm = Files.createFile(folder.resolve("vllm"));
    assertThat(vllm.toFile().setExecutable(true)).isTrue();
    return Plan.parse(
        "test",
        """
        model: ${VLLM_MODEL}
        engines:
          kind: vllm
          vllm: %s
          flags: [--max-model-len, "${VLLM_MAX_MODEL_LEN}", --gpu-memory-utilization, "${VLLM_GPU_MEMORY}"]
        """
            .formatted(vllm));
  }

  private static List<String> words(Plan plan, String name) {
    EnginePlan engine = engine(plan, name);
    return VllmCommand.words("vllm", Engine.of(plan, engine), EnginePlace.here(plan, engine));
  }

  private static Map<String, String> environment(Plan plan, String name) {
    EnginePlan engine = engine(plan, name);
    return VllmCommand.environment(Engine.of(plan, engine), EnginePlace.here(plan, engine));
  }

  private static EnginePlan engine(Plan plan, String name) {
    return plan.engines().engines().stream()
        .filter(engine -> engine.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Without what only one of both can know: host, port, and the engine id, which vLLM makes. */
  private static List<String> comparable(List<String> command) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < command.size(); i++) {
      String word = command.get(i);
      if (OF_THE_PLACE.contains(word)) {
        words.add(word);
        i++;
      } else if (word.startsWith("{")) {
        ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(word);
        json.remove("engine_id");
        words.add(json.toString());
      } else {
        words.add(word);
      }
    }
    return words;
  }
}
