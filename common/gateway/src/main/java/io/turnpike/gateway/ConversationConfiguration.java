package io.turnpike.gateway;

import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.turnpike.conversation.ConversationEvents;
import io.turnpike.conversation.Conversations;
import io.turnpike.conversation.MemoryConversationStore;
import io.turnpike.conversation.RedisConversationStore;
import io.turnpike.redis.RedisLink;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.LoopResources;

/** What is known of conversations, and what replicas share of it through Redis. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RedisSettings.class)
class ConversationConfiguration {

  /** Empty where nothing is shared. */
  @Bean(destroyMethod = "close") // for a start that fails; else EndBeforeLoops was first
  RedisHolder redisHolder(
      ObjectProvider<LettuceConnectionFactory> configured, ReactorResourceFactory resources) {
    LettuceConnectionFactory redis = configured.getIfAvailable();
    if (redis == null) {
      return new RedisHolder(null);
    }
    EventLoopGroup loops = resources.getLoopResources().onServer(LoopResources.DEFAULT_NATIVE);
    return new RedisHolder(new RedisLink(redis, loops));
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
  SharedState sharedState(RedisHolder redis, RedisSettings settings) {
    return new SharedState(redis.link(), settings.namespace(), Clock.systemUTC());
  }

  @Bean
  Conversations conversations(RedisHolder redis, RedisSettings settings, MeterRegistry meters) {
    RedisLink link = redis.link();
    ConversationEvents events = new ConversationMetrics(meters, link);
    RedisConversationStore shared =
        link == null
            ? null
            : new RedisConversationStore(link, settings.namespace(), settings.ttl(), events);
    Conversations conversations =
        new Conversations(
            shared,
            new MemoryConversationStore(
                settings.localConversations(), settings.ttl(), Ticker.systemTicker()),
            settings.patience(),
            Clock.systemUTC(),
            events);
    if (link != null && shared != null) {
      link.listen(shared.clearedChannel(), _ -> conversations.forgetHere());
    }
    return conversations;
  }

  @Bean
  SharedStateHealth redisHealthIndicator(Conversations conversations) {
    return new SharedStateHealth(conversations);
  }
}
