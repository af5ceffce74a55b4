package io.turnpike.gateway;

import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.turnpike.configuration.StartRefused;
import io.turnpike.conversation.ConversationEvents;
import io.turnpike.conversation.Conversations;
import io.turnpike.conversation.MemoryConversationStore;
import io.turnpike.conversation.RedisConversationStore;
import io.turnpike.conversation.SessionKeySources;
import io.turnpike.engine.EngineClient;
import io.turnpike.engine.EngineHealth;
import io.turnpike.engine.EngineSettings;
import io.turnpike.engine.InflightLoad;
import io.turnpike.membership.ClusterSource;
import io.turnpike.redis.RedisLink;
import io.turnpike.redis.RedisUrl;
import java.time.Clock;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.LoopResources;

/** Puts a gateway together; the service adds its {@link TurnRouting} and control endpoints. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({GatewaySettings.class, EngineSettings.class, RedisSettings.class})
@Import({ClusterConfiguration.class, ControlConfiguration.class})
public class GatewayConfiguration {

  private static final LongSupplier TICKER = System::nanoTime;

  /** One event loop a core for both sides of a turn, so that a turn seldom changes threads. */
  @Bean
  ReactorResourceFactory reactorResourceFactory() {
    ReactorResourceFactory resources = new ReactorResourceFactory();
    resources.setUseGlobalResources(false);
    resources.setLoopResourcesSupplier(
        () -> LoopResources.create("turnpike", Runtime.getRuntime().availableProcessors(), true));
    return resources;
  }

  @Bean(destroyMethod = "close")
  EngineClient engineClient(EngineSettings settings, ReactorResourceFactory resources) {
    return new EngineClient(settings, resources.getLoopResources());
  }

  @Bean
  InflightLoad inflightLoad() {
    return new InflightLoad();
  }

  @Bean
  EngineHealth engineHealth(EngineSettings settings) {
    return new EngineHealth(settings.patchedP2p());
  }

  @Bean
  Admission admission(GatewaySettings settings) {
    return new Admission(settings.maxTurns());
  }

  /** Empty where nothing is shared. */
  @Bean(destroyMethod = "close")
  RedisHolder redisHolder(RedisSettings settings, ReactorResourceFactory resources) {
    if (!settings.isShared()) {
      return new RedisHolder(null);
    }
    EventLoopGroup loops = resources.getLoopResources().onServer(LoopResources.DEFAULT_NATIVE);
    try {
      return new RedisHolder(new RedisLink(settings.url(), loops));
    } catch (IllegalArgumentException wrong) {
      throw StartRefused.property(
          "turnpike.redis.url", "\"" + RedisUrl.shown(settings.url()) + "\"", "redis://host:port");
    }
  }

  /** The link to Redis, or that there is none. */
  record RedisHolder(@Nullable RedisLink link) implements AutoCloseable {
    @Override
    public void close() {
      if (link != null) {
        link.close();
      }
    }
  }

  @Bean
  SharedState sharedState(RedisHolder redis) {
    return new SharedState(redis.link());
  }

  @Bean
  Conversations conversations(RedisHolder redis, RedisSettings settings, MeterRegistry meters) {
    ConversationEvents events = new ConversationMetrics(meters);
    RedisLink link = redis.link();
    return new Conversations(
        link == null
            ? null
            : new RedisConversationStore(link, settings.namespace(), settings.ttl(), events),
        new MemoryConversationStore(
            settings.localConversations(), settings.ttl(), Ticker.systemTicker()),
        settings.patience(),
        Clock.systemUTC(),
        events);
  }

  @Bean
  SharedStateHealth redisHealthIndicator(Conversations conversations) {
    return new SharedStateHealth(conversations);
  }

  @Bean
  Receipts receipts(GatewaySettings settings, MeterRegistry meters, Admission admission) {
    return new Receipts(settings.receipts(), new TurnMetrics(meters, admission::turns), TICKER);
  }

  @Bean
  TurnRoute turnRoute(
      GatewaySettings settings,
      EngineSettings engineSettings,
      EngineClient engines,
      EngineHealth health,
      InflightLoad load,
      ClusterSource clusters,
      Conversations conversations,
      TurnRouting routing,
      Admission admission,
      Receipts receipts) {
    RandomGenerator random = new PerThreadRandom();
    Relay relay = new Relay();
    TurnGateway gateway =
        new TurnGateway(
            admission,
            new TurnReader(settings, random, Clock.systemUTC(), TICKER),
            new Recogniser(conversations, sessionKeys(settings), TICKER),
            routing,
            new Legs(engines, engineSettings, health, load, clusters, random, TICKER),
            relay,
            receipts,
            random);
    return new TurnRoute(gateway, relay);
  }

  private static SessionKeySources sessionKeys(GatewaySettings settings) {
    try {
      return new SessionKeySources(settings.sessionKeys());
    } catch (IllegalArgumentException wrong) {
      throw new StartRefused("turnpike.gateway.session-keys: " + wrong.getMessage());
    }
  }

  /** Draws from the calling thread's own generator. */
  private static final class PerThreadRandom implements RandomGenerator {
    @Override
    public long nextLong() {
      return ThreadLocalRandom.current().nextLong();
    }
  }

  @Bean(destroyMethod = "dispose")
  Housekeeping housekeeping(ClusterSource clusters, EngineHealth health, EngineClient engines) {
    return new Housekeeping(clusters, health, engines);
  }

  @Bean
  GracefulEnd gracefulEnd(Admission admission) {
    return new GracefulEnd(admission);
  }
}
