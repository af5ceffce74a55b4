package io.turnpike.launcher.job;

import io.turnpike.launcher.job.RaySettings.Share;
import io.turnpike.launcher.job.RaySettings.Strategy;
import io.turnpike.launcher.plan.YamlSection;
import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** The keys below {@code ray}. */
final class RayReader {

  private static final List<String> STRATEGIES =
      Arrays.stream(Strategy.values()).map(Strategy::name).toList();

  private static final String DASHBOARD = "the dashboard, like http://10.0.0.1:8265";
  private static final String REGISTRY = "a registry, like http://10.0.0.2:10003";

  private @Nullable URI address;
  private String tokenVariable = RaySettings.STANDARD.tokenVariable();
  private @Nullable URI registry;
  private String registryKeyVariable = RaySettings.STANDARD.registryKeyVariable();
  private String vllm = RaySettings.STANDARD.vllm();
  private @Nullable String turnpike;
  private @Nullable String java;

  private RayReader() {}

  static RaySettings read(YamlSection section) {
    return new RayReader().settings(section);
  }

  private RaySettings settings(YamlSection section) {
    section.take("address", node -> address = url(section, node, "address", DASHBOARD));
    section.text("token_env", name -> tokenVariable = name);
    section.take("registry", node -> registry = url(section, node, "registry", REGISTRY));
    section.text("registry_key_env", name -> registryKeyVariable = name);
    section.text("vllm", program -> vllm = program);
    section.text("turnpike", folder -> turnpike = folder);
    section.text("java", program -> java = program);
    ByRole<Share> shares = ByRole.read(section, Share.STANDARD, RayReader::share);
    section.rejectOthers();
    return new RaySettings(
        address, tokenVariable, registry, registryKeyVariable, vllm, turnpike, java, shares);
  }

  private static URI url(YamlSection section, Node node, String key, String expected) {
    String text = section.scalar(node, key, expected);
    if (!text.matches("https?://[A-Za-z0-9._\\[\\]:-]+/?")) {
      throw section.mistake(node, key, text, expected);
    }
    return URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
  }

  private static Share share(YamlSection section, Share above) {
    var said =
        new Object() {
          Strategy strategy = above.strategy();
          double cpus = above.cpus();
          Map<String, Double> resources = above.resources();
        };
    section.word("placement", STRATEGIES, word -> said.strategy = Strategy.valueOf(word));
    section.decimal("cpus", number -> said.cpus = number);
    section.take(
        "resources", node -> said.resources = resources(section.section(node, "resources")));
    return new Share(said.strategy, said.cpus, said.resources);
  }

  private static Map<String, Double> resources(YamlSection section) {
    Map<String, Double> resources = new LinkedHashMap<>();
    section.each(
        (name, node) -> {
          String text = section.scalar(node, name, "a number");
          if (!text.matches("[0-9]{1,6}([.][0-9]{1,4})?")) {
            throw section.mistake(node, name, text, "a number");
          }
          resources.put(name, Double.valueOf(text));
        });
    return resources;
  }
}
