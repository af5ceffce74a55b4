package io.turnpike.launcher.kubernetes;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One object, as it is applied.
 *
 * @param kind what it is
 * @param name its name in its namespace
 * @param tree all of it
 */
record Manifest(ObjectKind kind, String name, Map<String, Object> tree) {

  private static final String SPEC = "spec";
  private static final String REPLICAS = "replicas";

  /** Of a LeaderWorkerSet: what each of its replicas is, of how many pods. */
  static final String GROUP = "leaderWorkerTemplate";

  static final String SIZE = "size";

  /** An object of a job's component; without one, of the job itself. */
  static Manifest of(ObjectKind kind, Names names, String component, Map<String, Object> fields) {
    String name = component.isEmpty() ? names.job() : names.of(component);
    Map<String, String> labels = names.labels(component.isEmpty() ? "job" : component);
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("apiVersion", kind.apiVersion());
    tree.put("kind", kind.word());
    tree.put("metadata", Fields.of("name", name, "labels", labels));
    tree.putAll(fields);
    return new Manifest(kind, name, tree);
  }

  /** How many pods it asks for. */
  int pods() {
    int each = spec().get(GROUP) instanceof Map<?, ?> group ? number(group.get(SIZE)) : 1;
    return number(spec().get(REPLICAS)) * each;
  }

  private static int number(@Nullable Object said) {
    return said instanceof Number number ? number.intValue() : 1;
  }

  /** The same with so many pods. */
  Manifest scaled(int replicas) {
    Map<String, Object> spec = spec();
    spec.put(REPLICAS, replicas);
    Map<String, Object> other = new LinkedHashMap<>(tree);
    other.put(SPEC, spec);
    return new Manifest(kind, name, other);
  }

  private Map<String, Object> spec() {
    Map<String, Object> spec = new LinkedHashMap<>();
    if (tree.get(SPEC) instanceof Map<?, ?> said) {
      said.forEach((key, value) -> spec.put(String.valueOf(key), value));
    }
    return spec;
  }
}
