/**
 * A service's connections to Redis, and how they come back.
 *
 * <p>Starting point: {@link io.turnpike.redis.RedisLink}.
 */
@NullMarked
package io.turnpike.redis;

import org.jspecify.annotations.NullMarked;
