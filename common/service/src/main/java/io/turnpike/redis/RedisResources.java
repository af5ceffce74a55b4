package io.turnpike.redis;

import io.lettuce.core.metrics.MicrometerCommandLatencyRecorder;
import io.lettuce.core.metrics.MicrometerOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.Transports;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.context.annotation.Bean;

/** The threads and names of Spring's Redis client, few and asked for anew, and its metrics. */
@AutoConfiguration
public class RedisResources {

  /** Redis may come back elsewhere, and its name is asked for again by then. */
  private static final int NAME_KEPT_SECONDS = 1;

  /** As few as Lettuce takes. */
  private static final int THREADS = 2;

  /** Of a cluster's nodes; the other connections are {@link KeptConnection}'s. */
  private static final int MAX_RECONNECT_DELAY_MILLIS = 1_000;

  @Bean
  ClientResourcesBuilderCustomizer redisResources(ObjectProvider<MeterRegistry> meters) {
    return resources -> {
      customize(resources);
      meters.ifAvailable(
          registry ->
              resources.commandLatencyRecorder(
                  new MicrometerCommandLatencyRecorder(registry, MicrometerOptions.create())));
    };
  }

  static void customize(ClientResources.Builder resources) {
    resources
        .ioThreadPoolSize(THREADS)
        .computationThreadPoolSize(THREADS)
        .reconnectDelay(Delay.exponential(1, MAX_RECONNECT_DELAY_MILLIS, TimeUnit.MILLISECONDS, 2))
        .addressResolverGroup(names());
  }

  /** As Lettuce's own, which would keep an address for as long as its DNS server says. */
  private static AddressResolverGroup<?> names() {
    return new DnsAddressResolverGroup(
        new DnsNameResolverBuilder()
            .ttl(0, NAME_KEPT_SECONDS)
            .datagramChannelType(Transports.datagramChannelClass())
            .socketChannelType(Transports.socketChannelClass().asSubclass(SocketChannel.class)));
  }
}
