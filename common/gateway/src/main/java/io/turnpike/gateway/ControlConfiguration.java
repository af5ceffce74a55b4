package io.turnpike.gateway;

import io.turnpike.caller.Callers;
import io.turnpike.control.ControlGuard;
import io.turnpike.control.ControlRoutes;
import io.turnpike.control.ErrorAnswers;
import io.turnpike.control.PlainDecimals;
import io.turnpike.error.ApiError;
import io.turnpike.membership.EngineHttp;
import io.turnpike.receipt.ReceiptEndpoints;
import io.turnpike.receipt.Receipts;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.cors.reactive.DefaultCorsProcessor;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** What both gateways answer beside turns; the service adds control endpoints of its own. */
@Configuration(proxyBeanMethods = false)
class ControlConfiguration {

  @Bean
  RouterFunction<ServerResponse> gatewayEndpoints(
      Receipts receipts, ModelsEndpoint models, ControlGuard guard, ClusterReadiness readiness) {
    ControlRoutes open = new ControlRoutes();
    models.addTo(open);
    open.get("/health", request -> health(readiness));
    ControlRoutes guarded = new ControlRoutes();
    new ReceiptEndpoints(receipts).addTo(guarded);
    return open.build().and(guarded.build(guard));
  }

  @Bean
  ModelsEndpoint modelsEndpoint(
      Callers callers,
      ClusterReadiness readiness,
      EngineHttp engines,
      ObjectProvider<JsonMapper> json) {
    return new ModelsEndpoint(callers, readiness::answering, engines, json.getObject());
  }

  /** As engines have it, for balancers in front: no body, 200 or 503. */
  private static Mono<ServerResponse> health(ClusterReadiness readiness) {
    return readiness.isReady()
        ? ServerResponse.ok().build()
        : ServerResponse.status(503)
            .headers(to -> ApiError.noNode().headers().forEach(to::set))
            .build();
  }

  @Bean
  ErrorAnswers errorAnswers(Receipts receipts) {
    return new ErrorAnswers(receipts::keptOut);
  }

  /**
   * Doubled slashes, from base URLs that end in one, are single ones, and one at the end is none;
   * turns do it themselves.
   */
  @Bean
  WebFilter plainSlashes() {
    return (exchange, chain) -> {
      String path = exchange.getRequest().getPath().value();
      String plain = plain(path);
      return chain.filter(
          plain.equals(path) ? exchange : exchange.mutate().request(it -> it.path(plain)).build());
    };
  }

  static String plain(String path) {
    String single = path.contains("//") ? path.replaceAll("/{2,}", "/") : path;
    return single.length() > 1 && single.endsWith("/")
        ? single.substring(0, single.length() - 1)
        : single;
  }

  @Bean
  CorsWebFilter crossOrigin(CrossOriginSettings settings) {
    UrlBasedCorsConfigurationSource paths = new UrlBasedCorsConfigurationSource();
    paths.registerCorsConfiguration("/v1/**", CrossOrigin.configuration(settings.origins()));
    if (!settings.controlOrigins().isEmpty()) {
      paths.registerCorsConfiguration("/**", CrossOrigin.configuration(settings.controlOrigins()));
    }
    return new CorsWebFilter(paths, new SaidCors());
  }

  /** Says to a page that may not ask what it is told elsewhere, so that it is counted as there. */
  private static final class SaidCors extends DefaultCorsProcessor {
    @Override
    public boolean process(@Nullable CorsConfiguration allowed, ServerWebExchange exchange) {
      if (super.process(allowed, exchange)) {
        return true;
      }
      String origin = exchange.getRequest().getHeaders().getOrigin();
      throw ApiError.originNotAllowed(String.valueOf(origin)).toException();
    }
  }

  @Bean
  PlainDecimals plainDecimals() {
    return new PlainDecimals();
  }
}
