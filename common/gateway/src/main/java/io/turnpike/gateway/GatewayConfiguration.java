package io.turnpike.gateway;

import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.turnpike.configuration.StartRefused;
import io.turnpike.connector.Connectors;
import io.turnpike.control.ControlRoutes;
import io.turnpike.control.ErrorAnswers;
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
import io.turnpike.membership.NodeSpec;
import io.turnpike.membership.RegistryClusterSource;
import io.turnpike.membership.StaticClusterSource;
import io.turnpike.node.Connector;
import io.turnpike.node.Role;
import io.turnpike.redis.RedisLink;
import io.turnpike.redis.RedisUrl;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.json.JsonMapper;

/** Puts a gateway together; the service adds its {@link TurnRouting} and control endpoints. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
  GatewaySettings.class,
  EngineSettings.class,
  ClusterSettings.class,
  RegistrySettings.class,
  RedisSettings.class
})
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

  @Bean(destroyMethod = "close")
  ClusterSource clusterSource(
      ClusterSettings listed, RegistrySettings registry, RedisHolder redis) {
    List<NodeSpec> nodes = nodes(listed); // a wrong connector is a mistake without nodes too
    if (listed.isEmpty()) {
      return RegistryClusterSource.start(
          new RegistryClusterSource.Settings(registry.url(), redis.link(), registry.token()));
    }
    return StaticClusterSource.start(nodes);
  }

  private static List<NodeSpec> nodes(ClusterSettings listed) {
    Connector connector =
        Connectors.named(listed.connector())
            .orElseThrow(
                () ->
                    StartRefused.property(
                        "turnpike.cluster.connector",
                        "\"" + listed.connector() + "\"",
                        Connectors.words()));
    List<NodeSpec> nodes = new ArrayList<>();
    try {
      nodes.addAll(
          NodeSpec.parseList(
              "turnpike.cluster.prefill-urls", listed.prefillUrls(), Role.PREFILL, connector));
      nodes.addAll(
          NodeSpec.parseList(
              "turnpike.cluster.decode-urls", listed.decodeUrls(), Role.DECODE, connector));
      nodes.addAll(
          NodeSpec.parseList(
              "turnpike.cluster.replica-urls",
              listed.replicaUrls(),
              Role.REPLICA,
              Connectors.NONE));
    } catch (IllegalArgumentException wrong) {
      throw new StartRefused(String.valueOf(wrong.getMessage()));
    }
    return nodes;
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
  RouterFunction<ServerResponse> gatewayEndpoints(
      Receipts receipts,
      ClusterSource clusters,
      ReactorResourceFactory resources,
      GatewaySettings settings,
      ClusterReadiness readiness,
      ObjectProvider<JsonMapper> json) {
    HttpClient client = HttpClient.create().runOn(resources.getLoopResources());
    ControlRoutes open = new ControlRoutes();
    new ModelsEndpoint(clusters, client, json.getObject()).addTo(open);
    open.get("/health", request -> health(readiness));
    ControlRoutes guarded = new ControlRoutes();
    new ReceiptEndpoints(receipts).addTo(guarded);
    return open.build(null).and(guarded.build(settings.adminKey()));
  }

  /** As engines have it, for balancers in front: no body, 200 or 503. */
  private static Mono<ServerResponse> health(ClusterReadiness readiness) {
    return readiness.isReady()
        ? ServerResponse.ok().build()
        : ServerResponse.status(503).header("Retry-After", "1").build();
  }

  @Bean
  ErrorAnswers errorAnswers() {
    return new ErrorAnswers();
  }

  /** Doubled slashes, from base URLs that end in one, are single ones; turns do it themselves. */
  @Bean
  WebFilter singleSlashes() {
    return (exchange, chain) -> {
      String path = exchange.getRequest().getPath().value();
      return chain.filter(
          path.contains("//")
              ? exchange.mutate().request(it -> it.path(path.replaceAll("/{2,}", "/"))).build()
              : exchange);
    };
  }

  @Bean
  GracefulEnd gracefulEnd(Admission admission) {
    return new GracefulEnd(admission);
  }
}
