package io.turnpike.gateway;

import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What replicas of a gateway share.
 *
 * @param url a short name of {@code spring.data.redis.url}; nothing of either: nothing is shared,
 *     each process knows its own
 * @param namespace under which a service keeps its conversations; the same for all its replicas
 * @param patience how long a turn waits for a lookup before it goes on without
 * @param ttl how long a conversation is remembered after its last turn
 * @param localConversations conversations that a process remembers itself
 */
@Validated
@ConfigurationProperties(prefix = "turnpike.redis", ignoreUnknownFields = false)
record RedisSettings(
    @DefaultValue("") String url,
    @DefaultValue("gateway") @Pattern(regexp = "[A-Za-z0-9._-]{1,64}") String namespace,
    @DefaultValue("20ms") Duration patience,
    @DefaultValue("3600s") Duration ttl,
    @DefaultValue("100000") int localConversations) {}
