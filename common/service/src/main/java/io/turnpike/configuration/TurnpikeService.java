package io.turnpike.configuration;

import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Starts a service: no banner, quiet log, and a configuration mistake ends the start with one line
 * on standard error and exit status 1. A key under {@code turnpike.} that nobody reads is such a
 * mistake.
 */
public final class TurnpikeService {

  private static final Map<String, Object> DEFAULTS =
      Map.of(
          "spring.main.log-startup-info", "false",
          "logging.pattern.console", "%d{HH:mm:ss.SSS} %-5level %logger{0}: %msg %kvp%n%wEx",
          "logging.level.root", "warn",
          "logging.level.io.turnpike", "info",
          // It warns of every broken connection; legs, probes and watches say what that means.
          "logging.level.reactor.netty.http.client.HttpClientConnect", "error",
          // It warns of each try to connect; RedisLink says once what that means.
          "logging.level.io.lettuce", "error",
          // What they say of a failed start is said in one line by our own reporter.
          "logging.level.org.springframework.boot.diagnostics", "off",
          "logging.level.org.springframework.boot.web.server.reactive.context", "error");

  private TurnpikeService() {}

  /** Starts the application of that class; its own {@code application.yml} comes first. */
  public static ConfigurableApplicationContext run(Class<?> application, String... arguments) {
    return application(application).run(arguments);
  }

  /** The application not yet started, for tests that add to it. */
  public static SpringApplication application(Class<?> application) {
    SpringApplication spring = new SpringApplication(application);
    spring.setBannerMode(Banner.Mode.OFF);
    spring.setDefaultProperties(DEFAULTS);
    return spring;
  }
}
