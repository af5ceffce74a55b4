package io.turnpike.registry;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnpike.configuration.EngineTls;
import io.turnpike.membership.EngineHttp;
import io.turnpike.membership.EngineProbe;
import io.turnpike.membership.MembershipDriver;
import io.turnpike.membership.Registration.Origin;
import io.turnpike.membership.SteadyTime;
import io.turnpike.redis.RedisLink;
import io.turnpike.registry.address.AllowedAddresses;
import io.turnpike.registry.http.HttpSurface;
import io.turnpike.registry.http.WatchFeed;
import io.turnpike.registry.kubernetes.PodDiscovery;
import io.turnpike.registry.peer.PeerExchange;
import io.turnpike.registry.zmq.PingListener;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebExceptionHandler;

/** Puts the registry together. */
@Configuration(proxyBeanMethods = false)
class RegistryConfiguration {

  @Bean
  AllowedAddresses allowedAddresses(RegistryProperties properties) {
    return AllowedAddresses.of(RegistryProperties.PREFIX + ".allow", properties.allow());
  }

  @Bean(destroyMethod = "close")
  EngineHttp engineHttp(EngineProperties engines, SslBundles bundles) {
    return new EngineHttp(engines.apiKey(), EngineTls.of(bundles, engines.sslBundle()));
  }

  @Bean(destroyMethod = "")
  MembershipDriver membershipDriver(RegistryProperties properties, EngineHttp engines) {
    return new MembershipDriver(
        properties.rules(), new EngineProbe(engines), new SteadyTime(InstantSource.system()));
  }

  @Bean
  WatchFeed watchFeed(MembershipDriver driver) {
    return new WatchFeed(driver);
  }

  @Bean
  RegistryMetrics registryMetrics(
      MeterRegistry meters, MembershipDriver driver, WatchFeed feed, PeerExchange peers) {
    RegistryMetrics metrics = new RegistryMetrics(meters, driver, feed::watchers);
    metrics.watch(peers);
    return metrics;
  }

  @Bean(destroyMethod = "")
  @Nullable MirrorKeeper mirrorKeeper(
      ObjectProvider<LettuceConnectionFactory> configured,
      RegistryProperties properties,
      MembershipDriver driver,
      RegistryMetrics metrics) {
    LettuceConnectionFactory redis = configured.getIfAvailable();
    if (redis == null) {
      return null;
    }
    Set<Origin> unvouched =
        properties.kubernetes().enabled() ? Set.of() : Set.of(Origin.DISCOVERED);
    RedisLink link = new RedisLink(redis);
    metrics.watch(link);
    return new MirrorKeeper(
        new MirrorKeeper.Place(link, properties.namespace()), driver, unvouched, metrics::mirrored);
  }

  @Bean(destroyMethod = "")
  PingListener pingListener(
      RegistryProperties properties,
      AllowedAddresses allowed,
      MembershipDriver driver,
      RegistryMetrics metrics) {
    String property = RegistryProperties.PREFIX + ".zmq-bind";
    ZmqBind.check(property, properties.zmqBind(), properties.allow());
    return new PingListener(
        new PingListener.Settings(
            property, properties.zmqBind(), properties.pingsPerSecond(), properties.maxPeers()),
        allowed,
        driver::announce,
        metrics);
  }

  @Bean(destroyMethod = "")
  PeerExchange peerExchange(RegistryProperties properties, MembershipDriver driver) {
    return new PeerExchange(properties.peers(), driver);
  }

  @Bean(destroyMethod = "")
  @Nullable PodDiscovery podDiscovery(
      RegistryProperties properties,
      AllowedAddresses allowed,
      MembershipDriver driver,
      RegistryMetrics metrics) {
    PodDiscovery pods =
        properties.kubernetes().enabled()
            ? new PodDiscovery(properties.kubernetes(), allowed, driver)
            : null;
    metrics.watch(pods);
    return pods;
  }

  @Bean(initMethod = "start")
  Registry registry(
      RegistryProperties properties,
      MembershipDriver driver,
      ObjectProvider<MirrorKeeper> mirror,
      PeerExchange peers,
      ObjectProvider<PodDiscovery> pods,
      PingListener pings) {
    return new Registry(
        properties.nodeSpecs(),
        driver,
        new Registry.Sources(mirror.getIfAvailable(), peers, pods.getIfAvailable(), pings));
  }

  @Bean
  RouterFunction<ServerResponse> routes(
      RegistryProperties properties, HttpSurface.Parts parts, AllowedAddresses allowed) {
    return HttpSurface.routes(parts, allowed, properties.adminKey(), properties.lease());
  }

  @Bean
  HttpSurface.Parts surfaceParts(MembershipDriver driver, WatchFeed feed, PeerExchange peers) {
    return new HttpSurface.Parts(driver, feed, peers);
  }

  @Bean
  @Order(-2)
  WebExceptionHandler errors() {
    return HttpSurface.errors();
  }

  /** Part of readiness: engines can register. */
  @Bean
  HealthIndicator registryHealthIndicator(Registry registry) {
    return () -> registry.isListening() ? Health.up().build() : Health.down().build();
  }
}
