/**
 * The one connection to Redis that a service has, and how it comes back.
 *
 * <p>Starting point: {@link io.turnpike.redis.RedisLink}.
 */
@NullMarked
package io.turnpike.redis;

import org.jspecify.annotations.NullMarked;
