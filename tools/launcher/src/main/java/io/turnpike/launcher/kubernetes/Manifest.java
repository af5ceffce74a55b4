package io.turnpike.launcher.kubernetes;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One object, as it is applied.
 *
 * @param kind what it is
 * @param name its name in its namespace
 * @param tree all of it
 */
record Manifest(ObjectKind kind, String name, Map<String, Object> tree) {

  /** An object of a job's component. */
  static Manifest of(ObjectKind kind, Names names, String component, Map<String, Object> fields) {
    return named(
        kind,
        component.isEmpty() ? names.job() : names.of(component),
        names.labels(component.isEmpty() ? "job" : component),
        fields);
  }

  /** An object under a name of its own. */
  static Manifest named(
      ObjectKind kind, String name, Map<String, String> labels, Map<String, Object> fields) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("apiVersion", kind.apiVersion());
    tree.put("kind", kind.word());
    tree.put("metadata", Fields.of("name", name, "labels", labels));
    tree.putAll(fields);
    return new Manifest(kind, name, tree);
  }
}
