package io.turnpike.launcher.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.launcher.plan.EngineKind;
import io.turnpike.launcher.plan.PlanException;
import io.turnpike.node.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobCheckTest {

  @TempDir Path folder;

  private static JobCheck check(String yaml) {
    return JobCheck.of("job.yaml", yaml);
  }

  private static Group group(JobFile job, Role role) {
    return Objects.requireNonNull(job.group(role));
  }

  @Test
  void theOriginalsOwnExample_isReadAsItIs() {
    JobCheck check = check(JobFiles.ORIGINAL);

    assertThat(check.mistakes()).isEmpty();
    assertThat(check.notes()).isEmpty();
    JobFile job = check.job();
    assertThat(job.timeout()).isEqualTo(Duration.ofHours(1));
    assertThat(job.gpus()).isEqualTo(16);
    assertThat(job.engines().kind()).isEqualTo(EngineKind.VLLM);
    assertThat(job.scheduler().port()).isEqualTo(8021);
    assertThat(job.scheduler().command()).startsWith("python3 proxy.py --port {PORT}");
    Group decode = group(job, Role.DECODE);
    assertThat(decode.gpusEach()).isEqualTo(8);
    assertThat(decode.environment()).isEqualTo(Map.of("VLLM_ATTENTION_BACKEND", "FLASHMLA"));
    assertThat(decode.params().servedModel()).isEqualTo("my_model");
    assertThat(decode.params().flags())
        .containsExactly(
            "--served-model-name",
            "my_model",
            "--tensor-parallel-size",
            "1",
            "--data-parallel-size",
            "8",
            "--trust-remote-code");
  }

  @Test
  void parametersBecomeFlags_asVllmsOwnConfigFilesDo() {
    JobFile job =
        check(
                """
                general: {params: {model: general, seed: 7, enable_prefix_caching: on}}
                replica:
                  params:
                    model: own
                    enable-prefix-caching: False
                    disable_log_stats: false
                    trust_remote_code: "true"
                    lora_modules: [a, b]
                    override_generation_config: {temperature: 0.5}
                    _extra_params: --x 'two words'
                """)
            .orThrow();

    Params params = group(job, Role.REPLICA).params();
    assertThat(params.text(Params.MODEL)).isEqualTo("own");
    assertThat(params.flags())
        .containsExactly(
            "--seed",
            "7",
            "--no-enable-prefix-caching",
            "--trust-remote-code",
            "true",
            "--lora-modules",
            "a",
            "b",
            "--override-generation-config",
            "{\"temperature\":0.5}",
            "--x",
            "two words");
  }

  @Test
  void sizesThatAreSaid_makeTheGpus_whenTheirNumberIsNot() {
    JobFile job =
        check(
                "general: {params: {model: m, tensor_parallel_size: 2, pipeline_parallel_size:"
                    + " 3}}\n"
                    + "replica: {replicas: 2}")
            .orThrow();

    assertThat(job.gpusAsked()).isEqualTo(12);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "timeout: soon | 5: timeout: 'soon' (expected: a time like 90s, 10m or 1h, at most 24h)",
        "schedular: {} | 5: unknown key 'schedular' (expected: scheduler?)",
        "scheduler: {prot: 1} | 5: unknown key 'scheduler.prot' (expected: port?)",
        "scheduler: {port: 0} | 5: scheduler.port: '0' (expected: a number from 1 to 65535)",
        "scheduler: {mode: fast} | 5: scheduler.mode: 'fast' (expected: pd, ppd, adaptive)",
        "scheduler: {redis: here} | 5: scheduler.redis: 'here' (expected: embedded, none, or a URL",
        "restart: always | 5: restart: 'always' (expected: on-end, never)",
        "backend: slurm | 5: backend: 'slurm' (expected: local, ray, kubernetes)",
        "num_gpus: 1 | 5: num_gpus: 1, but workers ask for 2 (expected: at least 2)",
        "local: {devices: \"3\"} | 5: local.devices: 1, but workers ask for 2 (expected: 2 of"
            + " them)",
        "gpus_per_worker: 0 | 5: gpus_per_worker: '0' (expected: a number from 1 to 65536)",
        "env_file: /no/such/file | 5: env_file: '/no/such/file' (expected: a file with lines of",
        "scheduler: {command: \"p $DECODE_URL_2\"} | 5: scheduler.command: $DECODE_URL_2 (expected:"
            + " a number from 1 to 1)",
        "scheduler: {command: \"p ${REPLICA_URL_1}\"} | 5: scheduler.command: ${REPLICA_URL_1}"
            + " (expected: no REPLICA placeholder without such workers)",
        "scheduler: {command: p, proxies: 2} | 5: scheduler.proxies: said beside a command"
            + " (expected:",
        "replica: {params: {tensor_paralel_size: 2}} | 5: unknown key"
            + " 'replica.params.tensor_paralel_size' (expected: tensor_parallel_size?)",
        "replica: {num_gpus: 1, params: {tensor_parallel_size: 2}} | 5: replica.num_gpus: 1"
            + " (expected: at least 2, tensor x pipeline x data parallel size of one worker)",
        "replica: {replicas: 2, params: {port: 9000}} | 5: replica.params.port: 9000 for 2 workers"
            + " (expected: '{PORT}')",
        "replica: {params: {port: 8021}} | 5: replica.params.port: 8021 is scheduler.port too",
        "replica: {params: {port: http}} | 5: replica.params.port: 'http' (expected: '{PORT}', or"
            + " a",
        "replica: {params: {kv_transfer_config: '{'}} | 5: replica.params.kv_transfer_config: no"
            + " JSON object: ",
        "replica: {params: {kv_transfer_config: '{}'}, replicas: many} | 5: replica.replicas:"
            + " 'many'",
      })
  void mistakes_areOneLine_withLineKeyAndExpectation(String yaml, String message) {
    assertThat(check(JobFiles.pair(yaml)).mistakes())
        .singleElement()
        .asString()
        .startsWith("job.yaml:" + message)
        .doesNotContain("\n");
  }

  private static String kv(String prefill, String decode) {
    return """
    general: {params: {model: m}}
    prefill: {params: {%s}}
    decode: {params: {%s}}
    """
        .formatted(prefill, decode);
  }

  private static String connector(String name, String more) {
    return "kv_transfer_config: '{\"kv_connector\":\"%s\"%s}'".formatted(name, more);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MyConnector | kv_connector 'MyConnector' is unknown (expected: one of NixlConnector,",
        "NIXLConnector | kv_connector 'NIXLConnector' is unknown (expected: NixlConnector?)",
        "P2pNcclConector | kv_connector 'P2pNcclConector' is unknown (expected: P2pNcclConnector?)",
        "OffloadingConnector | OffloadingConnector hands nothing from P to D (expected: one that"
            + " does,",
        "DecodeBenchConnector | DecodeBenchConnector hands nothing from P to D (expected: one that",
        "MultiConnector | MultiConnector hands nothing from P to D (expected: one that does,",
      })
  void connectors_areKnownByName_orRefused(String name, String message) {
    String both = connector(name, "");

    assertThat(check(kv(both, both)).mistakes())
        .first()
        .asString()
        .startsWith("job.yaml:2: prefill.params.kv_transfer_config: " + message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NixlConnector",
        "P2pNcclConnector",
        "MultiConnector",
        "SharedStorageConnector",
        "LMCacheConnectorV1",
        "LMCacheMPConnector",
        "OffloadingConnector",
        "DecodeBenchConnector",
        "ExampleConnector"
      })
  void everyConnectorOfTheOriginal_worksBehindAProxyOfOnesOwn(String name) {
    String both = connector(name, "");

    assertThat(check(kv(both, both) + "scheduler: {command: p}").mistakes()).isEmpty();
  }

  @Test
  void aMultiConnector_handsOverAsItsPartsDo_andTheyAreCheckedToo() {
    String parts =
        ",\"kv_connector_extra_config\":{\"connectors\":"
            + "[{\"kv_connector\":\"OffloadingConnector\"},{\"kv_connector\":\"NixlConnector\"}]}";
    String both = connector("MultiConnector", parts);

    assertThat(check(kv(both, both)).mistakes()).isEmpty();
    assertThat(check(kv(both, both.replace("NixlC", "NoC"))).mistakes())
        .first()
        .asString()
        .contains("decode.params.kv_transfer_config: kv_connector 'NoConnector' is unknown");
  }

  @Test
  void sharedStorage_isToldItsNewName() {
    String both = connector("SharedStorageConnector", "");

    JobCheck check = check(kv(both, both));

    assertThat(check.mistakes()).isEmpty();
    assertThat(check.notes()).hasSize(2).allMatch(note -> note.contains("ExampleConnector"));
  }

  @Test
  void pairs_needTheSameConnector_rolesThatFit_andSizesThatDivide() {
    assertThat(
            check(kv(connector("NixlConnector", ""), connector("P2pNcclConnector", ""))).mistakes())
        .containsExactly(
            "job.yaml:3: decode.params.kv_transfer_config: P2pNcclConnector, but prefill has"
                + " NixlConnector (expected: the same for both)");
    assertThat(
            check(kv(connector("NixlConnector", ",\"kv_role\":\"kv_consumer\""), "seed: 1"))
                .mistakes())
        .containsExactly(
            "job.yaml:2: prefill.params.kv_transfer_config: kv_role 'kv_consumer' (expected:"
                + " kv_producer or kv_both)");
    assertThat(check(kv("tensor_parallel_size: 2", "tensor_parallel_size: 3")).mistakes())
        .containsExactly(
            "job.yaml:3: decode.params.tensor_parallel_size: 3, but prefill has 2 (expected: sizes"
                + " of which one divides the other, or NIXL cannot pair them)");
    assertThat(check(kv("tensor_parallel_size: 2", "tensor_parallel_size: 8")).mistakes())
        .isEmpty();
  }

  @Test
  void workersOfRoleAny_areACluster_andPairWithTheOthers() {
    String any = "general: {params: {model: m}}\nany: {replicas: 2, params: {%s}}\n";

    assertThat(check(any.formatted("seed: 1")).mistakes()).isEmpty();
    assertThat(check(any.formatted("seed: 1") + "prefill: {}").mistakes()).isEmpty();
    assertThat(check(any.formatted(connector("P2pNcclConnector", ""))).mistakes())
        .containsExactly(
            "job.yaml:2: any.params.kv_transfer_config: P2pNcclConnector either sends or takes"
                + " (expected: prefill and decode)");
    assertThat(
            check(any.formatted(connector("NixlConnector", ",\"kv_role\":\"kv_producer\"")))
                .mistakes())
        .containsExactly(
            "job.yaml:2: any.params.kv_transfer_config: kv_role 'kv_producer' (expected: kv_both)");
    assertThat(check(any.formatted(connector("LMCacheConnectorV1", "")) + "decode: {}").mistakes())
        .containsExactly(
            "job.yaml:3: decode.params.kv_transfer_config: NixlConnector, but any has"
                + " LMCacheConnectorV1 (expected: the same for both)");
  }

  @Test
  void whatEachWorkerIsGivenByItself_isNotSaidForTwo() {
    JobCheck check =
        check(
            """
            general: {params: {model: m}}
            prefill:
              replicas: 2
              envs: {VLLM_NIXL_SIDE_CHANNEL_PORT: 5600}
              params: {kv_transfer_config: '{"kv_connector":"NixlConnector","engine_id":"e"}'}
            decode: {}
            """);

    assertThat(check.mistakes())
        .hasSize(2)
        .anyMatch(line -> line.startsWith("job.yaml:4: prefill.envs: VLLM_NIXL_SIDE_CHANNEL_PORT"))
        .anyMatch(
            line -> line.startsWith("job.yaml:5: prefill.params.kv_transfer_config: engine_id"));
  }

  @Test
  void allMistakesAreSaid_inTheOrderOfTheFile() {
    JobCheck check =
        check(
            """
            num_gpus: 1
            envz: {}
            general: {params: {tensor_parallel_size: 2}}
            prefill: {replicas: 2}
            """);

    assertThat(check.mistakes())
        .extracting(line -> line.replaceFirst(" .*", ""))
        .containsExactly("job.yaml:", "job.yaml:1:", "job.yaml:2:", "job.yaml:4:");
    assertThatThrownBy(check::orThrow)
        .isInstanceOf(PlanException.class)
        .hasMessageContaining("envz")
        .hasMessageContaining("num_gpus: 1, but workers ask for 4");
  }

  @Test
  void noWorkers_andNoModel_areSaid() {
    assertThat(check("timeout: 10").mistakes())
        .containsExactly(
            "job.yaml: prefill: no workers (expected: prefill and decode, replica, or any)");
    assertThat(check("replica: {}").mistakes())
        .containsExactly(
            "job.yaml:1: replica.params.model: missing (expected: what vllm serve loads, for"
                + " example Qwen/Qwen3-0.6B)");
  }

  @Test
  void anEnvFile_liesBesideTheJobFile_andItsNamesAreSecrets() throws Exception {
    Files.writeString(folder.resolve("secrets.env"), "# a comment\nexport TOKEN=\"t 1\"\nA=b=c\n");
    Path file = folder.resolve("job.yaml");
    Files.writeString(file, JobFiles.pair("env_file: secrets.env\nenvs: {A: over}"));

    JobFile job = JobFiles.check(file).orThrow();

    assertThat(job.environment()).isEqualTo(Map.of("TOKEN", "t 1", "A", "over"));
    assertThat(job.secrets()).containsExactlyInAnyOrder("TOKEN", "A");
    assertThat(List.copyOf(job.environment().keySet())).containsExactly("TOKEN", "A");
  }

  @Test
  void aFileThatIsNotThere_andOneThatIsNoYaml_areNamed() {
    assertThatThrownBy(() -> JobFiles.check(folder.resolve("none.yaml")))
        .hasMessageContaining("none.yaml: cannot be read");
    assertThat(check("a: [1").mistakes())
        .singleElement()
        .asString()
        .startsWith("job.yaml:1: not YAML: ");
  }
}
