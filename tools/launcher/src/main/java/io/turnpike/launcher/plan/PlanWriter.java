package io.turnpike.launcher.plan;

import io.turnpike.node.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Writes a settled plan as a {@code turnpike.yaml} that reads back as the same plan. */
final class PlanWriter {

  private PlanWriter() {}

  static String write(Plan plan) {
    DumpSettings settings =
        DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).setWidth(100).build();
    return new Dump(settings).dumpToString(tree(plan));
  }

  private static Map<String, Object> tree(Plan plan) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("mode", plan.mode());
    tree.put("model", plan.model());
    tree.put("host", plan.host());
    switch (plan.redis()) {
      case RedisPlan.Embedded embedded -> {
        tree.put("redis", "embedded");
        tree.put("redis-port", embedded.port());
      }
      case RedisPlan.External external -> tree.put("redis", external.url());
      case RedisPlan.None _ -> tree.put("redis", "none");
    }
    if (plan.registries().size() == 1) {
      tree.put("registry", registry(plan.registry()));
    } else {
      tree.put("registries", plan.registries().stream().map(PlanWriter::registry).toList());
    }
    tree.put("proxies", plan.proxies().stream().map(PlanWriter::service).toList());
    tree.put("replication", plan.replication() == null ? "none" : service(plan.replication()));
    tree.put("engines", engines(plan.engines()));
    putUnlessEmpty(tree, "nodes", plan.nodes().stream().map(PlanWriter::node).toList());
    putUnlessEmpty(tree, "properties", plan.properties());
    if (plan.startTimeout() != null) {
      tree.put("start-timeout", plan.startTimeout().toSeconds() + "s");
    }
    return tree;
  }

  private static Map<String, Object> registry(RegistryPlan plan) {
    Map<String, Object> tree = service(plan.service());
    tree.put("zmq-port", plan.zmqPort());
    return tree;
  }

  private static Map<String, Object> service(ServicePlan service) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("port", service.port());
    tree.put("management-port", service.managementPort());
    putUnlessEmpty(tree, "properties", service.properties());
    return tree;
  }

  private static Map<String, Object> engines(EnginesPlan engines) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("kind", engines.kind().word());
    if (engines.kind() == EngineKind.NONE) {
      return tree;
    }
    if (engines.kind() == EngineKind.SIMULATOR) {
      tree.put("speed", engines.speed());
    } else {
      tree.put("vllm", engines.vllm());
    }
    putUnlessEmpty(tree, "flags", engines.flags());
    putUnlessEmpty(tree, "environment", engines.environment());
    putUnlessEmpty(tree, "kv-transfer", engines.kvTransfer());
    for (Role role : Role.values()) {
      // A list of its own, also an empty one: where two are the same, YAML says it by an anchor.
      List<Map<String, Object>> all = new ArrayList<>();
      engines.of(role).forEach(engine -> all.add(engine(engines, engine)));
      tree.put(PlanDraft.key(role), all);
    }
    return tree;
  }

  private static Map<String, Object> engine(EnginesPlan engines, EnginePlan engine) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", engine.name());
    tree.put("port", engine.port());
    if (engines.usesSidePort(engine)) {
      tree.put("side-port", engine.sidePort());
    }
    if (engine.model() != null) {
      tree.put("model", engine.model());
    }
    if (engine.gpus() != null) {
      tree.put("gpus", engine.gpus());
    } else if (engines.kind() == EngineKind.VLLM) {
      tree.put("gpus", "none");
    }
    putUnlessEmpty(tree, "flags", engine.flags());
    putUnlessEmpty(tree, "environment", engine.environment());
    putUnlessEmpty(tree, "kv-transfer", engine.kvTransfer());
    return tree;
  }

  private static Map<String, Object> node(StaticNode node) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("id", node.id());
    tree.put("role", node.role().word());
    tree.put("url", node.url().toString());
    if (node.role() != Role.REPLICA) {
      tree.put("connector", node.connector().word());
    }
    if (node.zmqAddress() != null) {
      tree.put("zmq-address", node.zmqAddress());
    }
    return tree;
  }

  private static void putUnlessEmpty(Map<String, Object> tree, String key, Object value) {
    boolean empty =
        value instanceof Map<?, ?> map ? map.isEmpty() : value instanceof List<?> l && l.isEmpty();
    if (!empty) {
      tree.put(key, value);
    }
  }
}
