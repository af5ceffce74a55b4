package io.turnpike.launcher.ray;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.launcher.job.JobCheck;
import io.turnpike.launcher.job.JobFile;
import io.turnpike.launcher.job.JobFolder;
import io.turnpike.launcher.stack.Installation;
import io.turnpike.launcher.stack.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class RayPlanTest {

  private static final String PAIR =
      """
      backend: ray
      general: {params: {model: m, port: '{PORT}'}}
      prefill: {}
      decode: {replicas: 2}
      """;

  @TempDir Path folder;
  private Installation installation = Installation.at(Path.of(""));
  private RayBackEnd ray = new RayBackEnd(installation);

  @BeforeEach
  void install() {
    installation = Installation.at(folder);
    ray = new RayBackEnd(installation);
  }

  private JobCheck check(String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("job.yaml"), yaml);
    return JobCheck.of(file, null, _ -> ray);
  }

  private ObjectNode plan(String yaml) throws IOException {
    return new RayPlan(check(yaml).orThrow(), installation).json("j-1", "secret");
  }

  private static List<String> words(JsonNode command) {
    return command.valueStream().map(word -> word.asString("")).toList();
  }

  @Test
  void workers_sayTheirPlaceInTheDriversWords() throws Exception {
    ObjectNode plan = plan(PAIR + "ray: {vllm: /opt/vllm, cpus: 2, decode: {placement: SPREAD}}");

    JsonNode decode = plan.at("/groups/decode");
    assertThat(words(decode.path("command")))
        .startsWith("/opt/vllm", "serve", "m", "--host", "{HOST}", "--port", "{PORT}");
    assertThat(words(decode.path("command")))
        .contains(
            "{\"kv_connector\":\"NixlConnector\",\"kv_role\":\"kv_consumer\","
                + "\"engine_id\":\"{ENGINE_ID}\"}");
    assertThat(decode.path("env").toString())
        .isEqualTo(
            "{\"VLLM_NIXL_SIDE_CHANNEL_HOST\":\"{HOST}\","
                + "\"VLLM_NIXL_SIDE_CHANNEL_PORT\":\"{SIDE_PORT}\"}");
    assertThat(decode.path("replicas").asInt()).isEqualTo(2);
    assertThat(decode.path("strategy").asString()).isEqualTo("SPREAD");
    assertThat(plan.at("/groups/prefill/strategy").asString()).isEqualTo("PACK");
    assertThat(decode.path("bundle").toString()).isEqualTo("{\"CPU\":2.0,\"GPU\":1}");
    assertThat(decode.path("connector").asString()).isEqualTo("nixl");
    assertThat(decode.path("ready").asString()).isEqualTo("http://{HOST}:{PORT}/health");
  }

  @Test
  void vllmThatSpreadsAWorkerOverNodes_takesItsGpusItself() throws Exception {
    ObjectNode plan =
        plan(
            PAIR.replace(
                "decode: {replicas: 2}",
                "decode: {params: {tensor_parallel_size: 8, distributed_executor_backend: ray}}"));

    assertThat(plan.at("/groups/decode/bundle").toString()).isEqualTo("{\"CPU\":1.0}");
    assertThat(plan.at("/groups/decode/ray").asBoolean()).isTrue();
    assertThat(plan.at("/groups/prefill/ray").asBoolean()).isFalse();
  }

  @Test
  void registryAndProxies_standOnTheDriversNode_andTheirKeyIsInNoCommandLine() throws Exception {
    ObjectNode plan = plan(PAIR + "scheduler: {port: 9000, mode: pd}");

    assertThat(plan.path("url").asString()).isEqualTo("http://{PROXY_1_HOST}:9000");
    assertThat(plan.path("front").valueStream().map(it -> it.path("name").asString()))
        .containsExactly("registry", "proxy-1");
    assertThat(words(plan.at("/front/1/command")))
        .contains(
            "--server.address={HOST}",
            "--turnpike.proxy.mode=pd",
            "--turnpike.registry.url=http://{REGISTRY_HOST}:{REGISTRY_PORT}")
        .noneMatch(word -> word.contains("secret"));
    assertThat(plan.at("/front/1/env/TURNPIKE_GATEWAY_ADMINKEY").asString()).isEqualTo("secret");
    assertThat(plan.at("/front/1/ports/PORT/fixed").asInt()).isEqualTo(9000);
  }

  @Test
  void aRegistryThatRunsAlready_isTold_andNothingIsPutInFront() throws Exception {
    ObjectNode plan = plan(PAIR + "ray: {registry: 'http://10.0.0.9:10003/'}");

    assertThat(plan.path("front")).isEmpty();
    assertThat(plan.path("url").asString()).isEmpty();
    assertThat(plan.path("facts").toString())
        .contains("\"REGISTRY_HOST\":\"10.0.0.9\"", "\"REGISTRY_PORT\":\"10003\"");
  }

  @Test
  void aProgramOfOnesOwn_isToldWhereWorkersAre_andIsStartedLast() throws Exception {
    ObjectNode plan =
        plan(PAIR + "scheduler: {port: 9000, command: 'python p.py {PORT} ${DECODE_URL_2}'}");

    assertThat(plan.at("/front/0/last").asBoolean()).isTrue();
    assertThat(words(plan.at("/front/0/command")))
        .containsExactly("python", "p.py", "9000", "http://{DECODE_2_HOST}:{DECODE_2_PORT}");
    assertThat(plan.path("url").asString()).isEqualTo("http://{SCHEDULER_HOST}:9000");
  }

  @Test
  void whatRayCannotDo_isSaidBeforeAnythingStarts() throws Exception {
    assertThat(check(PAIR + "scheduler: {proxies: 2}").mistakes())
        .singleElement()
        .asString()
        .contains("scheduler.proxies: 2 without a Redis");
    assertThat(check(PAIR + "ray: {placement: ANYWHERE, cpus: x}").mistakes())
        .hasSize(2)
        .first()
        .asString()
        .contains("ray.placement: 'ANYWHERE' (expected: PACK, SPREAD, STRICT_SPREAD)");
    assertThat(check(PAIR + "ray: {address: 'head:8265'}").mistakes())
        .singleElement()
        .asString()
        .contains("ray.address: 'head:8265' (expected: the dashboard, like http://10.0.0.1:8265)");
  }

  @Test
  void render_showsThePlan_andNoSecrets() throws Exception {
    Files.writeString(folder.resolve("secrets.env"), "HF_TOKEN=hf_abc\n");
    JobFile job = check(PAIR + "env_file: secrets.env\nray: {address: 'http://h:1'}").orThrow();
    JobFolder.Entry entry = JobFolder.in(new StateFolder(folder.resolve("state"))).entry("ID");

    List<String> lines = ray.render(job, entry);

    assertThat(lines.getFirst()).startsWith("# to http://h:1, as the plan of turnpike_driver.py");
    assertThat(String.join("\n", lines)).contains("$HF_TOKEN").doesNotContain("hf_abc");
  }

  @Test
  void theArchive_hasTheDriver_itsPlan_andTheFilesOfTheWorkingFolder() throws Exception {
    Path work = Files.createDirectories(folder.resolve("work/.git"));
    Files.writeString(work.resolve("config"), "x");
    Files.writeString(folder.resolve("work/proxy.py"), "print(1)");
    ObjectNode plan = JsonMapper.shared().createObjectNode().put("id", "j");

    RayArchive archive = RayArchive.of(plan, folder.resolve("work"));
    RayArchive same = RayArchive.of(plan, folder.resolve("work"));
    RayArchive other = RayArchive.of(plan.deepCopy().put("id", "k"), folder.resolve("work"));

    assertThat(archive.name()).matches("_ray_pkg_[0-9a-f]{32}\\.zip").isEqualTo(same.name());
    assertThat(other.name()).isNotEqualTo(archive.name());
    assertThat(entries(archive))
        .contains("turnpike_driver.py", "turnpike_keeper.py", "turnpike_plan.json", "proxy.py")
        .noneMatch(name -> name.startsWith(".git"));
  }

  private static List<String> entries(RayArchive archive) throws IOException {
    List<String> names = new java.util.ArrayList<>();
    try (var zip =
        new java.util.zip.ZipInputStream(new java.io.ByteArrayInputStream(archive.bytes()))) {
      for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        names.add(entry.getName());
      }
    }
    return names;
  }
}
