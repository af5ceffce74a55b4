package io.turnpike.launcher.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of a YAML file, read strictly: each key is asked for once, and what nobody asked for
 * is a mistake that names the key, its line and the keys that exist. Who reads decides whether the
 * first mistake ends it. Not thread-safe.
 */
public final class YamlSection {

  /** Ends at the first mistake. */
  static final Consumer<PlanException> THROWING =
      mistake -> {
        throw mistake;
      };

  private static final Duration LONGEST = Duration.ofDays(1);

  private final String file;
  private final String path;
  private final Consumer<PlanException> mistakes;
  private final Node node;
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Map<String, Node> keys = new LinkedHashMap<>();
  private final List<String> known = new ArrayList<>();

  private YamlSection(
      String file, String path, MappingNode mapping, Consumer<PlanException> mistakes) {
    this.file = file;
    this.path = path;
    this.mistakes = mistakes;
    this.node = mapping;
    for (NodeTuple tuple : mapping.getValue()) {
      String key = ((ScalarNode) tuple.getKeyNode()).getValue();
      if (keys.putIfAbsent(key, tuple.getKeyNode()) != null) {
        mistakes.accept(
            fault(tuple.getKeyNode(), "'" + path(key) + "' is there twice (expected: once)"));
      }
      values.put(key, tuple.getValueNode());
    }
  }

  /**
   * The top of a YAML text; empty when there is nothing in it.
   *
   * @param file stands for the text in messages
   * @param mistakes hears of each mistake, and may end the reading by throwing it
   */
  public static Optional<YamlSection> parse(
      String file, String yaml, Consumer<PlanException> mistakes) {
    try {
      LoadSettings settings = LoadSettings.builder().setLabel(file).build();
      return new Compose(settings).composeString(yaml).map(node -> of(file, "", node, mistakes));
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      mistakes.accept(new PlanException(file + ":" + line + ": not YAML: " + e.getProblem()));
    } catch (YamlEngineException e) {
      mistakes.accept(new PlanException(file + ": not YAML: " + e.getMessage()));
    } catch (PlanException e) {
      mistakes.accept(e);
    }
    return Optional.empty();
  }

  private static YamlSection of(
      String file, String path, Node node, Consumer<PlanException> mistakes) {
    if (node instanceof MappingNode mapping
        && mapping.getValue().stream().allMatch(t -> t.getKeyNode() instanceof ScalarNode)) {
      return new YamlSection(file, path, mapping, mistakes);
    }
    throw fault(
        file, node, (path.isEmpty() ? "the file" : path) + ": (expected: keys with values)");
  }

  /** Hands the value of that key on, if it is there; a mistake in it is that key's alone. */
  public void take(String key, Consumer<Node> reader) {
    known.add(key);
    Node node = values.get(key);
    if (node != null && !isNull(node)) {
      try {
        reader.accept(node);
      } catch (PlanException e) {
        mistakes.accept(e);
      }
    }
  }

  /** Hands every key on with its value, known or not. */
  public void each(BiConsumer<String, Node> reader) {
    for (String key : List.copyOf(values.keySet())) {
      take(key, node -> reader.accept(key, node));
    }
  }

  /** Hands on where each key stands: its path and its line. */
  public void lines(ObjIntConsumer<String> reader) {
    keys.forEach(
        (key, node) ->
            node.getStartMark().ifPresent(mark -> reader.accept(path(key), mark.getLine() + 1)));
  }

  /** A text. */
  public void text(String key, Consumer<String> reader) {
    take(key, node -> reader.accept(scalar(node, key, "a text")));
  }

  /** One of those words. */
  public void word(String key, List<String> words, Consumer<String> reader) {
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

  /** A port. */
  public void port(String key, Consumer<Integer> reader) {
    take(key, node -> reader.accept(integer(node, key, 1, 65_535)));
  }

  /** A number within bounds, or a fault. */
  public int integer(Node node, String key, int least, int most) {
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

  /** A number, maybe with a fraction. */
  public void decimal(String key, Consumer<Double> reader) {
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

  /** Seconds, or a number with s, m or h; from a second to a day. */
  public void duration(String key, Consumer<Duration> reader) {
    take(
        key,
        node -> {
          String expected = "a time like 90s, 10m or 1h, at most 24h";
          String text = scalar(node, key, expected);
          Duration time = text.matches("[1-9][0-9]{0,5}[smh]?") ? time(text) : Duration.ZERO;
          if (time.isZero() || time.compareTo(LONGEST) > 0) {
            throw mistake(node, key, text, expected);
          }
          reader.accept(time);
        });
  }

  private static Duration time(String text) {
    boolean bare = Character.isDigit(text.charAt(text.length() - 1));
    return Duration.parse("PT" + (bare ? text + "s" : text).toUpperCase(Locale.ROOT));
  }

  /**
   * A list of texts, such as command line flags; numbers and booleans count as they are written.
   */
  public void texts(String key, Consumer<List<String>> reader) {
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
  public void textMap(String key, Consumer<Map<String, String>> reader) {
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
  public void tree(String key, Consumer<Map<String, Object>> reader) {
    take(
        key,
        node -> {
          Map<String, Object> map = new LinkedHashMap<>();
          section(node, key).values.forEach((name, value) -> map.put(name, value(value)));
          reader.accept(map);
        });
  }

  /** A section below this one. */
  public YamlSection section(Node node, String key) {
    return of(file, path(key), node, mistakes);
  }

  /** The items of a list. */
  List<Node> items(Node node, String key) {
    if (node instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    throw fault(node, path(key) + ": (expected: a list)");
  }

  /** What a key gave, or a fault that says that it is missing. */
  public <T> T required(String key, @Nullable T value) {
    if (value == null) {
      throw fault(node, "'" + path(key) + "' is missing");
    }
    return value;
  }

  /** To be called last: a key that nobody asked for is a fault. */
  public void rejectOthers() {
    for (Map.Entry<String, Node> entry : keys.entrySet()) {
      if (!known.contains(entry.getKey())) {
        mistakes.accept(unknown(entry.getValue(), entry.getKey(), known));
      }
    }
  }

  /** The fault of a key that means nothing, with the one that was probably meant. */
  public PlanException unknown(Node node, String key, List<String> known) {
    return fault(
        node, "unknown key '%s' (expected: %s)".formatted(path(key), Nearest.expected(key, known)));
  }

  /** The fault of a value that is not what was expected. */
  public PlanException mistake(Node node, String key, String value, String expected) {
    return fault(node, path(key) + ": '" + value + "' (expected: " + expected + ")");
  }

  /** What stands there as a text, or a fault that says what was expected. */
  public String scalar(Node node, String key, String expected) {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw fault(node, path(key) + ": (expected: " + expected + ")");
  }

  /** A value of any shape: a text, a number, a boolean, a list or a map. */
  public static Object value(Node node) {
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
