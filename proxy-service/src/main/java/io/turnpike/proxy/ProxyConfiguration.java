package io.turnpike.proxy;

import io.turnpike.admission.Admission;
import io.turnpike.control.ControlGuard;
import io.turnpike.conversation.Conversations;
import io.turnpike.cost.AnswerLengths;
import io.turnpike.cost.CostBook;
import io.turnpike.engine.EngineHealth;
import io.turnpike.gateway.ClusterReadiness;
import io.turnpike.gateway.LimitsWord;
import io.turnpike.gateway.SharedState;
import io.turnpike.membership.ClusterSource;
import io.turnpike.receipt.Receipts;
import io.turnpike.routing.Mode;
import io.turnpike.routing.RoutingPolicy;
import java.time.Duration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** What makes a gateway the proxy. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ProxySettings.class, CostSettings.class})
class ProxyConfiguration {

  @Bean
  CostBook costBook(CostSettings settings) {
    return ProfiledCosts.of(settings);
  }

  @Bean
  ModeSwitch modeSwitch(
      SharedState shared, ProxySettings settings, CostBook costs, AnswerLengths answers) {
    return new ModeSwitch(
        shared,
        settings.mode(),
        settings.modeOverride(),
        mode -> RoutingPolicy.of(mode, costs, answers));
  }

  @Bean
  ModeEffect modeEffect(
      ModeSwitch modes, ClusterSource clusters, EngineHealth health, CostBook costs) {
    return new ModeEffect(modes, clusters::current, health::alone, costs);
  }

  @Bean(destroyMethod = "dispose")
  Disposable modeWatch(ModeSwitch modes, ModeEffect effect, ProxySettings settings) {
    return Flux.interval(Duration.ZERO, settings.modeInterval())
        .onBackpressureDrop()
        .concatMap(tick -> modes.refresh().doFinally(end -> effect.look()), 1)
        .subscribe();
  }

  @Bean
  RouterFunction<ServerResponse> proxyEndpoints(
      ModeSwitch modes,
      ModeEffect effect,
      Receipts receipts,
      Conversations conversations,
      ClusterSource clusters,
      EngineHealth health,
      Admission admission,
      LimitsWord limits,
      ProxySettings settings,
      ControlGuard guard) {
    return new ProxyEndpoints(
            new ProxyEndpoints.Parts(
                modes, effect, receipts, conversations, clusters, health, admission, limits),
            settings.kvBytesPerToken())
        .routes(guard);
  }

  /** Ready: a prefill and a decode node that can be paired; in mode adaptive also a replica. */
  @Bean
  ClusterReadiness pairHealthIndicator(ClusterSource clusters, ModeSwitch modes) {
    return ClusterReadiness.pair(clusters, () -> modes.mode() == Mode.ADAPTIVE);
  }
}
