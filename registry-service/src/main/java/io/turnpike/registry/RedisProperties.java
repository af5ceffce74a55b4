package io.turnpike.registry;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The Redis that the services share; the registry keeps the mirror of its table there.
 *
 * @param url a short name of {@code spring.data.redis.url}; nothing of either: no mirror
 */
@ConfigurationProperties("turnpike.redis")
record RedisProperties(@DefaultValue("") String url) {}
