package io.turnpike.launcher.engine;

import io.turnpike.node.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** {@code vllm serve} for one engine, as vLLM 0.32 wants it. */
public final class VllmCommand {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private VllmCommand() {}

  /**
   * Its words.
   *
   * @param program the {@code vllm} script
   */
  public static List<String> words(String program, Engine engine, EnginePlace place) {
    List<String> words = new ArrayList<>(List.of(program, "serve", engine.model()));
    words.addAll(List.of("--host", place.bind(), "--port", place.port()));
    // Without it usage has no cached_tokens.
    words.add("--enable-prompt-tokens-details");
    if (engine.role() != Role.REPLICA) {
      words.add("--kv-transfer-config");
      words.add(JSON.writeValueAsString(KvTransfer.config(engine, place)));
    }
    words.addAll(engine.flags());
    return words;
  }

  /** What its connector needs, and over it what is said of the engine. */
  public static Map<String, String> environment(Engine engine, EnginePlace place) {
    Map<String, String> environment = new LinkedHashMap<>(KvTransfer.environment(engine, place));
    environment.putAll(engine.environment());
    return environment;
  }
}
