package io.turnpike.trace;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Leaves all of Boot's OpenTelemetry out unless somebody says where spans go, so that a service
 * without traces loads none of it. Of the rest only what turns need stays: no spans of control
 * calls and probes, and no other way out.
 */
final class TracingOnlyIfAsked implements AutoConfigurationImportFilter, EnvironmentAware {

  /** Where spans go: the key of traces, and the one that all of OTLP shares. */
  private static final Set<String> ENDPOINTS =
      Set.of(
          "management.opentelemetry.tracing.export.otlp.endpoint",
          "management.opentelemetry.otlp.endpoint");

  private static final String TRACING = "org.springframework.boot.micrometer.tracing.";
  private static final String TELEMETRY = "org.springframework.boot.opentelemetry.";

  /** Names begin so; classes that these import are asked about too. */
  private static final List<String> NEEDED =
      List.of(
          TELEMETRY + "autoconfigure.OpenTelemetrySdkAutoConfiguration",
          TRACING + "opentelemetry.autoconfigure.");

  private @Nullable Environment environment;

  @Override
  public void setEnvironment(Environment given) {
    environment = given;
  }

  @Override
  public boolean[] match(@Nullable String[] classes, AutoConfigurationMetadata metadata) {
    Environment known = Objects.requireNonNull(environment);
    boolean asked = isAsked(known);
    boolean[] matches = new boolean[classes.length];
    for (int i = 0; i < classes.length; i++) {
      matches[i] = stays(classes[i], asked);
    }
    return matches;
  }

  /** Whether somebody says where spans go. */
  static boolean isAsked(Environment environment) {
    return ENDPOINTS.stream().anyMatch(key -> StringUtils.hasText(environment.getProperty(key)));
  }

  private static boolean stays(@Nullable String name, boolean asked) {
    return name == null
        || !(name.startsWith(TRACING) || name.startsWith(TELEMETRY))
        || (asked && NEEDED.stream().anyMatch(name::startsWith));
  }
}
