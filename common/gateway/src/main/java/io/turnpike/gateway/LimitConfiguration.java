package io.turnpike.gateway;

import io.turnpike.admission.Admission;
import io.turnpike.admission.LimitSettings;
import io.turnpike.admission.RedisBuckets;
import io.turnpike.admission.SharedLimits;
import io.turnpike.caller.Callers;
import io.turnpike.gateway.ConversationConfiguration.RedisHolder;
import io.turnpike.redis.RedisLink;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Schedulers;

/** Who is let in when, and what of it replicas share. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LimitSettings.class)
class LimitConfiguration {

  private static final LongSupplier TICKER = System::nanoTime;

  /**
   * How often replicas tell what was used: what they may exceed a limit by is used in that time.
   */
  private static final Duration TOLD_EVERY = Duration.ofMillis(100);

  private static final Duration PATIENCE = Duration.ofMillis(500);

  @Bean
  Admission admission(LimitSettings settings, Callers callers) {
    Admission admission = new Admission(settings.gateway(), settings.ofCaller(), TICKER);
    callers.onChange(admission::keepOnly);
    return admission;
  }

  /** Empty where nothing is shared: nobody is told apart, or there is nothing to share by. */
  record Sharing(@Nullable SharedLimits limits) implements LimitsWord {
    @Override
    public String word() {
      return limits == null ? "alone" : limits.word();
    }
  }

  @Bean
  Sharing sharing(
      Admission admission,
      LimitSettings settings,
      Callers callers,
      RedisHolder redis,
      RedisSettings names) {
    RedisLink link = redis.link();
    if (link == null || !settings.shared() || !callers.areListed()) {
      return new Sharing(null);
    }
    return new Sharing(
        new SharedLimits(
            admission, new RedisBuckets(link, names.namespace()), PATIENCE, settings.replicas()));
  }

  @Bean(destroyMethod = "dispose")
  Disposable limitsTold(Sharing sharing) {
    SharedLimits limits = sharing.limits();
    return limits == null
        ? Disposables.disposed()
        : Schedulers.boundedElastic()
            .schedulePeriodically(
                limits::tell, TOLD_EVERY.toNanos(), TOLD_EVERY.toNanos(), TimeUnit.NANOSECONDS);
  }
}
