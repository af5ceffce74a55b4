package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.job.JobFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Who reaches what. Engines answer their gateways and the registry alone; between engines every
 * port is open, because NIXL's transports choose theirs when they connect. Whoever scrapes engines
 * needs a policy of his own beside these: policies add up.
 */
final class NetworkPolicies {

  private final JobFile job;
  private final Names names;

  NetworkPolicies(JobFile job, Names names) {
    this.job = job;
    this.names = names;
  }

  List<Manifest> manifests() {
    List<Manifest> manifests = new ArrayList<>();
    List<String> engines =
        job.groups().stream()
            .filter(group -> group.replicas() > 0)
            .map(group -> group.role().word())
            .toList();
    List<Integer> ports = job.groups().stream().map(EnginePods::port).distinct().toList();
    List<String> ours =
        List.of(GatewayObjects.PROXY, GatewayObjects.REPLICATION, RegistryObjects.REGISTRY);
    manifests.add(
        policy(
            EngineObjects.SERVICE,
            in(engines),
            List.of(
                rule(ours, ports),
                Fields.of("from", List.of(Fields.of("podSelector", in(engines)))))));
    List<Map<String, Object>> asked = new ArrayList<>();
    asked.add(rule(ours, List.of(RegistryObjects.HTTP)));
    // Kubelets probe, Prometheus scrapes.
    asked.add(Fields.of("ports", List.of(port(RegistryObjects.MANAGEMENT))));
    if (RegistryObjects.isPinged(job)) {
      asked.add(rule(engines, List.of(RegistryObjects.PINGS)));
    }
    manifests.add(policy(RegistryObjects.REGISTRY, in(List.of(RegistryObjects.REGISTRY)), asked));
    if (job.scheduler().gateway().redis().equals("embedded")) {
      manifests.add(
          policy(
              RedisObjects.REDIS,
              in(List.of(RedisObjects.REDIS)),
              List.of(rule(ours, List.of(RedisObjects.PORT)))));
    }
    return manifests;
  }

  private Manifest policy(
      String component, Map<String, Object> selector, List<Map<String, Object>> ingress) {
    return Manifest.of(
        ObjectKind.NETWORK_POLICY,
        names,
        component,
        Fields.of(
            "spec",
            Fields.of(
                "podSelector", selector, "policyTypes", List.of("Ingress"), "ingress", ingress)));
  }

  private Map<String, Object> rule(List<String> components, List<Integer> ports) {
    return Fields.of(
        "from", List.of(Fields.of("podSelector", in(components))),
        "ports", ports.stream().map(NetworkPolicies::port).toList());
  }

  private static Map<String, Object> port(int number) {
    return Fields.of("protocol", "TCP", "port", number);
  }

  private Map<String, Object> in(List<String> components) {
    return Fields.of(
        "matchLabels", names.selector(),
        "matchExpressions",
            List.of(Fields.of("key", Names.COMPONENT, "operator", "In", "values", components)));
  }
}
