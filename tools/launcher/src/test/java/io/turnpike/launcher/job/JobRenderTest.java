package io.turnpike.launcher.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.launcher.stack.FakeProject;
import io.turnpike.launcher.stack.Installation;
import io.turnpike.launcher.stack.StateFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobRenderTest {

  @TempDir Path folder;
  private Installation installation;

  @BeforeEach
  void install() throws Exception {
    installation = FakeProject.at(folder.resolve("project"));
  }

  private List<String> render(Path file) {
    JobFile job = JobFiles.check(file).orThrow();
    StateFolder state = new StateFolder(folder.resolve("state"));
    return JobRender.lines(new LocalJob(job, installation, state, port -> true));
  }

  private Path file(String yaml) throws Exception {
    return Files.writeString(folder.resolve("job.yaml"), yaml);
  }

  @Test
  void theOriginalsExample_isWhatItWouldStart() throws Exception {
    List<String> lines =
        render(
            file(
                JobFiles.ORIGINAL.replace(
                    "num_gpus: 16", "num_gpus: 16\nlocal: {vllm: /opt/vllm/bin/vllm}")));

    String prefill =
        "/opt/vllm/bin/vllm serve /path/to/your/model --host 127.0.0.1 --port 8100"
            + " --enable-prompt-tokens-details --kv-transfer-config"
            + " '{\"kv_connector\":\"NixlConnector\",\"kv_role\":\"kv_producer\","
            + "\"engine_id\":\"prefill-1-NEW\"}'"
            + " --served-model-name my_model --tensor-parallel-size 8 --trust-remote-code";
    assertThat(lines)
        .containsSubsequence(
            "# prefill-1, http://127.0.0.1:8100",
            "cd . && env \\",
            "  CUDA_VISIBLE_DEVICES=0,1,2,3,4,5,6,7 \\",
            "  VLLM_NIXL_SIDE_CHANNEL_HOST=127.0.0.1 \\",
            "  VLLM_NIXL_SIDE_CHANNEL_PORT=18100 \\",
            "  VLLM_ATTENTION_BACKEND=FLASHMLA \\",
            prefill,
            "# decode-1, http://127.0.0.1:8200",
            "  CUDA_VISIBLE_DEVICES=8,9,10,11,12,13,14,15 \\",
            "# scheduler, http://127.0.0.1:8021",
            "python3 proxy.py --port 8021 --prefiller-hosts 127.0.0.1 --prefiller-ports 8100"
                + " --decoder http://127.0.0.1:8200",
            "# clients: http://127.0.0.1:8021");
    assertThat(String.join("\n", lines)).doesNotContain("registry", "proxy-1");
    assertThat(folder.resolve("state")).doesNotExist();
  }

  @Test
  void ourOwnProxies_areShownWithRegistryAndEngines_andSecretsByTheirNames() throws Exception {
    Files.writeString(folder.resolve("secrets"), "HF_TOKEN=hush\n");

    List<String> lines = render(file(JobFiles.pair("env_file: secrets")));

    assertThat(lines)
        .filteredOn(line -> line.startsWith("#"))
        .containsExactly(
            "# redis, redis://127.0.0.1:16379",
            "# registry, http://127.0.0.1:10003",
            "# proxy-1, http://127.0.0.1:8021",
            "# prefill-1, http://127.0.0.1:8100",
            "# decode-1, http://127.0.0.1:8200",
            "# clients: http://127.0.0.1:8021");
    assertThat(lines).contains("  HF_TOKEN=$HF_TOKEN \\");
    assertThat(String.join("\n", lines)).doesNotContain("hush");
  }
}
