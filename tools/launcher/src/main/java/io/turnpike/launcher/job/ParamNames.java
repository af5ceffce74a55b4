package io.turnpike.launcher.job;

import io.turnpike.launcher.plan.Nearest;
import io.turnpike.launcher.plan.YamlSection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** How parameters of {@code vllm serve} are written in a job file. */
final class ParamNames {

  /** Those that are read here. vLLM has hundreds of others, which only vLLM can judge. */
  private static final List<String> READ =
      List.of(
          Params.KV_TRANSFER,
          Params.TENSOR_PARALLEL,
          "pipeline_parallel_size",
          "data_parallel_size",
          "served_model_name");

  /** As Python's YAML has them, in which job files were written so far. */
  private static final Set<String> TRUE = Set.of("true", "yes", "on");

  private static final Set<String> FALSE = Set.of("false", "no", "off");

  private ParamNames() {}

  /** Refuses a name that is almost one that is read here. */
  static void requireNoSlip(YamlSection section, Node node, String key) {
    String name = key.replace('-', '_');
    if (!READ.contains(name) && Nearest.to(name, READ) != null) {
      throw section.unknown(node, name, READ);
    }
  }

  /** A text as it is written, a boolean, a list of texts, or a map. */
  static Object value(Node node) {
    return switch (node) {
      case ScalarNode scalar -> scalar(scalar);
      case SequenceNode list ->
          list.getValue().stream().map(item -> String.valueOf(value(item))).toList();
      case MappingNode map -> YamlSection.value(map);
      default -> throw new IllegalStateException("not a YAML value: " + node);
    };
  }

  private static Object scalar(ScalarNode scalar) {
    String text = scalar.getValue();
    if (scalar.getScalarStyle() == ScalarStyle.PLAIN) {
      String word = text.toLowerCase(Locale.ROOT);
      if (TRUE.contains(word) || FALSE.contains(word)) {
        return TRUE.contains(word);
      }
    }
    return text;
  }
}
