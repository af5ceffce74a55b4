package io.turnpike.gateway;

import io.opentelemetry.api.OpenTelemetry;
import io.turnpike.trace.OpenTelemetryTracing;
import io.turnpike.trace.TurnTracing;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Whether turns leave traces: only where Boot was told where spans go. */
@Configuration(proxyBeanMethods = false)
class TraceConfiguration {

  @Bean
  TurnTracing turnTracing(ObjectProvider<OpenTelemetry> telemetry) {
    OpenTelemetry known = telemetry.getIfAvailable();
    return known == null
        ? TurnTracing.OFF
        : new OpenTelemetryTracing(known, Clock.systemUTC(), System::nanoTime);
  }
}
