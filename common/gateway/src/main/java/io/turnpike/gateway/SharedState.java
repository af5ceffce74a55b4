package io.turnpike.gateway;

import io.turnpike.redis.RedisLink;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What replicas of a service agree on, in words.
 *
 * @param redis where the words are; null: nothing is shared
 * @param namespace whose words they are, so that two services may use one Redis
 */
public record SharedState(@Nullable RedisLink redis, String namespace, InstantSource clock) {

  /** The word of that name. */
  public SharedWord word(String name) {
    return new SharedWord(redis, "turnpike:" + name + ":" + namespace, clock);
  }
}
