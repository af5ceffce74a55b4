package io.turnpike.launcher.kubernetes;

/** What {@link KubeJobs} says, in the chart's words. */
final class KubeValues {

  static final String SIMULATED =
      """
      images: {tag: latest}
      proxy: {replicas: 1}
      replication: {enabled: true}
      service: {port: 8021}
      drain: 5s
      engines: {enabled: true, model: demo, loading: 60s, decode: {replicas: 2}, replica: {replicas: 1}}
      """;

  static final String VLLM =
      """
      images: {tag: latest, pullSecrets: [registry]}
      proxy: {replicas: 2, properties: {turnpike.limits.turns: "100"}}
      service: {port: 8021}
      drain: 90s
      engines:
        enabled: true
        image: vllm/vllm-openai:v0.13.0
        model: org/m
        loading: 20m
        env: {HF_HUB_OFFLINE: "1"}
        args: [--max-model-len, 4096]
        secrets: [hf-token]
        configMaps: [proxies]
        resources: {cpu: "4", memory: 32Gi}
        nodeSelector: {nvidia.com/gpu.present: "true"}
        tolerations: [{key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}]
        volumes: [{name: models, mountPath: /models, readOnly: true, hostPath: {path: /srv/models}}]
        prefill: {gpus: 2, args: [--tensor-parallel-size, 2]}
        decode: {replicas: 2}
      """;

  static final String ANY =
      """
      images: {tag: latest}
      proxy: {replicas: 1, mode: adaptive}
      service: {port: 8021}
      engines:
        enabled: true
        image: vllm/vllm-openai:v0.13.0
        model: org/m
        loading: 20m
        prefill: {replicas: 0}
        decode: {replicas: 0}
        any: {replicas: 2}
      """;

  private KubeValues() {}
}
