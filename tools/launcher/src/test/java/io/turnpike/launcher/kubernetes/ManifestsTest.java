package io.turnpike.launcher.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.launcher.job.JobFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The objects that a job file becomes. */
class ManifestsTest {

  private static final Names NAMES = Names.ofJob("cluster-ab2c");

  private final List<Manifest> vllm = Manifests.of(KubeJobs.job(KubeJobs.VLLM), NAMES);

  @Test
  void objects_areAllThatAJobNeeds() {
    assertThat(vllm.stream().map(it -> it.kind().word() + " " + it.name()))
        .containsExactlyInAnyOrder(
            "ServiceAccount cluster-ab2c-registry",
            "Role cluster-ab2c-registry",
            "RoleBinding cluster-ab2c-registry",
            "NetworkPolicy cluster-ab2c-engines",
            "NetworkPolicy cluster-ab2c-registry",
            "NetworkPolicy cluster-ab2c-redis",
            "Service cluster-ab2c",
            "Service cluster-ab2c-registry",
            "Service cluster-ab2c-redis",
            "Service cluster-ab2c-engines",
            "PodDisruptionBudget cluster-ab2c-proxy",
            "PodDisruptionBudget cluster-ab2c-prefill",
            "PodDisruptionBudget cluster-ab2c-decode",
            "StatefulSet cluster-ab2c-prefill",
            "StatefulSet cluster-ab2c-decode",
            "Deployment cluster-ab2c-registry",
            "Deployment cluster-ab2c-redis",
            "Deployment cluster-ab2c-proxy");
    assertThat(vllm)
        .allSatisfy(
            it ->
                assertThat(json(it).path("metadata").path("labels").path(Names.JOB).asString())
                    .isEqualTo("cluster-ab2c"));
  }

  @Test
  void enginesOfRoleAny_areBehindProxies() {
    List<Manifest> any = Manifests.of(KubeJobs.job(KubeJobs.ANY), NAMES);
    assertThat(any.stream().map(it -> it.kind().word() + " " + it.name()))
        .contains("Deployment cluster-ab2c-proxy", "StatefulSet cluster-ab2c-any")
        .doesNotContain("Deployment cluster-ab2c-replication");
    JsonNode pod = find(any, ObjectKind.STATEFUL_SET, "any").path("spec").path("template");
    assertThat(pod.path("metadata").path("labels").path("turnpike.io/role").asString())
        .isEqualTo("any");
    assertThat(pod.toString()).contains("kv_both");
  }

  @Test
  void engines_keepTheirNames_andGetWhatTheyNeed() {
    JsonNode set = find(vllm, ObjectKind.STATEFUL_SET, "prefill");
    assertThat(set.path("spec").path("ordinals").path("start").asInt()).isEqualTo(1);
    JsonNode pod = set.path("spec").path("template");
    assertThat(pod.path("metadata").path("labels").toString())
        .contains(
            "\"turnpike.io/role\":\"prefill\"",
            "\"turnpike.io/port\":\"8000\"",
            "\"turnpike.io/connector\":\"nixl\"");
    JsonNode engine = pod.path("spec").path("containers").path(0);
    assertThat(texts(engine.path("command")))
        .startsWith("vllm", "serve", "org/m", "--host", "0.0.0.0", "--port", "8000")
        .containsSubsequence("--max-model-len", "4096")
        .containsSubsequence("--tensor-parallel-size", "2");
    assertThat(engine.path("resources").path("limits").toString())
        .isEqualTo("{\"cpu\":\"4\",\"memory\":\"32Gi\",\"nvidia.com/gpu\":2}");
    assertThat(engine.path("env").toString())
        .contains(
            "{\"name\":\"VLLM_NIXL_SIDE_CHANNEL_HOST\",\"value\":\"$(POD_IP)\"}",
            "{\"name\":\"VLLM_NIXL_SIDE_CHANNEL_PORT\",\"value\":\"18000\"}",
            "{\"name\":\"HF_HUB_OFFLINE\",\"value\":\"1\"}");
    assertThat(engine.path("env").path(0).path("name").asString())
        .as("said before it is used")
        .isEqualTo("POD_IP");
    assertThat(engine.path("envFrom").toString())
        .isEqualTo(
            "[{\"secretRef\":{\"name\":\"hf-token\"}},{\"configMapRef\":{\"name\":\"proxies\"}}]");
  }

