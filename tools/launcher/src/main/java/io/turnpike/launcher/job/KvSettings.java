package io.turnpike.launcher.job;

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

  static final String CONNECTOR = "kv_connector";
  static final String ROLE = "kv_role";
  static final String PORT = "kv_port";
  static final String IP = "kv_ip";
  static final String ENGINE_ID = "engine_id";

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<LinkedHashMap<String, Object>> OBJECT =
      new TypeReference<>() {};

  private KvSettings() {}

  /**
   * A worker's place.
   *
   * @param name what it is called
   * @param kvIp the address of the first prefill worker
   * @param port its HTTP port
   */
  record Place(String name, String kvIp, int port) {

    /** Good enough to read the text with. */
    static final Place ANY = new Place("worker", "127.0.0.1", 8000);
  }

  /**
   * The settings of a worker; empty when nothing is said.
   *
   * @throws JacksonException for a text that is no JSON object
   */
  static Map<String, Object> of(Params params, Place place) {
    String text = params.text(Params.KV_TRANSFER);
    return text == null ? Map.of() : JSON.readValue(filled(text, place), OBJECT);
  }

  private static String filled(String text, Place place) {
    return text.replace("{KV_IP}", place.kvIp())
        .replace("{PORT}", Integer.toString(place.port()))
        .replace("{NODE_NAME}", place.name());
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
