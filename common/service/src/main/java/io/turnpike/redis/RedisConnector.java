package io.turnpike.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration.LettuceClientConfigurationBuilder;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionProvider;

/**
 * Makes connections to the Redis that Spring Data is configured with: address, Sentinels or
 * cluster, credentials and TLS are as its factory has them. What differs is where the I/O happens,
 * and that nothing piles up behind a Redis that is away. Thread-safe.
 */
final class RedisConnector {

  /** Spring Data's own way from a configuration to a client and its connections. */
  private static final class Spring extends LettuceConnectionFactory {
    Spring(RedisConfiguration redis, LettuceClientConfiguration how) {
      super(redis, how);
    }

    AbstractRedisClient client() {
      return createClient();
    }

    LettuceConnectionProvider connections(AbstractRedisClient client) {
      return doCreateConnectionProvider(client, ByteArrayCodec.INSTANCE);
    }
  }

  private static final Duration REFRESHED_AT_MOST_EVERY = Duration.ofSeconds(1);
  private static final int RECONNECTS_UNTIL_REFRESH = 2;

  private final AbstractRedisClient client;
  private final LettuceConnectionProvider connections;

  /**
   * @param configured as Spring Boot made it; it is not connected by this
   * @param resources where the I/O happens
   */
  RedisConnector(LettuceConnectionFactory configured, ClientResources resources) {
    Spring spring = new Spring(redis(configured), how(configured, resources));
    client = spring.client();
    connections = spring.connections(client);
  }

  private static RedisConfiguration redis(LettuceConnectionFactory configured) {
    if (configured.getClusterConfiguration() != null) {
      return configured.getClusterConfiguration();
    }
    return configured.getSentinelConfiguration() != null
        ? configured.getSentinelConfiguration()
        : configured.getStandaloneConfiguration();
  }

  private static LettuceClientConfiguration how(
      LettuceConnectionFactory configured, ClientResources resources) {
    LettuceClientConfiguration as = configured.getClientConfiguration();
    LettuceClientConfigurationBuilder how =
        LettuceClientConfiguration.builder()
            .clientResources(resources)
            .clientOptions(
                options(
                    as.getClientOptions().orElseGet(ClientOptions::create),
                    configured.isClusterAware()))
            .commandTimeout(as.getCommandTimeout());
    as.getClientName().ifPresent(how::clientName);
    as.getRedisCredentialsProviderFactory().ifPresent(how::redisCredentialsProviderFactory);
    if (as.isUseSsl()) {
      var tls = how.useSsl().verifyPeer(as.getVerifyMode());
      if (as.isStartTls()) {
        tls.startTls();
      }
    }
    return how.build();
  }

  /**
   * A connection to one Redis is brought back by {@link KeptConnection}, which also sees when it is
   * silent; only the many ones of a cluster are Lettuce's, with a timer for each command.
   */
  private static ClientOptions options(ClientOptions as, boolean cluster) {
    ClientOptions.Builder options = cluster ? clustered(as) : as.mutate();
    return options
        .autoReconnect(cluster)
        .timeoutOptions(cluster ? TimeoutOptions.enabled() : TimeoutOptions.create())
        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
        .requestQueueSize(RedisLink.MAX_COMMANDS_UNDER_WAY)
        .socketOptions(as.getSocketOptions().mutate().keepAlive(true).build())
        .build();
  }

  /** As configured, but who took a dead master's place is asked for more often than by default. */
  private static ClusterClientOptions.Builder clustered(ClientOptions as) {
    ClusterClientOptions.Builder options = ClusterClientOptions.builder(as);
    if (as instanceof ClusterClientOptions cluster) {
      ClusterTopologyRefreshOptions refresh = cluster.getTopologyRefreshOptions();
      ClusterTopologyRefreshOptions.Builder often =
          ClusterTopologyRefreshOptions.builder()
              .dynamicRefreshSources(refresh.useDynamicRefreshSources())
              .adaptiveRefreshTriggersTimeout(REFRESHED_AT_MOST_EVERY)
              .refreshTriggersReconnectAttempts(RECONNECTS_UNTIL_REFRESH);
      if (refresh.isPeriodicRefreshEnabled()) {
        often.enablePeriodicRefresh(refresh.getRefreshPeriod());
      }
      options = cluster.mutate().topologyRefreshOptions(often.build());
    }
    return options;
  }

  /** Whether connections go to the nodes of a cluster, and mend themselves. */
  boolean isCluster() {
    return client instanceof RedisClusterClient;
  }

  /** Connects, for commands. */
  CompletionStage<StatefulConnection<byte[], byte[]>> connect() {
    return begun(() -> connection(StatefulConnection.class));
  }

  /** Connects, for messages. */
  CompletionStage<StatefulConnection<byte[], byte[]>> connectForMessages() {
    return begun(() -> connection(StatefulRedisPubSubConnection.class));
  }

  /** A cluster's nodes are asked for first, because Spring would wait for them. */
  private CompletionStage<@Nullable Void> topology() {
    return client instanceof RedisClusterClient cluster
        ? cluster.refreshPartitionsAsync().thenApply(_ -> null)
        : CompletableFuture.completedStage(null);
  }

  private CompletionStage<StatefulConnection<byte[], byte[]>> begun(
      Supplier<CompletionStage<StatefulConnection<byte[], byte[]>>> connecting) {
    try {
      return topology().thenCompose(_ -> connecting.get());
    } catch (RuntimeException wrong) {
      return CompletableFuture.failedStage(wrong);
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // Spring's provider has a codec but no types
  private CompletionStage<StatefulConnection<byte[], byte[]>> connection(
      Class<? extends StatefulConnection> kind) {
    return connections.getConnectionAsync((Class) kind);
  }

  ClientResources resources() {
    return client.getResources();
  }

  /** Closes all connections that were made. */
  CompletableFuture<Void> close() {
    return client.shutdownAsync(0, 1, TimeUnit.SECONDS);
  }
}