  @Test
  void engines_mayLoadAsLongAsTheJobMayStart_andEndInPeace() {
    JsonNode pod = podOf(vllm, ObjectKind.STATEFUL_SET, "decode");
    JsonNode engine = pod.path("containers").path(0);
    JsonNode startup = engine.path("startupProbe");
    assertThat(startup.path("periodSeconds").asInt() * startup.path("failureThreshold").asInt())
        .isEqualTo(20 * 60);
    assertThat(pod.path("terminationGracePeriodSeconds").asInt()).isGreaterThan(90);
    assertThat(texts(engine.path("lifecycle").path("preStop").path("exec").path("command")))
        .startsWith("python3", "-c")
        .endsWith("8000", "90", "5")
        .anySatisfy(word -> assertThat(word).contains("num_requests_(?:running|waiting)"));
  }

  @Test
  void pods_getWhatTheFileSays_ofAllAndOfEachRole() {
    JsonNode prefill = podOf(vllm, ObjectKind.STATEFUL_SET, "prefill");
    JsonNode decode = podOf(vllm, ObjectKind.STATEFUL_SET, "decode");
    for (JsonNode pod : List.of(prefill, decode)) {
      assertThat(pod.path("nodeSelector").toString()).contains("gpu.present");
      assertThat(pod.path("tolerations").path(0).path("key").asString())
          .isEqualTo("nvidia.com/gpu");
      assertThat(pod.path("volumes").toString())
          .contains("{\"name\":\"models\",\"hostPath\":{\"path\":\"/srv/models\"}}");
      assertThat(pod.path("containers").path(0).path("volumeMounts").toString())
          .contains("{\"name\":\"models\",\"mountPath\":\"/models\",\"readOnly\":true}");
    }
    assertThat(prefill.path("volumes").toString()).contains("\"sizeLimit\":\"8Gi\"");
    assertThat(decode.path("volumes").toString()).contains("\"sizeLimit\":\"2Gi\"");
    assertThat(decode.path("priorityClassName").asString()).isEqualTo("system-node-critical");
    assertThat(prefill.path("priorityClassName").isMissingNode()).isTrue();
  }

  @Test
  void gateways_areReplacedOneByOne_andSeeNoApiServer() {
    JsonNode proxy = find(vllm, ObjectKind.DEPLOYMENT, "proxy").path("spec");
    assertThat(proxy.path("replicas").asInt()).isEqualTo(2);
    assertThat(proxy.path("strategy").path("rollingUpdate").toString())
        .isEqualTo("{\"maxUnavailable\":0,\"maxSurge\":1}");
    JsonNode pod = proxy.path("template").path("spec");
    assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(pod.path("terminationGracePeriodSeconds").asInt())
        .as("5 s to be heard, the drain, 30 s to end")
        .isEqualTo(125);
    assertThat(pod.path("topologySpreadConstraints").path(0).path("topologyKey").asString())
        .isEqualTo("kubernetes.io/hostname");
    JsonNode container = pod.path("containers").path(0);
    assertThat(texts(container.path("args"))).containsExactly("--turnpike.limits.turns=100");
    assertThat(container.path("env").toString())
        .contains(
            "http://cluster-ab2c-registry:10003",
            "optional:configtree:/run/turnpike/",
            "{\"name\":\"SPRING_LIFECYCLE_TIMEOUTPERSHUTDOWNPHASE\",\"value\":\"90s\"}");
    assertThat(find(vllm, ObjectKind.SERVICE, "").path("spec").path("ports").toString())
        .isEqualTo("[{\"name\":\"http\",\"port\":8021,\"targetPort\":\"http\"}]");
  }

  @Test
  void registry_maySeePods_andNothingElse() {
    assertThat(find(vllm, ObjectKind.ROLE, "registry").path("rules").toString())
        .isEqualTo(
            "[{\"apiGroups\":[\"\"],\"resources\":[\"pods\"],\"verbs\":[\"list\",\"watch\"]}]");
    assertThat(find(vllm, ObjectKind.DEPLOYMENT, "registry").toString())
        .contains("turnpike.io/job=cluster-ab2c")
        .doesNotContain("ZMQBIND");
  }

