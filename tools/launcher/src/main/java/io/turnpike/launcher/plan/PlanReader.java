package io.turnpike.launcher.plan;

import io.turnpike.connector.Connectors;
import io.turnpike.launcher.plan.PlanDraft.EngineDraft;
import io.turnpike.launcher.plan.PlanDraft.RegistryDraft;
import io.turnpike.launcher.plan.PlanDraft.ServiceDraft;
import io.turnpike.node.Connector;
import io.turnpike.node.Role;
import io.turnpike.routing.Mode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** The keys of {@code turnpike.yaml}, each put into the draft; {@code docs/stack.md} lists them. */
final class PlanReader {

  private PlanReader() {}

  static void read(Path file, PlanDraft draft) {
    try {
      parse(file.toString(), Files.readString(file), draft);
    } catch (IOException e) {
      throw new PlanException(
          file + ": cannot be read (expected: a YAML file, see ./turnpike up --print)");
    }
  }

  static void parse(String file, String yaml, PlanDraft draft) {
    YamlSection.parse(file, yaml, YamlSection.THROWING).ifPresent(root -> readRoot(root, draft));
  }

  private static void readRoot(YamlSection root, PlanDraft draft) {
    root.word("mode", Mode.WORDS, draft::mode);
    root.text("model", draft::model);
    root.text("host", host -> draft.host = host);
    root.text("redis", draft::redis);
    root.port("redis-port", port -> draft.redisPort = port);
    root.take(
        "registry",
        node -> readRegistry(root.section(node, "registry"), draft.registries.getFirst()));
    root.take("registries", node -> readRegistries(root, node, draft));
    root.take("proxies", node -> readProxies(root, node, draft));
    root.take("replication", node -> readReplication(root, node, draft));
    root.take("engines", node -> readEngines(root.section(node, "engines"), draft));
    root.take(
        "nodes",
        node -> {
          for (Node item : root.items(node, "nodes")) {
            draft.nodes.add(readNode(root.section(item, "nodes[" + draft.nodes.size() + "]")));
          }
        });
    root.textMap("properties", draft.properties::putAll);
    root.duration("start-timeout", time -> draft.startTimeout = time);
    root.rejectOthers();
  }

  private static void readRegistries(YamlSection root, Node node, PlanDraft draft) {
    if (!(node instanceof SequenceNode)) {
      draft.registries(root.integer(node, "registries", 1, PlanDraft.MAX_OF_A_KIND));
      return;
    }
    List<Node> items = root.items(node, "registries");
    draft.registries(items.size());
    for (int i = 0; i < items.size(); i++) {
      readRegistry(root.section(items.get(i), "registries[" + i + "]"), draft.registries.get(i));
    }
  }

  private static void readRegistry(YamlSection section, RegistryDraft registry) {
    section.port("zmq-port", port -> registry.zmqPort = port);
    readService(section, registry.service);
  }

  private static void readService(YamlSection section, ServiceDraft service) {
    section.port("port", port -> service.port = port);
    section.port("management-port", port -> service.managementPort = port);
    section.textMap("properties", service.properties::putAll);
    section.rejectOthers();
  }

  private static void readProxies(YamlSection root, Node node, PlanDraft draft) {
    if (!(node instanceof SequenceNode)) {
      draft.proxies(root.integer(node, "proxies", 0, PlanDraft.MAX_OF_A_KIND));
      return;
    }
    List<Node> items = root.items(node, "proxies");
    draft.proxies(items.size());
    for (int i = 0; i < items.size(); i++) {
      readService(root.section(items.get(i), "proxies[" + i + "]"), draft.proxies.get(i));
    }
  }

  private static void readReplication(YamlSection root, Node node, PlanDraft draft) {
    if (node instanceof ScalarNode scalar) {
      if (!scalar.getValue().equals("none")) {
        throw root.mistake(
            node, "replication", scalar.getValue(), "none, or port and management-port");
      }
      draft.replication = null;
      return;
    }
    ServiceDraft service = new ServiceDraft();
    readService(root.section(node, "replication"), service);
    draft.replication = service;
  }

