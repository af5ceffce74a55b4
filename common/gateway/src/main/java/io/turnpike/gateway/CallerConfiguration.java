package io.turnpike.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.turnpike.caller.Caller;
import io.turnpike.caller.CallerSettings;
import io.turnpike.caller.Callers;
import io.turnpike.configuration.StartRefused;
import io.turnpike.control.Bearer;
import io.turnpike.control.ControlGuard;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Schedulers;

/** Who may ask, and who may steer. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({CallerSettings.class, CrossOriginSettings.class})
class CallerConfiguration {

  @Bean
  Callers callers(CallerSettings settings, GatewaySettings gateway) {
    Path file = settings.file();
    if (file == null) {
      return Callers.anybody();
    }
    boolean leaks =
        gateway.forwardHeaders().stream()
            .anyMatch(HttpHeaderNames.AUTHORIZATION.toString()::equalsIgnoreCase);
    if (leaks) {
      throw StartRefused.property(
          "turnpike.gateway.forward-headers",
          "authorization",
          "not that one: callers' keys must not reach engines");
    }
    try {
      String salt = settings.salt();
      return Callers.of(file, salt == null || salt.isBlank() ? null : salt.getBytes(UTF_8));
    } catch (IllegalArgumentException wrong) {
      throw new StartRefused("turnpike.callers.file: " + file + ": " + wrong.getMessage());
    }
  }

  @Bean(destroyMethod = "dispose")
  Disposable callersReload(Callers callers, CallerSettings settings) {
    if (!callers.areListed()) {
      return Disposables.disposed();
    }
    long nanos = Math.max(1, settings.reload().toNanos());
    return Schedulers.boundedElastic()
        .schedulePeriodically(callers::reload, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  @Bean
  ControlGuard controlGuard(
      GatewaySettings settings,
      ServerProperties server,
      Callers callers,
      CrossOriginSettings origins) {
    Bearer admin =
        AdminKey.of(
            settings.adminKey(), settings.adminKeyFile(), server.getAddress(), callers.areListed());
    callers.admit(admin);
    return new ControlGuard(admin, secret -> opens(callers, secret), origins.controlOrigins());
  }

  private static boolean opens(Callers callers, String secret) {
    Caller caller = callers.areListed() ? callers.find("Bearer " + secret) : null;
    return caller != null && caller.admin();
  }
}
