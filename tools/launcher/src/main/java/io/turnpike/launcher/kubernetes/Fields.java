package io.turnpike.launcher.kubernetes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parts of Kubernetes objects as trees of maps, lists and scalars, with their keys in the order in
 * which they were said. The client's own classes were rejected for writing: they say every list
 * that is empty, and whoever applies an object owns all that it says. The API server checks names.
 */
final class Fields {

  private Fields() {}

  /** A part; a key whose value is null, or an empty map or list, is left out. */
  static Map<String, Object> of(@Nullable Object... keysAndValues) {
    Map<String, Object> part = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      Object value = keysAndValues[i + 1];
      if (value != null && !isEmpty(value)) {
        part.put(String.valueOf(keysAndValues[i]), value);
      }
    }
    return part;
  }

  /** A part that says nothing and is there all the same, such as {@code emptyDir: {}}. */
  static Present present() {
    return new Present();
  }

  private static boolean isEmpty(Object value) {
    return switch (value) {
      case Present _ -> false;
      case Map<?, ?> map -> map.isEmpty();
      case List<?> list -> list.isEmpty();
      default -> false;
    };
  }

  /** An empty map that is kept. */
  static final class Present extends LinkedHashMap<String, Object> {}
}
