package io.turnpike.redis;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Leaves Spring's Redis out where none is configured, because it would go to this machine's one;
 * and always what nothing here uses, or costs a turn more than its question to Redis does: an
 * observation of each command.
 */
final class RedisImports implements AutoConfigurationImportFilter, EnvironmentAware {

  private static final String PACKAGE = "org.springframework.boot.data.redis.autoconfigure.";
  private static final Set<String> NEVER =
      Set.of(
          PACKAGE + "DataRedisRepositoriesAutoConfiguration",
          PACKAGE + "DataRedisReactiveAutoConfiguration",
          PACKAGE + "observation.LettuceObservationAutoConfiguration",
          PACKAGE + "health.DataRedisHealthContributorAutoConfiguration",
          PACKAGE + "health.DataRedisReactiveHealthContributorAutoConfiguration");

  private @Nullable Environment environment;

  @Override
  public void setEnvironment(Environment environment) {
    this.environment = environment;
  }

  @Override
  public boolean[] match(@Nullable String[] classes, AutoConfigurationMetadata metadata) {
    boolean redis = false;
    if (environment != null) {
      RedisEnvironment.check(environment);
      redis = RedisEnvironment.isConfigured(environment);
    }
    boolean[] match = new boolean[classes.length];
    for (int i = 0; i < classes.length; i++) {
      String name = classes[i];
      match[i] = name == null || !name.startsWith(PACKAGE) || (redis && !NEVER.contains(name));
    }
    return match;
  }
}