  @Test
  void registry_listensForPings_whereEnginesPing() {
    String p2p = "{\"kv_connector\":\"P2pNcclConnector\",\"kv_port\":\"21001\"}";
    List<Manifest> objects =
        Manifests.of(
            KubeJobs.job(
                """
                image: v
                general: {params: {model: m, port: '{PORT}', kv_transfer_config: '%s'}}
                prefill: {}
                decode: {}
                """
                    .formatted(p2p)),
            NAMES);
    assertThat(find(objects, ObjectKind.DEPLOYMENT, "registry").toString())
        .contains("tcp://0.0.0.0:30001");
    assertThat(find(objects, ObjectKind.NETWORK_POLICY, "registry").toString()).contains("30001");
    JsonNode decode = find(objects, ObjectKind.STATEFUL_SET, "decode");
    assertThat(decode.toString())
        .contains("\"turnpike.io/zmq-port\":\"21001\"")
        .contains("cluster-ab2c-prefill-1.cluster-ab2c-engines")
        .contains("cluster-ab2c-registry");
  }

  @Test
  void policies_letEnginesBeReachedByGatewaysAndEachOther() {
    JsonNode engines = find(vllm, ObjectKind.NETWORK_POLICY, "engines").path("spec");
    assertThat(engines.path("podSelector").toString()).contains("[\"prefill\",\"decode\"]");
    assertThat(engines.path("ingress")).hasSize(2);
    assertThat(engines.path("ingress").path(0).toString())
        .contains("\"proxy\"", "\"registry\"", "\"port\":8000");
    assertThat(engines.path("ingress").path(1).toString())
        .contains("[\"prefill\",\"decode\"]")
        .doesNotContain("ports");
    JsonNode registry = find(vllm, ObjectKind.NETWORK_POLICY, "registry").path("spec");
    assertThat(registry.path("ingress").toString())
        .as("nobody pings it")
        .doesNotContain("decode", "30001");
    assertThat(
            Manifests.of(
                KubeJobs.job(KubeJobs.VLLM.replace("drain: 90s", "isolation: none")), NAMES))
        .noneMatch(it -> it.kind() == ObjectKind.NETWORK_POLICY);
  }

  @Test
  void simulators_needNoGpu_andNoRoot() {
    String yaml = "image: vllm/vllm-openai:v0.13.0\n" + KubeJobs.SIMULATED;
    List<Manifest> objects = Manifests.of(KubeJobs.job(yaml), NAMES);
    JsonNode engine = podOf(objects, ObjectKind.STATEFUL_SET, "replica").path("containers").path(0);
    assertThat(engine.path("image").asString()).isEqualTo("turnpike/simulator:latest");
    assertThat(texts(engine.path("args"))).startsWith("serve", "--host", "0.0.0.0");
    assertThat(engine.path("resources").isMissingNode()).isTrue();
    assertThat(engine.path("securityContext").path("readOnlyRootFilesystem").asBoolean(false))
        .isTrue();
    assertThat(find(objects, ObjectKind.DEPLOYMENT, "replication").isObject()).isTrue();
  }

  @Test
  void workers_thatSpanNodes_areGroupsOfPods() {
    List<Manifest> objects = Manifests.of(KubeJobs.job(KubeJobs.SPANNING), NAMES);
    assertThat(find(objects, ObjectKind.STATEFUL_SET, "prefill").isObject()).isTrue();
    JsonNode spec = find(objects, ObjectKind.LEADER_WORKER_SET, "decode").path("spec");
    JsonNode group = spec.path("leaderWorkerTemplate");
    assertThat(spec.path("replicas").asInt() * group.path("size").asInt()).isEqualTo(4);
    JsonNode leader = group.path("leaderTemplate");
    JsonNode engine = leader.path("spec").path("containers").path(0);
    assertThat(leader.path("metadata").path("labels").path(Names.ROLE).asString())
        .isEqualTo("decode");
    assertThat(texts(engine.path("command")))
        .startsWith("vllm", "serve", "org/m")
        .containsSubsequence("--pipeline-parallel-size", "2")
        .endsWith("--nnodes", "2", "--node-rank", "0", "--master-addr", "$(POD_IP)")
        .anySatisfy(
            it -> assertThat(it).contains("\"engine_id\":\"cluster-ab2c-decode-$(POD_IP)\""));
    assertThat(engine.path("resources").path("limits").toString())
        .isEqualTo("{\"nvidia.com/gpu\":1}");
    assertThat(engine.path("env").toString())
        .contains("{\"name\":\"VLLM_HOST_IP\",\"value\":\"$(POD_IP)\"}");
    assertThat(engine.path("startupProbe").isObject()).isTrue();
  }

