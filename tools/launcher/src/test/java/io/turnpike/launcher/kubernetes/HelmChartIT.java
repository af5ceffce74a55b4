package io.turnpike.launcher.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The chart, as helm sees it, beside the objects of a job. */
class HelmChartIT {

  private Helm helm;
  private @TempDir Path folder;

  @BeforeEach
  void find() {
    helm = Helm.in(folder);
  }

  @Test
  void release_andJob_areTheSameObjects() {
    Names names = new Names("cluster-ab2c");
    assertThat(rendered(KubeValues.SIMULATED))
        .isEqualTo(plain(Manifests.of(KubeJobs.job(KubeJobs.SIMULATED), names)));
    assertThat(rendered(KubeValues.ANY))
        .isEqualTo(plain(Manifests.of(KubeJobs.job(KubeJobs.ANY), names)));
    String alike =
        KubeJobs.VLLM.replace(
            "  decode: {shared_memory: 2Gi, priority_class: system-node-critical}\n", "");
    assertThat(rendered(KubeValues.VLLM))
        .isEqualTo(plain(Manifests.of(KubeJobs.job(alike), names)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", KubeValues.SIMULATED, KubeValues.VLLM, KubeValues.ANY})
  void chart_hasNothingThatHelmWouldWarnOf(String values) {
    assertThat(helm.lint(values)).contains("0 chart(s) failed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "proxy: {mode: fast}",
        "proxy: {replcas: 2}",
        "service: {type: Ingress}",
        "redis: {url: localhost}",
        "drain: soon",
        "engines: {volumes: [{name: a}]}",
        "monitoring: {serviceMonitor: maybe}"
      })
  void values_areChecked(String yaml) {
    assertThatThrownBy(() -> rendered(yaml)).hasMessageContaining("values don't meet");
  }

  @Test
  void registries_areAskedByGateways_andByEachOther() {
    String yaml = helm.template("chat", "registry: {replicas: 2}");
    String both =
        "http://chat-registry-0.chat-registry-peers:10003,"
            + "http://chat-registry-1.chat-registry-peers:10003";
    assertThat(yaml)
        .contains("TURNPIKE_REGISTRY_URL, value: \"" + both)
        .contains("TURNPIKE_REGISTRY_PEERS, value: \"" + both);
    assertThat(helm.template("chat", "{}"))
        .contains("http://chat-registry:10003")
        .doesNotContain("PEERS");
  }

  private Map<String, Object> rendered(String values) {
    Map<String, Object> objects = new TreeMap<>();
    for (Object document :
        new Load(LoadSettings.builder().build())
            .loadAllFromString(helm.template("cluster-ab2c", values))) {
      if (document instanceof Map<?, ?> map && !"Secret".equals(map.get("kind"))) {
        put(objects, map);
      }
    }
    return objects;
  }

  private static Map<String, Object> plain(List<Manifest> manifests) {
    Map<String, Object> objects = new TreeMap<>();
    manifests.forEach(manifest -> put(objects, manifest.tree()));
    return objects;
  }

  private static void put(Map<String, Object> objects, Map<?, ?> object) {
    Object name = object.get("metadata") instanceof Map<?, ?> about ? about.get("name") : "";
    objects.put(object.get("kind") + " " + name, comparable(object));
  }

  /** Numbers by what they are worth, and without who manages it. */
  private static Object comparable(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        Map<String, Object> copy = new TreeMap<>();
        map.forEach((key, it) -> copy.put(String.valueOf(key), comparable(it)));
        copy.remove("app.kubernetes.io/managed-by");
        yield copy;
      }
      case List<?> list -> {
        List<Object> copy = new ArrayList<>();
        list.forEach(it -> copy.add(comparable(it)));
        yield copy;
      }
      case Number number -> number.longValue();
      case String text -> text.strip();
      default -> value;
    };
  }
}
