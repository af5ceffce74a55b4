package io.turnpike.launcher.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of a YAML file, read strictly: each key is asked for once, and what nobody asked for
 * is an error that names the key, its line and the keys that exist. Not thread-safe.
 */
final class YamlSection {

  private final String file;
  private final String path;
  private final Node node;
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Map<String, Node> keys = new LinkedHashMap<>();
  private final List<String> known = new ArrayList<>();

  private YamlSection(String file, String path, MappingNode mapping) {
    this.file = file;
    this.path = path;
    this.node = mapping;
    for (NodeTuple tuple : mapping.getValue()) {
      String key = ((ScalarNode) tuple.getKeyNode()).getValue();
      if (keys.putIfAbsent(key, tuple.getKeyNode()) != null) {
        throw fault(tuple.getKeyNode(), "'" + path(key) + "' is there twice (expected: once)");
      }
      values.put(key, tuple.getValueNode());
    }
  }

  /** The section that a node is, or a fault that says what was expected. */
  static YamlSection of(String file, String path, Node node) {
    if (node instanceof MappingNode mapping
        && mapping.getValue().stream().allMatch(t -> t.getKeyNode() instanceof ScalarNode)) {
      return new YamlSection(file, path, mapping);
    }
    throw fault(
        file, node, (path.isEmpty() ? "the file" : path) + ": (expected: keys with values)");
  }

  /** Hands the value of that key on, if it is there. */
  void take(String key, Consumer<Node> reader) {
    known.add(key);
    Node node = values.get(key);
    if (node != null && !isNull(node)) {
      reader.accept(node);
    }
  }

  void text(String key, Consumer<String> reader) {
    take(key, node -> reader.accept(scalar(node, key, "a text")));
  }

  void word(String key, List<String> words, Consumer<String> reader) {
    take(
        key,
        node -> {
          String expected = String.join(", ", words);
          String word = scalar(node, key, expected);
          if (!words.contains(word)) {
            throw mistake(node, key, word, expected);
          }
          reader.accept(word);
        });
  }

  void port(String key, Consumer<Integer> reader) {
    take(key, node -> reader.accept(integer(node, key, 1, 65_535)));
  }

  int integer(Node node, String key, int least, int most) {
    String expected = "a number from " + least + " to " + most;
    String text = scalar(node, key, expected);
    try {
      int value = Integer.parseInt(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below, together with numbers out of range.
    }
    throw mistake(node, key, text, expected);
  }

  void decimal(String key, Consumer<Double> reader) {
    take(
        key,
        node -> {
          String text = scalar(node, key, "a number");
          try {
            reader.accept(Double.parseDouble(text));
          } catch (NumberFormatException e) {
            throw mistake(node, key, text, "a number");
          }
        });
  }

  /**
   * A list of texts, such as command line flags; numbers and booleans count as they are written.
   */
  void texts(String key, Consumer<List<String>> reader) {
    take(
        key,
        node -> {
          List<String> texts = new ArrayList<>();
          for (Node item : items(node, key)) {
            texts.add(scalar(item, key, "a list of texts"));
          }
          reader.accept(texts);
        });
  }

  /** A mapping of names to texts, such as environment variables. */
  void textMap(String key, Consumer<Map<String, String>> reader) {
    take(
        key,
        node -> {
          YamlSection section = section(node, key);
          Map<String, String> map = new LinkedHashMap<>();
          section.values.forEach(
              (name, value) -> map.put(name, section.scalar(value, name, "a text")));
          reader.accept(map);
        });
  }

  /** A mapping of any shape, such as a part of a JSON document. */
  void tree(String key, Consumer<Map<String, Object>> reader) {
    take(
        key,
        node -> {
          Map<String, Object> map = new LinkedHashMap<>();
          section(node, key).values.forEach((name, value) -> map.put(name, value(value)));
          reader.accept(map);
        });
  }

  /** A section below this one. */
  YamlSection section(Node node, String key) {
    return of(file, path(key), node);
  }

  /** The items of a list. */
  List<Node> items(Node node, String key) {
    if (node instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    throw fault(node, path(key) + ": (expected: a list)");
  }

  /** What a key gave, or a fault that says that it is missing. */
  <T> T required(String key, @Nullable T value) {
    if (value == null) {
      throw fault(node, "'" + path(key) + "' is missing");
    }
    return value;
  }

  /** To be called last: a key that nobody asked for is a fault. */
  void rejectOthers() {
    for (Map.Entry<String, Node> entry : keys.entrySet()) {
      if (!known.contains(entry.getKey())) {
        String near = Nearest.to(entry.getKey(), known);
        throw fault(
            entry.getValue(),
            "unknown key '"
                + path(entry.getKey())
                + "' (expected: "
                + (near == null ? "one of " + String.join(", ", known) : near + "?")
                + ")");
      }
    }
  }

  PlanException mistake(Node node, String key, String value, String expected) {
    return fault(node, path(key) + ": '" + value + "' (expected: " + expected + ")");
  }

  String scalar(Node node, String key, String expected) {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw fault(node, path(key) + ": (expected: " + expected + ")");
  }

  private static Object value(Node node) {
    return switch (node) {
      case MappingNode mapping -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
          map.put(((ScalarNode) tuple.getKeyNode()).getValue(), value(tuple.getValueNode()));
        }
        yield map;
      }
      case SequenceNode sequence -> sequence.getValue().stream().map(YamlSection::value).toList();
      case ScalarNode scalar -> scalarValue(scalar);
      default -> throw new IllegalStateException("not a YAML value: " + node);
    };
  }

  private static Object scalarValue(ScalarNode scalar) {
    String text = scalar.getValue();
    Tag tag = scalar.getTag();
    if (tag.equals(Tag.INT)) {
      return Long.decode(text);
    }
    if (tag.equals(Tag.FLOAT)) {
      return Double.valueOf(text);
    }
    return tag.equals(Tag.BOOL) ? (Object) Boolean.valueOf(text) : text;
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private PlanException fault(Node node, String what) {
    return fault(file, node, what);
  }

  private static PlanException fault(String file, Node node, String what) {
    @Nullable Mark mark = node.getStartMark().orElse(null);
    return new PlanException(file + (mark == null ? "" : ":" + (mark.getLine() + 1)) + ": " + what);
  }
}
