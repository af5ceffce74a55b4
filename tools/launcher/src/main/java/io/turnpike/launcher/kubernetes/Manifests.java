package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.job.JobFile;
import io.turnpike.launcher.job.KubernetesSettings.Isolation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;

/** All objects of a job. */
final class Manifests {

  private Manifests() {}

  /** All but Secrets, in the order in which they are applied. */
  static List<Manifest> of(JobFile job, Names names) {
    List<Manifest> manifests = new ArrayList<>();
    manifests.addAll(new RegistryObjects(job, names).manifests());
    if (job.scheduler().gateway().redis().equals("embedded")) {
      manifests.addAll(new RedisObjects(names, job.target().kubernetes()).manifests());
    }
    manifests.addAll(new GatewayObjects(job, names).manifests());
    manifests.addAll(new EngineObjects(job, names).manifests());
    if (job.target().kubernetes().isolation() == Isolation.POLICIES) {
      manifests.addAll(new NetworkPolicies(job, names).manifests());
    }
    manifests.sort(Comparator.comparing(Manifest::kind));
    return manifests;
  }

  /** As YAML documents; Secrets stand there by the names of what is in them. */
  static List<String> lines(JobFile job, Names names) {
    List<String> lines = new ArrayList<>();
    lines.add("# The objects of this job, as they are applied; its Secrets besides:");
    for (Map.Entry<String, List<String>> secret : Secrets.contents(job, names).entrySet()) {
      lines.add("#   " + secret.getKey() + ": " + String.join(", ", secret.getValue()));
    }
    DumpSettings settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setDefaultScalarStyle(ScalarStyle.PLAIN)
            .setMultiLineFlow(false)
            .setWidth(Integer.MAX_VALUE)
            .setDereferenceAliases(true)
            .build();
    for (Manifest manifest : of(job, names)) {
      lines.add("---");
      new Dump(settings).dumpToString(manifest.tree()).lines().forEach(lines::add);
    }
    return lines;
  }
}
