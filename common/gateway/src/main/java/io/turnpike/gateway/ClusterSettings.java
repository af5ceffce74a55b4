package io.turnpike.gateway;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The nodes of a gateway without a registry: comma-separated {@code url} or {@code id=url}, for
 * p2p-nccl with {@code ;zmq=host:port} behind each engine but replicas.
 *
 * @param prefillUrls prefill engines ({@code TURNPIKE_PREFILL_URLS})
 * @param decodeUrls decode engines ({@code TURNPIKE_DECODE_URLS})
 * @param replicaUrls replicas ({@code TURNPIKE_REPLICA_URLS})
 * @param anyUrls engines that do all of it ({@code TURNPIKE_ANY_URLS})
 * @param connector how all but the replicas hand KV over
 */
@Validated
@ConfigurationProperties(prefix = "turnpike.cluster", ignoreUnknownFields = false)
record ClusterSettings(
    @DefaultValue("") String prefillUrls,
    @DefaultValue("") String decodeUrls,
    @DefaultValue("") String replicaUrls,
    @DefaultValue("") String anyUrls,
    @DefaultValue("nixl") String connector) {

  /** Whether any node is listed. */
  boolean isEmpty() {
    return (prefillUrls + decodeUrls + replicaUrls + anyUrls).isBlank();
  }
}