  @Test
  void furtherPods_joinTheFirst_andAreAskedByNobody() {
    List<Manifest> objects = Manifests.of(KubeJobs.job(KubeJobs.SPANNING), NAMES);
    JsonNode template =
        find(objects, ObjectKind.LEADER_WORKER_SET, "decode")
            .path("spec")
            .path("leaderWorkerTemplate")
            .path("workerTemplate");
    assertThat(template.path("metadata").path("labels").has(Names.ROLE))
        .as("it is no node")
        .isFalse();
    JsonNode engine = template.path("spec").path("containers").path(0);
    assertThat(texts(engine.path("command")))
        .startsWith("python3", "-c")
        .containsSubsequence("{FIRST_IP}", "60", "vllm", "serve", "org/m")
        .containsSubsequence("--node-rank", "$(LWS_WORKER_INDEX)", "--master-addr", "{FIRST_IP}")
        .endsWith("--headless")
        .anySatisfy(
            it -> assertThat(it).contains("\"engine_id\":\"cluster-ab2c-decode-{FIRST_IP}\""));
    assertThat(engine.has("ports") || engine.has("readinessProbe") || engine.has("lifecycle"))
        .isFalse();
  }

  @Test
  void lines_areYaml_withoutASecret() {
    JobFile job =
        KubeJobs.job(
            KubeJobs.VLLM.replace("proxies: 2", "redis: 'redis://:pass@r:6379', proxies: 2"));
    List<String> lines = Manifests.lines(job, NAMES);
    assertThat(lines)
        .contains(
            "---",
            "kind: StatefulSet",
            "#   cluster-ab2c-keys: turnpike.registry.admin-key, turnpike.gateway.admin-key,"
                + " turnpike.redis.url");
    assertThat(String.join("\n", lines)).doesNotContain("pass@", "kind: Secret", "&id", "*id");
  }

  @Test
  void name_fitsWhatKubernetesTakes() {
    assertThat(Names.ofJob("Cluster-ab2c").job()).isEqualTo("cluster-ab2c");
    assertThat(Names.ofJob("9lives-ab2c").job()).isEqualTo("j9lives-ab2c");
    assertThat(Names.ofFile(Path.of("/a/My_cluster_.yaml")).job()).isEqualTo("my-cluster");
    assertThat(Names.ofFile(Path.of("_.yaml")).job()).isEqualTo("job");
    String name =
        Names.ofJob("a-very-long-name-of-a-job-file-that-nobody-would-shorten-ab2c").job();
    assertThat(name).endsWith("ab2c").matches("[a-z]([a-z0-9-]*[a-z0-9])?").hasSizeLessThan(40);
  }

  private static JsonNode podOf(List<Manifest> all, ObjectKind kind, String component) {
    return find(all, kind, component).path("spec").path("template").path("spec");
  }

  private static JsonNode find(List<Manifest> all, ObjectKind kind, String component) {
    String name = component.isEmpty() ? NAMES.job() : NAMES.of(component);
    return json(
        Objects.requireNonNull(
            all.stream()
                .filter(it -> it.kind() == kind && it.name().equals(name))
                .findFirst()
                .orElse(null)));
  }

  private static JsonNode json(Manifest manifest) {
    return JsonMapper.shared().valueToTree(manifest.tree());
  }

  private static List<String> texts(JsonNode list) {
    return list.valueStream().map(it -> it.asString("")).toList();
  }
}