  private static void readEngines(YamlSection section, PlanDraft draft) {
    section.word(
        "kind",
        List.of("simulator", "vllm", "none"),
        word -> draft.kind = EngineKind.valueOf(word.toUpperCase(Locale.ROOT)));
    section.decimal("speed", draft::speed);
    section.text("vllm", draft::vllm);
    section.take("gpus", node -> draft.gpusEach(readGpus(section, node)));
    section.texts("flags", draft.flags::addAll);
    section.textMap("environment", draft.environment::putAll);
    section.tree("kv-transfer", draft.kvTransfer::putAll);
    for (Role role : Role.values()) {
      section.take(PlanDraft.key(role), node -> readRole(section, node, role, draft));
    }
    section.rejectOthers();
  }

  private static int readGpus(YamlSection section, Node node) {
    return node instanceof ScalarNode scalar && scalar.getValue().equals("none")
        ? 0
        : section.integer(node, "gpus", 0, 64);
  }

  private static void readRole(YamlSection section, Node node, Role role, PlanDraft draft) {
    String key = PlanDraft.key(role);
    if (!(node instanceof SequenceNode)) {
      draft.engines(role, section.integer(node, key, 0, PlanDraft.MAX_OF_A_KIND));
      return;
    }
    List<Node> items = section.items(node, key);
    draft.engines(role, items.size());
    for (int i = 0; i < items.size(); i++) {
      readEngine(section.section(items.get(i), key + "[" + i + "]"), draft.drafts(role).get(i));
    }
  }

  private static void readEngine(YamlSection section, EngineDraft engine) {
    section.take("name", node -> engine.name = readName(section, node));
    section.port("port", port -> engine.port = port);
    section.port("side-port", port -> engine.sidePort = port);
    section.text("model", model -> engine.model = model);
    section.text("gpus", gpus -> engine.gpus = gpus);
    section.texts("flags", engine.flags::addAll);
    section.textMap("environment", engine.environment::putAll);
    section.tree("kv-transfer", engine.kvTransfer::putAll);
    section.rejectOthers();
  }

  /** Names become file names, so they are kept plain. */
  private static String readName(YamlSection section, Node node) {
    String expected = "letters, digits, '-' and '_', at most 64";
    String name = section.scalar(node, "name", expected);
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9_-]{0,63}")) {
      throw section.mistake(node, "name", name, expected);
    }
    return name;
  }

  private static StaticNode readNode(YamlSection section) {
    var node =
        new Object() {
          @Nullable String id;
          @Nullable Role role;
          @Nullable URI url;
          Connector connector = Connectors.NIXL;
          @Nullable String zmqAddress;
        };
    section.text("id", id -> node.id = id);
    section.word(
        "role",
        List.of("prefill", "decode", "replica", "any"),
        word -> node.role = Role.valueOf(word.toUpperCase(Locale.ROOT)));
    section.take("url", value -> node.url = readUrl(section, value));
    section.take("connector", value -> node.connector = readConnector(section, value));
    section.text("zmq-address", address -> node.zmqAddress = address);
    section.rejectOthers();
    Role role = section.required("role", node.role);
    URI url = section.required("url", node.url);
    return new StaticNode(
        section.required("id", node.id),
        role,
        url,
        role == Role.REPLICA ? Connectors.NONE : node.connector,
        node.zmqAddress);
  }

  private static URI readUrl(YamlSection section, Node node) {
    String expected = "a URL like http://10.0.0.5:8000";
    String text = section.scalar(node, "url", expected);
    if (!text.matches("https?://[^/?#]+/?")) {
      throw section.mistake(node, "url", text, expected);
    }
    return URI.create(text.replaceFirst("/$", ""));
  }

  private static Connector readConnector(YamlSection section, Node node) {
    String word = section.scalar(node, "connector", Connectors.words());
    return Connectors.named(word)
        .orElseThrow(() -> section.mistake(node, "connector", word, Connectors.words()));
  }
}
