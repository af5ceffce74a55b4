package io.turnpike.launcher.job;

import io.turnpike.launcher.job.KubernetesSettings.Cluster;
import io.turnpike.launcher.job.KubernetesSettings.Images;
import io.turnpike.launcher.job.KubernetesSettings.Isolation;
import io.turnpike.launcher.job.KubernetesSettings.Pods;
import io.turnpike.launcher.plan.YamlSection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** The keys below {@code kubernetes}. */
final class KubernetesReader {

  private static final Images IMAGES = KubernetesSettings.STANDARD.images();
  private static final String NAME = "[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?";
  private static final String QUANTITY = "[0-9]+([.][0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?";

  private static final int MOST_NODES = 64;

  private @Nullable String context;
  private @Nullable String namespace;
  private String prefix = IMAGES.prefix();
  private String tag = IMAGES.tag();
  private String redis = IMAGES.redis();
  private @Nullable String pull;
  private List<String> pullSecrets = List.of();
  private String serviceType = KubernetesSettings.STANDARD.serviceType();
  private Isolation isolation = KubernetesSettings.STANDARD.isolation();
  private Duration drain = KubernetesSettings.STANDARD.drain();
  private List<String> secrets = List.of();
  private List<String> configMaps = List.of();

  private KubernetesReader() {}

  static KubernetesSettings read(YamlSection section) {
    return new KubernetesReader().settings(section);
  }

  private KubernetesSettings settings(YamlSection section) {
    section.text("context", name -> context = name);
    name(section, "namespace", name -> namespace = name);
    section.text("images", text -> prefix = text.replaceFirst("/+$", ""));
    section.text("tag", text -> tag = text);
    section.text("redis_image", text -> redis = text);
    section.word("pull", List.of("Always", "IfNotPresent", "Never"), word -> pull = word);
    section.texts("pull_secrets", names -> pullSecrets = names);
    section.word(
        "service", List.of("ClusterIP", "NodePort", "LoadBalancer"), word -> serviceType = word);
    section.word(
        "isolation",
        List.of("policies", "none"),
        word -> isolation = Isolation.valueOf(word.toUpperCase(Locale.ROOT)));
    section.duration("drain", time -> drain = time);
    section.texts("secrets", names -> secrets = names);
    section.texts("config_maps", names -> configMaps = names);
    ByRole<Pods> pods = ByRole.read(section, Pods.STANDARD, KubernetesReader::pods);
    section.rejectOthers();
    return new KubernetesSettings(
        new Cluster(context, namespace),
        new Images(prefix, tag, redis, pull, pullSecrets),
        serviceType,
        isolation,
        drain,
        secrets,
        configMaps,
        pods);
  }

  private static Pods pods(YamlSection section, Pods above) {
    var said =
        new Object() {
          int nodes = above.nodes();
          String gpuResource = above.gpuResource();
          String sharedMemory = above.sharedMemory();
          Map<String, String> resources = above.resources();
          Map<String, String> nodeSelector = above.nodeSelector();
          List<Map<String, Object>> tolerations = above.tolerations();
          List<Map<String, Object>> volumes = above.volumes();
          @Nullable String runtimeClass = above.runtimeClass();
          @Nullable String priorityClass = above.priorityClass();
        };
    section.take("nodes", node -> said.nodes = section.integer(node, "nodes", 1, MOST_NODES));
    section.text("gpu_resource", name -> said.gpuResource = name);
    section.take(
        "shared_memory", node -> said.sharedMemory = quantity(section, node, "shared_memory"));
    section.take(
        "resources", node -> said.resources = quantities(section.section(node, "resources")));
    section.textMap("node_selector", labels -> said.nodeSelector = labels);
    section.take(
        "tolerations", node -> said.tolerations = trees(section, node, "tolerations", null));
    section.take("volumes", node -> said.volumes = trees(section, node, "volumes", "mountPath"));
    name(section, "runtime_class", name -> said.runtimeClass = name);
    name(section, "priority_class", name -> said.priorityClass = name);
    return new Pods(
        said.nodes,
        said.gpuResource,
        said.sharedMemory,
        said.resources,
        said.nodeSelector,
        said.tolerations,
        said.volumes,
        said.runtimeClass,
        said.priorityClass);
  }

  private static void name(YamlSection section, String key, Consumer<String> reader) {
    section.take(
        key,
        node -> {
          String expected = "a name of Kubernetes: lower case letters, digits, - and .";
          String text = section.scalar(node, key, expected);
          if (!text.matches(NAME)) {
            throw section.mistake(node, key, text, expected);
          }
          reader.accept(text);
        });
  }

  private static Map<String, String> quantities(YamlSection section) {
    Map<String, String> quantities = new LinkedHashMap<>();
    section.each((name, node) -> quantities.put(name, quantity(section, node, name)));
    return quantities;
  }

  private static String quantity(YamlSection section, Node node, String key) {
    String expected = "a quantity of Kubernetes, like 500m, 4 or 16Gi";
    String text = section.scalar(node, key, expected);
    if (!text.matches(QUANTITY)) {
      throw section.mistake(node, key, text, expected);
    }
    return text;
  }

  /** Parts of Kubernetes's own objects, which its API server judges. */
  private static List<Map<String, Object>> trees(
      YamlSection section, Node node, String key, @Nullable String required) {
    String expected =
        required == null ? "a list of maps" : "a list of maps, each with name and " + required;
    List<Map<String, Object>> trees = new ArrayList<>();
    if (!(node instanceof SequenceNode sequence)) {
      throw section.mistake(node, key, String.valueOf(YamlSection.value(node)), expected);
    }
    for (Node item : sequence.getValue()) {
      Object value = YamlSection.value(item);
      if (!(value instanceof Map<?, ?> map)
          || (required != null && (map.get("name") == null || map.get(required) == null))) {
        throw section.mistake(item, key, String.valueOf(value), expected);
      }
      Map<String, Object> tree = new LinkedHashMap<>();
      map.forEach((name, it) -> tree.put(String.valueOf(name), it));
      trees.add(tree);
    }
    return trees;
  }
}
