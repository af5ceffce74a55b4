package io.turnpike.launcher.job;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Parameters of {@code vllm serve}, those of {@code general} with a role's own over them.
 *
 * @param values by name with underscores: a text as it is written, a {@link Boolean}, a list of
 *     texts, or a map that becomes JSON
 * @param extra words that are appended as they stand
 */
public record Params(Map<String, Object> values, List<String> extra) {

  static final String MODEL = "model";
  static final String PORT = "port";
  static final String KV_TRANSFER = "kv_transfer_config";
  static final String TENSOR_PARALLEL = "tensor_parallel_size";

  /** Said otherwise than as flags. */
  private static final Set<String> PLACED = Set.of(MODEL, "host", PORT, KV_TRANSFER);

  private static final JsonMapper JSON = JsonMapper.builder().build();

  public Params {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    extra = List.copyOf(extra);
  }

  /** Nothing said. */
  static Params none() {
    return new Params(Map.of(), List.of());
  }

  /** These, with others over them; extra words of both. */
  Params with(Params over) {
    Map<String, Object> all = new LinkedHashMap<>(values);
    all.putAll(over.values);
    List<String> words = new ArrayList<>(extra);
    words.addAll(over.extra);
    return new Params(all, words);
  }

  /** A value as text, or null when nothing is said. */
  public @Nullable String text(String name) {
    return switch (values.get(name)) {
      case null -> null;
      case String text when text.isBlank() -> null;
      case List<?> list -> list.isEmpty() ? null : String.valueOf(list.getFirst());
      case Map<?, ?> map -> JSON.writeValueAsString(map);
      case Object other -> other.toString();
    };
  }

  /** A size such as {@code tensor_parallel_size}: 1 when nothing, or no number, is said. */
  int size(String name) {
    String text = text(name);
    return text != null && text.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(text) : 1;
  }

  /** GPUs that one worker needs. */
  public int gpus() {
    return size(TENSOR_PARALLEL) * size("pipeline_parallel_size") * size("data_parallel_size");
  }

  /** The name by which clients ask for the model. */
  @Nullable String servedModel() {
    String served = text("served_model_name");
    return served == null ? text(MODEL) : served;
  }

  /**
   * The flags of {@code vllm serve}, as its own {@code --config} makes them of a YAML file; model,
   * host, port and KV transfer are not among them.
   */
  List<String> flags() {
    List<String> flags = new ArrayList<>();
    values.forEach(
        (name, value) -> {
          if (!PLACED.contains(name)) {
            flags.addAll(flag(name.replace('_', '-'), value));
          }
        });
    flags.addAll(extra);
    return flags;
  }

  private static List<String> flag(String name, Object value) {
    return switch (value) {
      case Boolean yes when yes -> List.of("--" + name);
      // A switch that only turns something off has no opposite, and is off by itself.
      case Boolean _ -> name.startsWith("disable-") ? List.of() : List.of("--no-" + name);
      case List<?> list -> list.isEmpty() ? List.of() : words(name, list);
      case Map<?, ?> map -> List.of("--" + name, JSON.writeValueAsString(map));
      default -> List.of("--" + name, value.toString());
    };
  }

  private static List<String> words(String name, List<?> list) {
    List<String> words = new ArrayList<>(List.of("--" + name));
    list.forEach(item -> words.add(String.valueOf(item)));
    return words;
  }
}
