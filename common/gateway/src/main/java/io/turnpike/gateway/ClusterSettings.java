package io.turnpike.gateway;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The nodes of a gateway without a registry: comma-separated {@code url} or {@code id=url}, for
 * p2p-nccl with {@code ;zmq=host:port} behind each prefill and decode engine.
 *
 * @param prefillUrls prefill engines ({@code TURNPIKE_PREFILL_URLS})
 * @param decodeUrls decode engines ({@code TURNPIKE_DECODE_URLS})
 * @param replicaUrls replicas ({@code TURNPIKE_REPLICA_URLS})
 * @param connector how these prefill and decode engines hand KV over
 */
@Validated
@ConfigurationProperties(prefix = "turnpike.cluster", ignoreUnknownFields = false)
record ClusterSettings(
    @DefaultValue("") String prefillUrls,
    @DefaultValue("") String decodeUrls,
    @DefaultValue("") String replicaUrls,
    @DefaultValue("nixl") String connector) {

  /** Whether any node is listed. */
  boolean isEmpty() {
    return (prefillUrls + decodeUrls + replicaUrls).isBlank();
  }
}
