package io.turnpike.launcher.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.launcher.job.JobCheck;
import io.turnpike.launcher.job.Watchers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes below {@code kubernetes}, each with its line and key. */
class KubernetesCheckTest {

  @Test
  void file_thatSaysEverything_isFine() {
    assertThat(check(KubeJobs.VLLM)).isEmpty();
    assertThat(check(KubeJobs.SIMULATED)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "namespce: x | unknown key 'kubernetes.namespce' (expected: namespace?)",
        "namespace: Upper | kubernetes.namespace: 'Upper' (expected: a name of Kubernetes",
        "service: Ingress | kubernetes.service: 'Ingress' (expected: ClusterIP, NodePort,",
        "shared_memory: much | kubernetes.shared_memory: 'much' (expected: a quantity",
        "resources: {cpu: many} | kubernetes.resources.cpu: 'many' (expected: a quantity",
        "volumes: [{name: a}] | kubernetes.volumes: '{name=a}' (expected: a list of maps, each"
            + " with name and mountPath",
        "tolerations: all | kubernetes.tolerations: 'all' (expected: a list of maps",
        "nodes: 0 | kubernetes.nodes: '0' (expected: a number from 1 to 64",
        "drain: soon | kubernetes.drain: 'soon' (expected: a time",
        "isolation: some | kubernetes.isolation: 'some' (expected: policies, none)",
        "decode: {gpus: 1} | unknown key 'kubernetes.decode.gpus'"
      })
  void mistake_isSaid_withItsLine(String line, String expected) {
    String yaml =
        "engine: simulator\ngeneral: {params: {model: m, port: '{PORT}'}}\nprefill: {}\n"
            + "decode: {}\nkubernetes:\n  "
            + line
            + "\n";
    assertThat(check(yaml)).singleElement().asString().startsWith("job.yaml:6: " + expected);
  }

  @Test
  void whatKubernetesCannotDo_isSaid(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("job.yaml");
    Files.writeString(
        file,
        """
        general: {params: {model: m}}
        replica: {}
        scheduler: {command: "python3 proxy.py --port {PORT}"}
        restart: never
        """);
    assertThat(check(file).mistakes())
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).contains("image: missing (expected: an image that has vLLM"),
            line -> assertThat(line).contains(":3: scheduler.command: it is no image"),
            line -> assertThat(line).contains(":4: restart: 'never' (expected: 'on-end'"));
  }

  @Test
  void workers_thatCannotSpanNodes_areRefused(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("job.yaml");
    String p2p = "'{\"kv_connector\":\"P2pNcclConnector\",\"kv_port\":\"21001\"}'";
    Files.writeString(
        file,
        """
        image: v
        general: {params: {model: m, port: '{PORT}'}}
        prefill: {params: {tensor_parallel_size: 2, kv_transfer_config: %s}}
        decode: {params: {tensor_parallel_size: 2, distributed_executor_backend: ray}}
        replica: {num_gpus: 3}
        kubernetes:
          nodes: 2
        """
            .formatted(p2p));
    assertThat(check(file).mistakes())
        .anySatisfy(line -> assertThat(line).contains(":7: kubernetes.nodes: 2 with a connector"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains(
                        ":4: decode.params.distributed_executor_backend: 'ray' (expected: mp"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("nodes: 2 for the 3 GPUs of a replica worker (expected: a number"));
    Files.writeString(file, KubeJobs.SPANNING);
    assertThat(check(file).mistakes()).isEmpty();
    Files.writeString(file, "engine: simulator\n" + KubeJobs.SPANNING);
    assertThat(check(file).mistakes()).isEmpty();
    assertThat(check(file).notes())
        .anySatisfy(line -> assertThat(line).contains("kubernetes.decode.nodes: is passed over"));
  }

  @Test
  void whatIsPassedOver_isNoted(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("job.yaml");
    Files.writeString(
        file,
        """
        engine: simulator
        general: {params: {model: m}}
        replica: {}
        scheduler: {host: 0.0.0.0}
        working_dir: /workspace/of/the/image
        """);
    assertThat(check(file).mistakes()).isEmpty();
    assertThat(check(file).notes())
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).contains(":4: scheduler.host: is passed over"),
            line -> assertThat(line).contains(":5: working_dir: is a folder of the image"));
  }

  private static JobCheck check(Path file) {
    return JobCheck.of(file, "kubernetes", word -> new KubernetesBackEnd(new Watchers(List.of())));
  }

  private static List<String> check(String yaml) {
    return JobCheck.of("job.yaml", yaml).mistakes();
  }
}
