/**
 * A service's connections to the Redis that {@code spring.data.redis} names, and how they come
 * back.
 *
 * <p>Starting points: {@link io.turnpike.redis.RedisLink}, {@link
 * io.turnpike.redis.RedisEnvironment}.
 */
@NullMarked
package io.turnpike.redis;

import org.jspecify.annotations.NullMarked;
