package io.turnpike.launcher.job;

import io.turnpike.launcher.plan.EnginesPlan;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a role's {@code kv_transfer_config} says: JSON text in which {@code {KV_IP}}, {@code {PORT}}
 * and {@code {NODE_NAME}} stand for what is known only when workers have their places.
 */
final class KvSettings {

  static final String CONNECTOR = EnginesPlan.KV_CONNECTOR;
  static final String ROLE = "kv_role";
  static final String PORT = "kv_port";
  static final String IP = "kv_ip";
  static final String ENGINE_ID = "engine_id";

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<LinkedHashMap<String, Object>> OBJECT =
      new TypeReference<>() {};

  private KvSettings() {}

  /**
   * The settings of a worker; empty when nothing is said.
   *
   * @throws JacksonException for a text that is no JSON object
   */
  static Map<String, Object> of(Params params, Workers.Settled settled) {
    String text = params.text(Params.KV_TRANSFER);
    return text == null ? Map.of() : JSON.readValue(filled(text, settled), OBJECT);
  }

  private static String filled(String text, Workers.Settled settled) {
    return text.replace("{KV_IP}", settled.kvIp())
        .replace("{PORT}", settled.port())
        .replace("{NODE_NAME}", settled.name());
  }

  /** The same as text. */
  static String json(Map<String, Object> settings) {
    return JSON.writeValueAsString(settings);
  }

  /** A value as text, or null. */
  static @Nullable String text(Map<String, Object> settings, String key) {
    Object value = settings.get(key);
    return value == null ? null : value.toString();
  }
}
