package io.turnpike.gateway;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.prometheus.metrics.tracer.common.SpanContext;
import io.turnpike.trace.DrawnIds;
import io.turnpike.trace.OpenTelemetryTracing;
import io.turnpike.trace.OpenTelemetryTracing.Lots;
import io.turnpike.trace.RecordedExemplars;
import io.turnpike.trace.TracesAreAsked;
import io.turnpike.trace.TurnTracing;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SdkTracerProviderBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** Whether turns leave traces: only where Boot was told where spans go. */
@Configuration(proxyBeanMethods = false)
class TraceConfiguration {

  @Bean
  TurnTracing turnTracing(
      ObjectProvider<OpenTelemetry> telemetry,
      ObjectProvider<Sampler> samplers,
      ObjectProvider<DrawnIds> ids) {
    OpenTelemetry known = telemetry.getIfAvailable();
    if (known == null || known.equals(OpenTelemetry.noop())) {
      return TurnTracing.OFF;
    }
    Lots lots = new Lots(samplers.getObject(), ids.getObject());
    return new OpenTelemetryTracing(known, lots, Clock.systemUTC(), System::nanoTime);
  }

  /** What is there only if traces are. */
  @Configuration(proxyBeanMethods = false)
  @Conditional(TracesAreAsked.class)
  static class Asked {

    @Bean
    DrawnIds drawnIds() {
      return new DrawnIds();
    }

    @Bean
    SdkTracerProviderBuilderCustomizer drawnIdsOfTraces(DrawnIds ids) {
      return provider -> provider.setIdGenerator(ids);
    }

    @Bean
    SpanContext exemplars() {
      return new RecordedExemplars();
    }
  }
}
