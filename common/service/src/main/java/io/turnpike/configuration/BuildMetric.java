package io.turnpike.configuration;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * {@code turnpike.build{version,revision}}, always 1, in every service: alert when there is more
 * than one for longer than an update takes. The revision is what {@code TURNPIKE_REVISION} says;
 * images carry the one that they were built with.
 */
@AutoConfiguration
public class BuildMetric {

  private static final String UNKNOWN = "unknown";

  @Bean
  MeterBinder turnpikeBuild(Environment environment) {
    String version = BuildMetric.class.getPackage().getImplementationVersion();
    return meters ->
        Gauge.builder("turnpike.build", () -> 1)
            .tag("version", version == null ? UNKNOWN : version)
            .tag("revision", environment.getProperty("TURNPIKE_REVISION", UNKNOWN))
            .register(meters);
  }
}
