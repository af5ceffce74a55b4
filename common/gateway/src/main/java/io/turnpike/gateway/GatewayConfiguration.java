package io.turnpike.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.turnpike.engine.http.EngineClients;
import io.turnpike.gateway.ConversationConfiguration.RedisHolder;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.LoopResources;

/** Puts a gateway together; the service adds its {@link TurnRouting} and control endpoints. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(GatewaySettings.class)
@Import({
  CallerConfiguration.class,
  LimitConfiguration.class,
  TurnConfiguration.class,
  EngineConfiguration.class,
  ConversationConfiguration.class,
  ReceiptConfiguration.class,
  TraceConfiguration.class,
  ClusterConfiguration.class,
  ControlConfiguration.class
})
public class GatewayConfiguration {

  /** One event loop a core for both sides of a turn and for Redis: a turn never changes threads. */
  @Bean
  ReactorResourceFactory reactorResourceFactory() {
    ReactorResourceFactory resources = new ReactorResourceFactory();
    resources.setUseGlobalResources(false);
    resources.setShutdownQuietPeriod(Duration.ZERO);
    resources.setShutdownTimeout(Duration.ofSeconds(2));
    resources.setLoopResourcesSupplier(
        () -> LoopResources.create("turnpike", Runtime.getRuntime().availableProcessors(), true));
    return resources;
  }

  @Bean(destroyMethod = "close") // for a start that fails; else EndBeforeLoops was first
  LoopWatch loopWatch(
      ReactorResourceFactory resources, EngineClients engines, MeterRegistry meters) {
    return new LoopWatch(
        resources.getLoopResources().onServer(LoopResources.DEFAULT_NATIVE),
        engines,
        meters,
        System::nanoTime);
  }

  @Bean
  EndBeforeLoops endBeforeLoops(LoopWatch watch, RedisHolder redis, EngineClients engines) {
    return new EndBeforeLoops(List.of(watch, engines, redis));
  }
}
