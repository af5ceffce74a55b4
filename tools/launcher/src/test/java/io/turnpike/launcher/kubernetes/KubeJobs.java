package io.turnpike.launcher.kubernetes;

import io.turnpike.launcher.job.JobCheck;
import io.turnpike.launcher.job.JobFile;

/** Job files for Kubernetes, for tests. */
final class KubeJobs {

  static final String VLLM =
      """
      backend: kubernetes
      image: vllm/vllm-openai:v0.13.0
      timeout: 20m
      envs: {HF_HUB_OFFLINE: '1'}
      general: {params: {model: org/m, port: '{PORT}', max_model_len: 4096}}
      prefill: {params: {tensor_parallel_size: 2}}
      decode: {replicas: 2}
      scheduler: {proxies: 2, port: 8021, properties: {turnpike.limits.turns: '100'}}
      kubernetes:
        drain: 90s
        secrets: [hf-token]
        config_maps: [proxies]
        pull_secrets: [registry]
        resources: {cpu: '4', memory: 32Gi}
        node_selector: {nvidia.com/gpu.present: 'true'}
        tolerations: [{key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}]
        volumes: [{name: models, mountPath: /models, readOnly: true, hostPath: {path: /srv/models}}]
        decode: {shared_memory: 2Gi, priority_class: system-node-critical}
      """;

  /** Decode workers of two pods each. */
  static final String SPANNING =
      """
      backend: kubernetes
      image: vllm/vllm-openai:v0.13.0
      timeout: 60s
      general: {params: {model: org/m, port: '{PORT}'}}
      prefill: {}
      decode: {replicas: 2, params: {pipeline_parallel_size: 2}}
      kubernetes: {drain: 5s, decode: {nodes: 2}}
      """;

  static final String SIMULATED =
      """
      backend: kubernetes
      engine: simulator
      timeout: 60s
      general: {params: {model: demo, port: '{PORT}'}}
      prefill: {}
      decode: {replicas: 2}
      replica: {}
      kubernetes: {drain: 5s}
      """;

  static final String ANY =
      """
      backend: kubernetes
      image: vllm/vllm-openai:v0.13.0
      timeout: 20m
      general: {params: {model: org/m, port: '{PORT}'}}
      any: {replicas: 2}
      scheduler: {mode: adaptive}
      """;

  private KubeJobs() {}

  static JobFile job(String yaml) {
    return JobCheck.of("job.yaml", yaml).orThrow();
  }
}
