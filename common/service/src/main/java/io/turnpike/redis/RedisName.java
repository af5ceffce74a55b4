package io.turnpike.redis;

import java.util.Collection;
import java.util.stream.Collectors;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisNode;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** How a Redis is called in the log: by its addresses, without user and password. */
final class RedisName {

  private RedisName() {}

  static String of(LettuceConnectionFactory configured) {
    RedisClusterConfiguration cluster = configured.getClusterConfiguration();
    if (cluster != null) {
      return "cluster " + addresses(cluster.getClusterNodes());
    }
    RedisSentinelConfiguration sentinels = configured.getSentinelConfiguration();
    if (sentinels != null && sentinels.getMaster() != null) {
      return sentinels.getMaster().getName() + " of " + addresses(sentinels.getSentinels());
    }
    RedisStandaloneConfiguration one = configured.getStandaloneConfiguration();
    return one.getHostName() + ":" + one.getPort();
  }

  private static String addresses(Collection<RedisNode> nodes) {
    return nodes.stream().map(RedisNode::asString).sorted().collect(Collectors.joining(","));
  }
}
