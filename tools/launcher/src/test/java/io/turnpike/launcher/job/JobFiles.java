package io.turnpike.launcher.job;

import io.turnpike.launcher.local.LocalBackEnd;
import io.turnpike.launcher.stack.Installation;
import java.nio.file.Path;
import java.util.List;

/** Job files for tests. */
final class JobFiles {

  /** As the original's documentation has it, with a folder that is there. */
  static final String ORIGINAL =
      """
      timeout: 3600
      num_gpus: 16
      gpus_per_worker: 1
      working_dir: .
      envs: {}

      scheduler:
        port: 8021
        command: "python3 proxy.py --port {PORT} --prefiller-hosts $PREFILL_HOST_1 --prefiller-ports $PREFILL_PORT_1 --decoder ${DECODE_URL_1}"

      general:
        params:
          model: /path/to/your/model
          host: 0.0.0.0
          port: '{PORT}'
          served_model_name: my_model
          _extra_params: --trust-remote-code

      prefill:
        envs:
          VLLM_ATTENTION_BACKEND: FLASHMLA
        num_gpus: 8
        replicas: 1
        params:
          tensor_parallel_size: 8
          kv_transfer_config: '{"kv_connector":"NixlConnector","kv_role":"kv_producer"}'
          _extra_params: ''

      decode:
        envs:
          VLLM_ATTENTION_BACKEND: FLASHMLA
        num_gpus: 8
        replicas: 1
        params:
          tensor_parallel_size: 1
          data_parallel_size: 8
          kv_transfer_config: '{"kv_connector":"NixlConnector","kv_role":"kv_consumer"}'
          _extra_params: ''
      """;

  private JobFiles() {}

  /** A file, checked for this machine. */
  static JobCheck check(Path file) {
    BackEnd here = new LocalBackEnd(Installation.at(Path.of("")), new Watchers(List.of()));
    return JobCheck.of(file, null, _ -> here);
  }

  /** Two simulated workers, and what is said besides. */
  static String pair(String more) {
    return """
    engine: simulator
    general: {params: {model: m, port: '{PORT}'}}
    prefill: {}
    decode: {}
    """
        + more;
  }
}
